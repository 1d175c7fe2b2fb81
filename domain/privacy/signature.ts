import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'; // pure: Ed25519 is deterministic
import type { ErasureCertificate } from '../../schemas/types.ts';
import { canonicalJson } from '../record/canonical-json.ts';
import { FichaError } from '../record/error.ts';

/** Who signed what, beside the body that was signed. */
export type Signature = ErasureCertificate['signature'];

/** Headers that turn 32 raw bytes into the DER form that node reads. @see RFC 8410 */
const privateHeader = Buffer.from('302e020100300506032b657004220420', 'hex');
const publicHeader = Buffer.from('302a300506032b6570032100', 'hex');

const rawPublicKey = (privateKey: KeyObject): Buffer =>
  createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(publicHeader.length);

/** First 8 bytes of the SHA-256 of a public key, hex: short enough to print on paper. */
export const keyIdOf = (publicKey: Uint8Array): string =>
  createHash('sha256').update(publicKey).digest().subarray(0, 8).toString('hex');

/**
 * Signs the canonical JSON of a body. The same body and key give the same signature.
 * @param seed 32 secret bytes, the Ed25519 private key
 * @throws FichaError `signing-key-invalid`
 */
export function signBody(body: unknown, seed: Uint8Array): Signature {
  if (seed.length !== 32) throw new FichaError('signing-key-invalid', 'an Ed25519 key is 32 bytes');
  const privateKey = createPrivateKey({ key: Buffer.concat([privateHeader, seed]), format: 'der', type: 'pkcs8' });
  const publicKey = rawPublicKey(privateKey);
  const value = sign(null, Buffer.from(canonicalJson(body)), privateKey).toString('base64url');
  return { algorithm: 'Ed25519', keyId: keyIdOf(publicKey), publicKey: publicKey.toString('base64url'), value };
}

/**
 * `changed`: body and signature do not belong together. `key-id`: the key that is given has another id. `other-key`: somebody else
 * signed it, or it was signed again after a change.
 */
export type SignatureFault = 'changed' | 'key-id' | 'other-key';

/**
 * Checks a signature with nothing but itself.
 * @param trustedKeyId id of the key that Ficha is known to sign with; without it only changes show, not who signed
 */
export function signatureFault(body: unknown, signature: Signature, trustedKeyId?: string): SignatureFault | undefined {
  const publicKey = Buffer.from(signature.publicKey, 'base64url');
  if (publicKey.length !== 32 || keyIdOf(publicKey) !== signature.keyId) return 'key-id';
  const key = createPublicKey({ key: Buffer.concat([publicHeader, publicKey]), format: 'der', type: 'spki' });
  const value = Buffer.from(signature.value, 'base64url');
  if (value.toString('base64url') !== signature.value) return 'changed'; // spare bits of the last character are part of the text
  if (!verify(null, Buffer.from(canonicalJson(body)), key, value)) return 'changed';
  return trustedKeyId === undefined || trustedKeyId === signature.keyId ? undefined : 'other-key';
}
