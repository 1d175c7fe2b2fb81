import { expect, test } from 'vitest';
import { createHold } from './hold-refusals.ts';

test('refusals of one subject are told one after another; those of another do not wait for them', async () => {
  const hold = createHold();
  const told: string[] = [];
  const long = Array.from({ length: 4 }, async (_, number) => {
    await hold('hostile', 40);
    told.push(`hostile ${number}`);
  });
  await hold('neighbour', 0);
  told.push('neighbour');
  await Promise.all(long);
  expect(told).toEqual(['neighbour', 'hostile 0', 'hostile 1', 'hostile 2', 'hostile 3']);
});
