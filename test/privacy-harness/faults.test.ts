import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type TestTemporal, testTemporal } from '../support/temporal.ts';
import { type Fault, faults } from './faults.ts';
import { fullCounts, isDone, keep } from './report.ts';
import { mixedName, runErasures } from './run.ts';

const seeds = fullCounts ? [1, 2, 3, 4, 5] : [1];
const people = fullCounts ? 6 : 1;
const inCi: ReadonlySet<string> = new Set(['timeout after the commit', 'a system that lies', '404 of a wrong address']);

/** A fault that passes after half a minute passes so for each record: nothing happens meanwhile, so many worlds wait at once. */
const patienceMs = fullCounts ? 400_000 : 62_000;

vi.setConfig({ testTimeout: patienceMs + 60_000, hookTimeout: 120_000, maxConcurrency: 8 });

let temporal: TestTemporal;

beforeAll(async () => {
  temporal = await testTemporal();
});
afterAll(async () => {
  await temporal.stop();
});

const single = faults.filter(({ name }) => fullCounts || inCi.has(name)).map((fault) => ({ fault, name: fault.name }));
/** 300 people. */
const mixed = fullCounts ? Array.from({ length: 50 }, () => ({ fault: 'mixed' as const, name: mixedName })) : [];
/** Clusters of aliases over six systems, all found and nobody else touched: 1,000 people. */
const none = faults.filter(({ name }) => name === 'none');
const clusters = fullCounts ? Array.from({ length: 40 }, (_, place) => ({ seed: 200 + place, people: 25 })) : [];
const runs: readonly {
  readonly fault: Fault | 'mixed';
  readonly name: string;
  readonly seed: number;
  readonly people?: number;
}[] = [
  ...single.flatMap((run) => seeds.map((seed) => ({ ...run, seed }))),
  ...mixed.map((run, place) => ({ ...run, seed: 100 + place })),
  ...none.flatMap((fault) => clusters.map((of) => ({ fault, name: fault.name, ...of }))),
];

describe.concurrent('six systems with ledgers of their own, judged by their bytes', () => {
  test.each(runs)(
    '$name, seed $seed: complete is true, nothing twice, nobody else touched',
    async ({ fault, name, seed, people: count = people }) => {
      if (isDone(name, seed)) return;
      const verdict = await runErasures(temporal, { fault, seed, people: count, patienceMs });
      keep(verdict);
      expect(verdict).toMatchObject({ complete: count, falseComplete: 0, twice: 0, wrongPerson: 0 });
    },
  );
});
