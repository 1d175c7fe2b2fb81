import { fc, test as property } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { assignClients, type MemberNow } from './assign-clients.ts';

const members = (text: string): MemberNow[] =>
  text.split(' ').map((part) => {
    const [recordId = '', clientId] = part.split(':');
    return { recordId, clientId: clientId ?? null };
  });

test('a merge keeps the id of the larger part, the other becomes an alias', () => {
  expect(assignClients([members('1:a 2:a 3:b')])).toEqual([{ clientId: 'a', recordIds: ['1', '2', '3'], absorbed: ['b'] }]);
});
test('a split leaves the id with the larger part, the other gets a new one', () => {
  expect(assignClients([members('1:a 2:a'), members('3:a')])).toEqual([
    { clientId: 'a', recordIds: ['1', '2'], absorbed: [] },
    { clientId: null, recordIds: ['3'], absorbed: [] },
  ]);
});
test('at equal size the older id stays', () => {
  expect(assignClients([members('1:b 2:a')])[0]).toMatchObject({ clientId: 'a', absorbed: ['b'] });
});
property.prop([fc.array(fc.array(fc.constantFrom('a', 'b', 'c', 'd', null), { minLength: 1, maxLength: 4 }), { maxLength: 5 })], {
  numRuns: 1_000,
})('no id is given twice, and every id that was there still leads somewhere', (world) => {
  let next = 0;
  const clusters = world.map((ids) => ids.map((clientId) => ({ recordId: String((next += 1)), clientId })));
  const assigned = assignClients(clusters);
  const kept = assigned.flatMap(({ clientId, absorbed }) => [...(clientId === null ? [] : [clientId]), ...absorbed]);
  expect(new Set(kept).size).toBe(kept.length);
  expect(kept.sort()).toEqual([...new Set(world.flat().filter((id) => id !== null))].sort());
});
