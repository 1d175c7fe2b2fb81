import { createCipheriv } from 'node:crypto';
import { fc, test as property } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { keyRingOf } from '../platform/keys.ts';
import { testKeyRing } from '../test/support/keys.ts';
import { clientBlocks, eventBlocks, pseudonymAt, pseudonymsAt, pseudonymsOf as bytesOf } from './pseudonym.ts';

const keys = testKeyRing();
const numbered = (ids: readonly string[]): Buffer => {
  const bytes = Buffer.alloc(ids.length * 8);
  ids.forEach((id, place) => bytes.writeBigInt64BE(BigInt(id), place * 8));
  return bytes;
};
/** In hex, one by one. */
const pseudonymsOf = (ring: typeof keys, epoch: number, kind: 'event' | 'client', ids: readonly string[]): readonly string[] => {
  const bytes = bytesOf(ring, epoch, kind, kind === 'client' ? clientBlocks(ids) : eventBlocks(numbered(ids)));
  return ids.map((_, place) => pseudonymAt(bytes, place));
};
const rows = fc.uniqueArray(fc.bigInt({ min: 1n, max: 9_223_372_036_854_775_807n }).map(String), { minLength: 1, maxLength: 50 });

property.prop([rows, fc.uniqueArray(fc.uuid(), { minLength: 1, maxLength: 50 })])(
  'an id has one pseudonym, whatever it stands beside, and no other id has it',
  (events, clients) => {
    for (const [kind, ids] of [
      ['event', events],
      ['client', clients],
    ] as const) {
      const all = pseudonymsOf(keys, 1, kind, ids);
      expect(new Set(all).size).toBe(ids.length);
      expect(ids.map((id) => pseudonymsOf(keys, 1, kind, [id])[0])).toEqual(all);
      expect(all.every((one) => /^[0-9a-f]{32}$/.test(one))).toBe(true);
    }
  },
);

test('pseudonyms differ by epoch, kind and master key, and hold nothing of the id', () => {
  const id = '00000000-0000-0000-0000-00000000002a';
  const other = keyRingOf([Buffer.alloc(32, 9)]);
  const made = [
    pseudonymsOf(keys, 1, 'client', [id]),
    pseudonymsOf(keys, 2, 'client', [id]),
    pseudonymsOf(keys, 1, 'event', ['42']),
    pseudonymsOf(other, 1, 'client', [id]),
  ].flat();
  expect(new Set(made).size).toBe(4);
  for (const one of made) expect(one).not.toContain('00000000');
});

test('what is no UUID gets no pseudonym that others would share', () => {
  expect(() => pseudonymsOf(keys, 1, 'client', ['client 7'])).toThrow(TypeError);
});

test('ids of every size that PostgreSQL counts to keep the pseudonym that they had, and places pick them', () => {
  const ids = ['1', '4294967295', '4294967296', '9007199254740991', '9007199254740993', '9223372036854775807'];
  const block = (id: string): Buffer => Buffer.from(BigInt(id).toString(16).padStart(32, '0'), 'hex');
  const cipher = createCipheriv('aes-256-ecb', keys.deriveSecret('pseudonym/1/event'), null).setAutoPadding(false);
  const expected = ids.map((id) => cipher.update(block(id)).toString('hex'));
  expect(pseudonymsOf(keys, 1, 'event', ids)).toEqual(expected);
  const picked = pseudonymsAt(bytesOf(keys, 1, 'event', eventBlocks(numbered(ids))), [5, -1, 0, 0]);
  expect(picked.toString('hex')).toBe([expected[5], '0'.repeat(32), expected[0], expected[0]].join(''));
});
