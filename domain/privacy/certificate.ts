import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'; // pure: Ed25519 is deterministic
import type { ErasureCertificate } from '../../schemas/types.ts';
import { canonicalJson } from '../record/canonical-json.ts';
import { FichaError } from '../record/error.ts';

type Body = ErasureCertificate['body'];

/** Headers that turn 32 raw bytes into the DER form that node reads. @see RFC 8410 */
const privateHeader = Buffer.from('302e020100300506032b657004220420', 'hex');
const publicHeader = Buffer.from('302a300506032b6570032100', 'hex');

const rawPublicKey = (privateKey: KeyObject): Buffer =>
  createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(publicHeader.length);

const keyIdOf = (publicKey: Uint8Array): string => createHash('sha256').update(publicKey).digest().subarray(0, 8).toString('hex');

/**
 * Signs what was done for a request. The same body and key give the same certificate.
 * @param seed 32 secret bytes, the Ed25519 private key
 */
export function signCertificate(body: Body, seed: Uint8Array): ErasureCertificate {
  if (seed.length !== 32) throw new FichaError('signing-key-invalid', 'an Ed25519 key is 32 bytes');
  const privateKey = createPrivateKey({ key: Buffer.concat([privateHeader, seed]), format: 'der', type: 'pkcs8' });
  const publicKey = rawPublicKey(privateKey);
  const value = sign(null, Buffer.from(canonicalJson(body)), privateKey).toString('base64url');
  return {
    body,
    signature: { algorithm: 'Ed25519', keyId: keyIdOf(publicKey), publicKey: publicKey.toString('base64url'), value },
  };
}

export type CertificateVerdict = 'valid' | 'changed' | 'other-key';

/**
 * Checks a certificate with nothing but itself: no database, no network.
 * @param trustedKeyId id of the key that Ficha is known to sign with; without it only changes show, not who signed
 * @returns `changed` when body and signature do not belong together, `other-key` when somebody else signed
 */
export function verifyCertificate(certificate: ErasureCertificate, trustedKeyId?: string): CertificateVerdict {
  const { body, signature } = certificate;
  const publicKey = Buffer.from(signature.publicKey, 'base64url');
  if (publicKey.length !== 32 || keyIdOf(publicKey) !== signature.keyId) return 'changed';
  const key = createPublicKey({ key: Buffer.concat([publicHeader, publicKey]), format: 'der', type: 'spki' });
  if (!verify(null, Buffer.from(canonicalJson(body)), key, Buffer.from(signature.value, 'base64url'))) return 'changed';
  return trustedKeyId === undefined || trustedKeyId === signature.keyId ? 'valid' : 'other-key';
}
