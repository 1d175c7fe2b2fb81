import { createCipheriv } from 'node:crypto';
import type { KeyRing } from '../platform/keys.ts';

/** Length of a pseudonym: one block of the cipher. */
export const pseudonymBytes = 16;

/** Row ids as blocks: one lies in the lower half of its block. @param ids 8 bytes each, most significant first */
export function eventBlocks(ids: Buffer): Buffer {
  const blocks = Buffer.alloc(ids.length * 2);
  for (let at = 0; at < ids.length; at += 8) ids.copy(blocks, at * 2 + 8, at, at + 8);
  return blocks;
}

/** Ids of clients as blocks: a UUID fills one. */
export function clientBlocks(ids: readonly string[]): Buffer {
  const blocks = Buffer.from(ids.join('').replaceAll('-', ''), 'hex');
  if (blocks.length !== ids.length * pseudonymBytes) throw new TypeError('the id of a client is a UUID');
  return blocks;
}

/**
 * Pseudonyms of ids, in their order, 16 bytes each. A block cipher with a key of its own for each epoch and kind: who does not hold
 * the key learns nothing but which are the same, no two ids share one, and after a rebuild nobody can be followed from the old tables, or a
 * copy of them, into the new.
 * @param blocks of ids, 16 bytes each; n >= 0, O(n)
 * @see ENISA, Pseudonymisation techniques and best practices (2019), 5.1.5, encryption
 */
export function pseudonymsOf(keys: KeyRing, epoch: number, kind: 'event' | 'client', blocks: Buffer): Buffer {
  // each block is another id: there is no pattern that chaining would have to hide
  const cipher = createCipheriv('aes-256-ecb', keys.deriveSecret(`pseudonym/${epoch}/${kind}`), null).setAutoPadding(false);
  return cipher.update(blocks);
}

/** One of them as 32 hex digits. */
export const pseudonymAt = (pseudonyms: Buffer, place: number): string =>
  pseudonyms.toString('hex', place * pseudonymBytes, (place + 1) * pseudonymBytes);

/** Those of these places, one after another; zeros for a place below zero. */
export function pseudonymsAt(pseudonyms: Buffer, places: ArrayLike<number>): Buffer {
  const words = pseudonymBytes / 4;
  const from = new Uint32Array(pseudonyms.buffer, pseudonyms.byteOffset, pseudonyms.length / 4);
  const all = new Uint32Array(places.length * words);
  for (let row = 0; row < places.length; row += 1) {
    const place = places[row] ?? -1;
    if (place < 0) continue;
    for (let word = 0; word < words; word += 1) all[row * words + word] = from[place * words + word] ?? 0;
  }
  return Buffer.from(all.buffer);
}
