import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type TestTemporal, testTemporal } from '../support/temporal.ts';
import { type Fault, faults } from './faults.ts';
import { mixedName, runErasures, type Verdict } from './run.ts';

/** `npm run chaos` sets it: full counts, a report that a run that was broken off goes on with. */
const report = process.env['FICHA_CHAOS_REPORT'];
const seeds = report === undefined ? [1] : [1, 2, 3, 4, 5];
const people = report === undefined ? 1 : 6;
const inCi: ReadonlySet<string> = new Set(['timeout after the commit', 'a system that lies', '404 of a wrong address']);

vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 });

let temporal: TestTemporal;

beforeAll(async () => {
  temporal = await testTemporal();
});
afterAll(async () => {
  await temporal.stop();
});

const done = (): readonly Verdict[] =>
  report !== undefined && existsSync(report)
    ? readFileSync(report, 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Verdict)
    : [];

const keep = (verdict: Verdict): void => {
  if (report === undefined) return;
  mkdirSync(dirname(report), { recursive: true });
  appendFileSync(report, `${JSON.stringify(verdict)}\n`);
};

const single = faults.filter(({ name }) => report !== undefined || inCi.has(name)).map((fault) => ({ fault, name: fault.name }));
const mixed = report === undefined ? [] : Array.from({ length: 8 }, () => ({ fault: 'mixed' as const, name: mixedName }));
/** Clusters of aliases over six systems, all found and nobody else touched: 1,000 people. */
const none = faults.filter(({ name }) => name === 'none');
const clusters = report === undefined ? [] : Array.from({ length: 40 }, (_, place) => ({ seed: 200 + place, people: 25 }));
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

describe('six systems with ledgers of their own, judged by their bytes', () => {
  test.each(runs)(
    '$name, seed $seed: complete is true, nothing twice, nobody else touched',
    async ({ fault, name, seed, people: count = people }) => {
      if (done().some((one) => one.fault === name && one.seed === seed)) return;
      const verdict = await runErasures(temporal, { fault, seed, people: count, patienceMs: 60_000 + 2_000 * count });
      keep(verdict);
      expect(verdict).toMatchObject({ complete: count, falseComplete: 0, twice: 0, wrongPerson: 0 });
    },
  );
});
