import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fc, test as property } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { keyRingOf, openKeyRing } from './keys.ts';
import { newSubjectKey, openWith, sealFor } from './subject-key.ts';
import { temporaryFolder } from '../test/support/temporary-folder.ts';

const old = Buffer.alloc(32, 1);
const current = Buffer.alloc(32, 2);
const ring = keyRingOf([current]);
const home = temporaryFolder;

property.prop([fc.uint8Array({ maxLength: 200 }), fc.string()])(
  'what is encrypted opens in its own place only',
  (plain, place) => {
    const sealed = ring.encrypt(plain, place);
    expect(ring.decrypt(sealed, place)).toEqual(Buffer.from(plain));
    expect(() => ring.decrypt(sealed, `${place}.`)).toThrow(/sealed-data-damaged/);
  },
);

property.prop([fc.uint8Array({ maxLength: 60 }), fc.nat(), fc.integer({ min: 1, max: 255 })])(
  'any changed byte shows',
  (plain, place, flip) => {
    const sealed = ring.encrypt(plain, 'place');
    const index = place % sealed.length;
    sealed[index] = (sealed[index] ?? 0) ^ flip;
    expect(() => ring.decrypt(sealed, 'place')).toThrow(/sealed-data-damaged|key-unknown/);
  },
);

property.prop([fc.uint8Array({ minLength: 1, maxLength: 60 })])("a person's data opens under their key only", (plain) => {
  const key = newSubjectKey();
  const sealed = sealFor(key, plain);
  expect(openWith(key, sealed)).toEqual(Buffer.from(plain));
  expect(() => openWith(newSubjectKey(), sealed)).toThrow(/subject-data-damaged/);
  expect(() => openWith(key, sealed.subarray(1))).toThrow(/subject-data-damaged/);
});

test('after a rotation the old key still opens, the new one seals, and hashes and passwords stay', () => {
  const before = keyRingOf([old]);
  const after = keyRingOf([current, old]);
  expect(after.decrypt(before.encrypt(Buffer.from('x'), 'c'), 'c').toString()).toBe('x');
  expect(() => before.decrypt(after.encrypt(Buffer.from('x'), 'c'), 'c')).toThrow(/key-unknown/);
  expect(after.mac('tombstone', 'email:a@b.es')).toEqual(before.mac('tombstone', 'email:a@b.es'));
  expect(after.derivePassword('ficha_reader')).toBe(before.derivePassword('ficha_reader'));
});

test('hashes of one text differ by purpose and by master key', () => {
  const purposes = ['match', 'tombstone', 'suppression', 'record'] as const;
  const hashes = [...purposes.map((purpose) => ring.mac(purpose, 'x')), keyRingOf([old]).mac('match', 'x')];
  expect(new Set(hashes.map((hash) => hash.toString('hex'))).size).toBe(5);
  expect(hashes.every((hash) => hash.length === 32)).toBe(true);
});

test('a subject key is wrapped for its own row', () => {
  const key = newSubjectKey();
  const wrapped = ring.wrapSubjectKey(key, 'row-1');
  expect(ring.unwrapSubjectKey(wrapped, 'row-1')).toEqual(key);
  expect(() => ring.unwrapSubjectKey(wrapped, 'row-2')).toThrow(/sealed-data-damaged/);
});

test('the first start makes a master key that only its owner reads, and the next start finds it', () => {
  const folder = home();
  const first = openKeyRing({ home: folder });
  const file = join(folder, 'keys', 'master.key');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(openKeyRing({ home: folder }).mac('match', 'x')).toEqual(first.mac('match', 'x'));
  expect(openKeyRing({ home: home(), masterKey: readFileSync(file, 'utf8') }).currentId).toBe(first.currentId);
});

test('a key may be hex, and one of another length is refused without repeating it', () => {
  const folder = home();
  const file = join(folder, 'key');
  writeFileSync(file, `${current.toString('hex')}\n${old.toString('base64url')}\n`);
  expect(openKeyRing({ home: folder, masterKeyFile: file }).currentId).toBe(ring.currentId);
  expect(() => openKeyRing({ home: folder, masterKey: 'c2hvcnQ' })).toThrow(/^master-key-invalid: (?!.*c2hvcnQ)/);
  expect(() => openKeyRing({ home: folder, masterKeyFile: join(folder, 'none') })).toThrow(/master-key-unreadable/);
});
