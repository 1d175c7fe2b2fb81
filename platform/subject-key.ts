import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { FichaError } from '../domain/record/error.ts';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** A new data key for one person. Whoever destroys its wrapped form shreds all that was sealed under it. */
export const newSubjectKey = (): Buffer => randomBytes(32);

/** Encrypts `bytes` for one person: nonce, tag, AES-256-GCM. */
export function sealFor(key: Uint8Array, bytes: Uint8Array): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  const body = Buffer.concat([cipher.update(bytes), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), body]);
}

/**
 * Opens what `sealFor` sealed.
 * @throws FichaError `subject-data-damaged` for another person's key or changed bytes
 */
export function openWith(key: Uint8Array, bytes: Uint8Array): Buffer {
  const sealed = Buffer.from(bytes);
  try {
    const cipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_BYTES));
    cipher.setAuthTag(sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
    return Buffer.concat([cipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES)), cipher.final()]);
  } catch {
    throw new FichaError('subject-data-damaged', 'data of a person does not open under this subject key');
  }
}
