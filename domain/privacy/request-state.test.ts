import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import { assertMove, isOver, mayMove, type RequestState } from './request-state.ts';

const states: readonly RequestState[] = [
  'received',
  'locating',
  'planned',
  'approved',
  'acting',
  'verifying',
  'closed',
  'refused',
  'cancelled',
];
const walks = fc.array(fc.constantFrom(...states), { maxLength: 12 });

test.prop([walks])('nothing is done to a system before a plan was approved', (wanted) => {
  let state: RequestState = 'received';
  let approvedSince = false;
  for (const to of wanted) {
    if (!mayMove(state, to)) continue;
    if (to === 'locating') approvedSince = false;
    if (to === 'approved') approvedSince = true;
    if (to === 'acting') expect(approvedSince).toBe(true);
    state = to;
  }
});

test.prop([fc.constantFrom(...states)])('what is over stays over', (to) => {
  for (const from of states.filter(isOver)) expect(mayMove(from, to)).toBe(from === to);
});

test('a move that is not allowed says so', () => {
  expect(() => assertMove('received', 'closed')).toThrow('request-move-refused');
});
