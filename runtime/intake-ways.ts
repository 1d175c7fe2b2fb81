import { createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { OpenDsr, Shop, Ways } from '../api/intake/ground.ts';
import { FichaError } from '../domain/record/error.ts';
import { resolveSecret } from '../platform/secrets.ts';
import type { IntakeSettings, OpenDsrSettings } from '../schemas/types.ts';

const invalid = (say: string, cause?: unknown): FichaError =>
  new FichaError('policy-invalid', `policies/intake.json, ${say}`, cause === undefined ? {} : { cause });

const reading = <T>(place: string, work: () => T): T => {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof FichaError) throw cause;
    throw invalid(`${place}: cannot be read as PEM by this user`, cause);
  }
};

/** @see OpenDSR 2.0, section 4.1: a certificate of a trusted authority, never one that signs itself */
function assertGood(certificate: X509Certificate, key: KeyObject, domain: string, now: Date): void {
  const place = 'openDsr.certificateFile';
  if (certificate.issuer === certificate.subject)
    throw invalid(`${place}: signs itself; OpenDSR wants one of a trusted authority`);
  if (certificate.checkHost(domain) === undefined) throw invalid(`${place}: is not for ${domain}`);
  if (new Date(certificate.validTo) < now) throw invalid(`${place}: has expired; get a new one`);
  if (!certificate.checkPrivateKey(key)) throw invalid('openDsr.key: is not the key of that certificate');
}

function openDsrOf({ domain, certificateFile, key: reference, customerIdsOf, controllers }: OpenDsrSettings, now: Date): OpenDsr {
  const certificate = reading('openDsr.certificateFile', () => readFileSync(certificateFile, 'utf8'));
  const key = reading('openDsr.key', () => createPrivateKey(resolveSecret(reference)));
  assertGood(
    reading('openDsr.certificateFile', () => new X509Certificate(certificate)),
    key,
    domain,
    now,
  );
  const known = controllers.map(({ id, publicKeyFile, callbackHosts }) => {
    const publicKey = reading(`openDsr.controllers, ${id}`, () => createPublicKey(readFileSync(publicKeyFile, 'utf8')));
    return [id, { id, publicKey, callbackHosts }] as const;
  });
  const ids = customerIdsOf === undefined ? {} : { customerIdsOf };
  return { domain, certificate, key, controllers: new Map(known), ...ids };
}

/**
 * The ways in that are set up, with their keys and secrets; undefined when there is none.
 * @param hasMail whether mails leave: without, nobody could confirm a form
 * @throws FichaError `policy-invalid` naming the field and the rule; `secret-absent`
 */
export function intakeWays(settings: IntakeSettings | undefined, hasMail: boolean, now: Date): Ways | undefined {
  if (settings === undefined) return undefined;
  const { form, openDsr, shops = [] } = settings;
  if (form !== undefined && !hasMail) throw invalid('form: needs a mail server; set FICHA_SMTP_URL and FICHA_MAIL_FROM');
  const named = shops.map(({ secret, ...shop }): readonly [string, Shop] => [
    shop.name,
    { ...shop, secret: resolveSecret(secret) },
  ]);
  return {
    ...(form === undefined ? {} : { form }),
    ...(openDsr === undefined ? {} : { openDsr: openDsrOf(openDsr, now) }),
    shops: new Map(named),
  };
}
