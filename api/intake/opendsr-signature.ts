import { type KeyObject, sign, verify } from 'node:crypto';
import { FichaError } from '../../domain/record/error.ts';
import type { Controller, OpenDsr } from './ground.ts';

const toleranceMs = 5 * 60_000;

/** SHA-256 with RSA and EC keys; Ed25519 has its own. */
const digestOf = (key: KeyObject): 'sha256' | null => (key.asymmetricKeyType === 'ed25519' ? null : 'sha256');

/** What a controller signs: the line of the request, its time in seconds, the body as sent. */
export const signedByController = (method: string, path: string, seconds: string, body: string): Buffer =>
  Buffer.from(`${method} ${path}\n${seconds}\n${body}`);

const refuse = (say: string): FichaError => new FichaError('not-signed', say);

/**
 * Who asks, by the signature of the request. OpenDSR leaves how controllers are known to each processor; here it is their key.
 * @throws FichaError `not-signed`, whatever is wrong with it
 * @see OpenDSR 2.0, section 4.3
 */
export function controllerOf({ controllers }: OpenDsr, request: Request, body: string, now: Date): Controller {
  const header = (name: string): string => request.headers.get(`x-opendsr-${name}`) ?? '';
  const controller = controllers.get(header('controller-id'));
  const seconds = header('timestamp');
  if (!(Math.abs(now.getTime() - Number(seconds || Number.NaN) * 1000) <= toleranceMs)) {
    throw refuse('X-OpenDSR-Timestamp is missing or more than 5 minutes away from our clock; it is in seconds since 1970');
  }
  const text = signedByController(request.method, new URL(request.url).pathname, seconds, body);
  const signature = Buffer.from(header('controller-signature'), 'base64');
  if (controller === undefined || !verify(digestOf(controller.publicKey), text, controller.publicKey, signature)) {
    throw refuse('X-OpenDSR-Controller-Id and X-OpenDSR-Controller-Signature do not fit a controller of ours');
  }
  return controller;
}

/**
 * The headers of an answer or a callback: our domain, and the signature of the body by the key of its certificate; under the
 * protocol's earlier name too.
 * @see OpenDSR 2.0, sections 8.3 and 10.1
 */
export function signedHeaders({ domain, key }: OpenDsr, body: string): Record<string, string> {
  const signature = sign(digestOf(key), Buffer.from(body), key).toString('base64');
  return {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    'x-opendsr-processor-domain': domain,
    'x-opendsr-signature': signature,
    'x-opengdpr-processor-domain': domain,
    'x-opengdpr-signature': signature,
  };
}
