import type { ErasureCertificate } from '../../schemas/types.ts';
import { type SignatureFault, signatureFault, signBody } from './signature.ts';

type Body = ErasureCertificate['body'];

/**
 * Signs what was done for a request. The same body and key give the same certificate.
 * @param seed 32 secret bytes, the Ed25519 private key
 */
export const signCertificate = (body: Body, seed: Uint8Array): ErasureCertificate => ({ body, signature: signBody(body, seed) });

export type CertificateVerdict = 'valid' | 'changed' | 'other-key';

/**
 * Checks a certificate with nothing but itself: no database, no network.
 * @param trustedKeyId id of the key that Ficha is known to sign with; without it only changes show, not who signed
 * @returns `changed` when body and signature do not belong together, `other-key` when somebody else signed
 */
export function verifyCertificate(certificate: ErasureCertificate, trustedKeyId?: string): CertificateVerdict {
  const fault = signatureFault(certificate.body, certificate.signature, trustedKeyId);
  if (fault === undefined) return 'valid';
  return fault === 'other-key' ? 'other-key' : 'changed';
}

/** What is wrong with a certificate: a code, and what a person reads. */
export interface CertificateFault {
  readonly code: SignatureFault | 'not-a-certificate' | 'cannot-be';
  readonly say: string;
}

const words: Readonly<Record<SignatureFault, string>> = {
  changed: 'the body is not the one that was signed: something in it was changed after the signing, or the signature was',
  'key-id': 'the key in the certificate does not have the id that it names: the signature block was changed',
  'other-key': 'it is whole, but another key signed it than the one you trust',
};

/** What no run of Ficha can have written, signed or not. */
const impossible = ({ receivedAt, closedAt, systems, outcome }: Body): readonly string[] => [
  ...(closedAt < receivedAt ? ['body.closedAt lies before body.receivedAt'] : []),
  ...systems.flatMap(({ systemId, located, actions, kept }) => {
    const acted = Object.values(actions).reduce((sum, count) => sum + count, 0);
    return [
      ...(acted === located ? [] : [`system ${systemId}: ${located} records located, ${acted} accounted for`]),
      ...(outcome === 'complete' && kept.length > 0 ? [`system ${systemId}: "complete" although records are kept`] : []),
    ];
  }),
];

/**
 * Every fault of a certificate, none when it holds.
 * @param problems what the schema says of it, in words; with any, nothing else is looked at
 */
export function faultsOf(
  certificate: ErasureCertificate,
  problems: readonly string[],
  trustedKeyId?: string,
): readonly CertificateFault[] {
  if (problems.length > 0) return problems.map((say) => ({ code: 'not-a-certificate', say }));
  const fault = signatureFault(certificate.body, certificate.signature, trustedKeyId);
  return [
    ...(fault === undefined ? [] : [{ code: fault, say: words[fault] }]),
    ...impossible(certificate.body).map((say): CertificateFault => ({ code: 'cannot-be', say })),
  ];
}
