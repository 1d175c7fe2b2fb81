import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import { Seen } from './seen.ts';

const key = fc.tuple(fc.string(), fc.string()).map(([purpose, userId]) => Seen.key(purpose, userId));
const side = fc.record({ side: fc.constantFrom('in' as const, 'out' as const), since: fc.integer({ min: 0, max: 2 ** 32 - 1 }) });

test.prop([fc.dictionary(key, side, { maxKeys: 50 })])('what was seen comes back from the cursor, through JSON', (sides) => {
  const seen = new Seen();
  for (const [name, value] of Object.entries(sides)) seen.set(name, value);
  const back = Seen.from(JSON.parse(JSON.stringify(seen.toCursor())));
  for (const [name, value] of Object.entries(sides)) expect(back.get(name)).toEqual(value);
  expect(back.toCursor()).toEqual(seen.toCursor());
});

test('a cursor of another version, or none, remembers nothing', () => {
  expect(Seen.from(null).toCursor()).toEqual({ version: 1, memory: '' });
  expect(Seen.from({ version: 2, memory: 'AAAAAAAAAAAAAAA=' }).toCursor()).toEqual({ version: 1, memory: '' });
});
