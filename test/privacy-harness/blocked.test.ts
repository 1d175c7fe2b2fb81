import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type TestTemporal, testTemporal } from '../support/temporal.ts';
import { runBlocked } from './blocked.ts';
import { fullCounts, isDone, keep } from './report.ts';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000, maxConcurrency: 6 });

let temporal: TestTemporal;

beforeAll(async () => {
  temporal = await testTemporal();
});
afterAll(async () => {
  await temporal.stop();
});

const seeds = Array.from({ length: fullCounts ? 50 : 1 }, (_, place) => place + 1);

describe.concurrent('who is blocked', () => {
  test.each(seeds)(
    'seed %i: is in no system, query, sync, export or answer, comes out for a court by two people only, and is destroyed on the date',
    async (seed) => {
      if (isDone('blocked until its date', seed)) return;
      const verdict = await runBlocked(temporal, seed);
      keep(verdict);
      expect(verdict).toMatchObject({ complete: 1, seenIn: [], twice: 0, wrongPerson: 0, handedOut: 0, destroyed: 0 });
    },
  );
});
