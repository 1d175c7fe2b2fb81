import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type TestTemporal, testTemporal } from '../support/temporal.ts';
import { runReturns } from './no-return.ts';
import { fullCounts, isDone, keep } from './report.ts';

vi.setConfig({ testTimeout: 400_000, hookTimeout: 120_000 });

let temporal: TestTemporal;

beforeAll(async () => {
  temporal = await testTemporal();
});
afterAll(async () => {
  await temporal.stop();
});

const seeds = fullCounts ? [301, 302, 303, 304, 305, 306, 307, 308] : [301];
const size = fullCounts ? { people: 25, cycles: 20 } : { people: 2, cycles: 2 };

test.each(seeds)('seed %i: who was erased does not come back, by the old id or by another', async (seed) => {
  if (isDone('brought back after the erasure', seed)) return;
  const verdict = await runReturns(temporal, { seed, ...size });
  keep(verdict);
  expect(verdict).toMatchObject({ complete: size.people, falseComplete: 0, wrongPerson: 0, unstopped: 0 });
});
