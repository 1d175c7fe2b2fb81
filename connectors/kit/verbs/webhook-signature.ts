import { createHmac, createPublicKey, timingSafeEqual, verify } from 'node:crypto';
import type { WebhookRule } from '../../../schemas/types.ts';
import type { InboundRequest } from '../inbound.ts';
import { durationMs } from '../duration.ts';
import type { HookContext } from '../hooks.ts';
import { filledText } from '../template.ts';

type Signature = WebhookRule['signature'];
type Refusal = { readonly code: string; readonly say: string };

/** Equal texts, in a time that says nothing of where they differ. */
const same = (one: Buffer, other: Buffer): boolean => one.length === other.length && timingSafeEqual(one, other);

const timeIn = (text: string, unit: 's' | 'ms' | 'iso' = 's'): number =>
  unit === 'iso' ? Date.parse(text) : Number(text) * (unit === 's' ? 1_000 : 1);

function timeRefusal({ timestamp }: Signature, { headers }: InboundRequest, now: Date): Refusal | undefined {
  if (timestamp === undefined) return undefined;
  const text = headers[timestamp.header.toLowerCase()] ?? '';
  const ms = text === '' ? Number.NaN : timeIn(text, timestamp.unit);
  const tolerance = timestamp.tolerance ?? '5m';
  if (Math.abs(now.getTime() - ms) <= durationMs(tolerance)) return undefined;
  return {
    code: 'webhook-too-old',
    say: `its time is missing or more than ${tolerance} away from ours: a replay, or clocks that differ`,
  };
}

/** A public key as PEM, or the 32 raw bytes of an Ed25519 key in hex or base64. */
function publicKeyOf(text: string) {
  if (text.includes('BEGIN')) return createPublicKey(text);
  const raw = /^[0-9a-f]{64}$/i.test(text) ? Buffer.from(text, 'hex') : Buffer.from(text, 'base64');
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: raw.toString('base64url') }, format: 'jwk' });
}

function isSigned(rule: Signature, secret: string, signed: Buffer, given: string): boolean {
  const encoding = rule.encoding ?? 'hex';
  switch (rule.kind) {
    case 'none':
      return true;
    case 'token':
      return same(Buffer.from(given), Buffer.from(secret));
    case 'hmac-sha256':
    case 'hmac-sha1': {
      const mac = createHmac(rule.kind === 'hmac-sha1' ? 'sha1' : 'sha256', secret)
        .update(signed)
        .digest(encoding);
      return same(Buffer.from(encoding === 'hex' ? given.toLowerCase() : given), Buffer.from(mac));
    }
    case 'ed25519':
      return verify(null, signed, publicKeyOf(secret), Buffer.from(given, encoding));
    case 'rsa-sha256':
      return verify('RSA-SHA256', signed, publicKeyOf(secret), Buffer.from(given, encoding));
  }
}

const givenBy = ({ header, query, prefix = '' }: Signature, { headers, url }: InboundRequest): string | undefined => {
  const text =
    query === undefined
      ? headers[(header ?? 'x-signature').toLowerCase()]
      : (new URL(url, 'http://ficha').searchParams.get(query) ?? undefined);
  if (text === undefined || !text.startsWith(prefix)) return undefined;
  return text.slice(prefix.length);
};

/** Bytes that were signed. The body is put in as it came, never as text that was read and written again. */
function signedBytes({ over = '{body}', timestamp }: Signature, request: InboundRequest): Buffer {
  const scope = {
    method: request.method,
    url: request.url,
    timestamp: timestamp === undefined ? '' : (request.headers[timestamp.header.toLowerCase()] ?? ''),
  };
  const parts = over.split('{body}').map((text) => Buffer.from(filledText(text, scope)));
  return Buffer.concat(parts.flatMap((part, index) => (index === 0 ? [part] : [Buffer.from(request.body), part])));
}

/** Why a webhook is not believed; undefined when it is. */
export function signatureRefusal(rule: Signature, request: InboundRequest, context: HookContext): Refusal | undefined {
  const given = givenBy(rule, request);
  const refused = {
    code: 'webhook-not-signed',
    say: 'its signature is missing or wrong; give the vendor and Ficha the same secret',
  };
  if (rule.kind === 'none') return timeRefusal(rule, request, context.now());
  if (given === undefined) return refused;
  try {
    if (!isSigned(rule, context.secret(rule.secret ?? ''), signedBytes(rule, request), given)) return refused;
  } catch (error) {
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_')) return refused; // a key or signature of no form
    throw error;
  }
  return timeRefusal(rule, request, context.now());
}
