import { expect, test } from 'vitest';
import { isRole, mayOrder, mayRead, type Ordering, type Reading, roles } from './role.ts';

const readings: readonly Reading[] = ['clients', 'privacy-requests', 'linked-systems', 'metrics', 'reviews'];
const orderings: readonly Ordering[] = [
  'link-system',
  'run-sync',
  'open-request',
  'decide-request',
  'read-package',
  'settle-review',
];

test('an analyst reads metrics and nothing else, and orders nothing', () => {
  expect(readings.filter((reading) => mayRead(['analyst'], reading))).toEqual(['metrics']);
  expect(orderings.filter((ordering) => mayOrder(['analyst'], ordering))).toEqual([]);
});

test('only the data-protection officer sees and decides privacy requests', () => {
  expect(roles.filter((role) => mayRead([role], 'privacy-requests'))).toEqual(['dpo']);
  expect(roles.filter((role) => mayOrder([role], 'decide-request'))).toEqual(['dpo']);
});

test('no role at all may nothing', () => {
  expect(readings.some((reading) => mayRead([], reading))).toBe(false);
});

test('a name that is no role stays outside', () => {
  expect(isRole('admin')).toBe(false);
});
