import { createCipheriv } from 'node:crypto';
import type { KeyRing } from '../platform/keys.ts';

const blockBytes = 16;

/** A row id lies in the lower half of its block, a UUID fills one. */
const blocksOf = {
  event: (ids: readonly string[]): Buffer => {
    const blocks = Buffer.alloc(ids.length * blockBytes);
    for (const [place, id] of ids.entries()) blocks.writeBigUInt64BE(BigInt(id), place * blockBytes + 8);
    return blocks;
  },
  client: (ids: readonly string[]): Buffer => Buffer.from(ids.join('').replaceAll('-', ''), 'hex'),
} as const;

/**
 * Pseudonyms of ids, in their order, as 32 hex digits each. A block cipher with a key of its own for each epoch and kind: who does not hold
 * the key learns nothing but which are the same, no two ids share one, and after a rebuild nobody can be followed from the old tables, or a
 * copy of them, into the new.
 * @param ids of rows for `event`, UUIDs for `client`; n >= 0, O(n)
 * @see ENISA, Pseudonymisation techniques and best practices (2019), 5.1.5, encryption
 */
export function pseudonymsOf(keys: KeyRing, epoch: number, kind: 'event' | 'client', ids: readonly string[]): readonly string[] {
  const blocks = blocksOf[kind](ids);
  if (blocks.length !== ids.length * blockBytes) throw new TypeError('the id of a client is a UUID');
  // each block is another id: there is no pattern that chaining would have to hide
  const cipher = createCipheriv('aes-256-ecb', keys.deriveSecret(`pseudonym/${epoch}/${kind}`), null).setAutoPadding(false);
  const hex = cipher.update(blocks).toString('hex');
  return ids.map((_, place) => hex.slice(place * 2 * blockBytes, (place + 1) * 2 * blockBytes));
}
