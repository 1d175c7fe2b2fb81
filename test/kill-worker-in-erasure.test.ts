import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type KilledRun, type Moment, type Place, runKilled } from './privacy-harness/killed.ts';
import { Random } from './privacy-harness/random.ts';
import { fullCounts, isDone, keep } from './privacy-harness/report.ts';
import { builtProgram } from './support/built-program.ts';
import { workflowBundle } from './support/privacy-bench.ts';
import { temporaryFolder } from './support/temporary-folder.ts';
import { type TestTemporal, testTemporal } from './support/temporal.ts';
import { WorkerLane } from './support/worker-lane.ts';

/** A run waits most of its time until Temporal sees that a worker is gone: so many at once keep two cores busy. */
const together = fullCounts ? 8 : 4;

vi.setConfig({ testTimeout: fullCounts ? 5_400_000 : 240_000, hookTimeout: 120_000, maxConcurrency: together });

const free: WorkerLane[] = [];
let temporal: TestTemporal;

beforeAll(async () => {
  temporal = await testTemporal();
  const program = await builtProgram(fileURLToPath(new URL('support/privacy-worker-process.ts', import.meta.url)));
  const bundle = join(temporaryFolder(), 'workflows.cjs');
  writeFileSync(bundle, (await workflowBundle()).code);
  for (let lane = 0; lane < together; lane += 1) free.push(new WorkerLane({ temporal: temporal.address, bundle, program }));
});
afterAll(async () => {
  for (const lane of free) lane.end();
  await temporal.stop();
});

const nowhere: Place = { at: () => false };
const at = (name: string, erased: number): Pick<Place, 'at'> => ({
  at: (moment) => moment.name === name && moment.erased === erased,
});
const always: readonly (readonly [name: string, place: Place])[] = [
  ['before the system erased', at('before erase in erp', 1)],
  ['after the system erased and before its answer', at('after erase in erp', 2)],
  ['after its answer and before Temporal heard of it', at('after step eraseLines', 2)],
  ['while the last record is read back', at('after verify in erp', 2)],
  ['while a record is copied to be blocked', { ...at('after export in erp', 0), blocks: true }],
  ['out of memory, after the system erased', { ...at('after erase in erp', 1), death: 'out of memory' }],
  ['one of two, after the system erased', { ...at('after erase in erp', 1), workers: 2 }],
];

const right = { complete: 1, falseComplete: 0, twice: 0, wrongPerson: 0 };

/** One run in a lane of its own, kept for the table; undefined when it was judged before or is left for the next time. */
async function run(fault: string, group: string, seed: number, place: Place): Promise<KilledRun | undefined> {
  if (isDone(fault, seed)) return undefined;
  const lane = free.pop();
  if (lane === undefined) throw new Error('more runs at once than lanes');
  try {
    const ended = await runKilled(temporal, lane, { fault, group, seed, place });
    keep(ended.verdict);
    return ended;
  } finally {
    free.push(lane);
  }
}

describe.concurrent('a worker killed', () => {
  test.each(always)('%s: leaves the same end as one that was not', async (name, place) => {
    const ended = await run(`worker killed ${name}`, `worker killed ${name}`, 1, place);
    if (ended === undefined) return;
    expect(ended.evidence).toBeGreaterThan(8);
    expect(ended.verdict).toMatchObject({ ...right, kills: 1 });
  });
});

interface Planned {
  readonly fault: string;
  readonly group: string;
  readonly seed: number;
  readonly place: Place;
}

/** As many at once as there are lanes. @returns what did not end as it should */
async function all(runs: readonly Planned[]): Promise<readonly unknown[]> {
  const left = [...runs].reverse();
  const wrong: unknown[] = [];
  const work = async (): Promise<void> => {
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      const { fault, group, seed, place } = next;
      const ended = await run(fault, group, seed, place).catch((error: unknown) => ({ verdict: { fault, seed, error } }));
      if (ended === undefined) continue;
      const failed = Object.entries(right).some(([name, count]) => (ended.verdict as Record<string, unknown>)[name] !== count);
      if (failed) wrong.push(ended.verdict);
    }
  };
  await Promise.all(Array.from({ length: together }, work));
  return wrong;
}

const seeds = (count: number): readonly number[] => Array.from({ length: count }, (_, place) => place + 1);
const unharmed: readonly Planned[] = seeds(16).map((seed) => ({
  fault: 'worker killed never',
  group: 'worker killed never',
  seed,
  place: nowhere,
}));

/** Every moment that a run goes through which is not killed, ten times; the kind of run in which records are blocked first among them. */
const atEach = (moments: readonly Moment[], blocks: boolean): readonly Planned[] =>
  seeds(10).flatMap((seed) =>
    moments.map(({ name, nth }) => ({
      fault: `worker killed ${name} ${nth}${blocks ? ', blocked' : ''}`,
      group: `worker killed ${name}${blocks ? ', blocked' : ''}`,
      seed,
      place: { at: (moment) => moment.name === name && moment.nth === nth, blocks },
    })),
  );

const atAnyInstant = (most: number): readonly Planned[] =>
  seeds(300).map((seed) => {
    const random = new Random(seed);
    const count = random.between(1, most);
    const afterMs = random.between(0, 250);
    const group = 'worker killed at any instant';
    return { fault: group, group, seed, place: { at: (moment) => moment.count === count, afterMs } };
  });

test.runIf(fullCounts)(
  'at every boundary of every step and call, ten times, and at any instant: leaves the same end',
  async () => {
    const [plain, blocked] = await Promise.all(
      [false, true].map(async (blocks) => {
        const lane = free.pop();
        if (lane === undefined) throw new Error('more runs at once than lanes');
        const ended = await runKilled(temporal, lane, { fault: 'looked at', group: '', seed: 0, place: { ...nowhere, blocks } });
        free.push(lane);
        return ended.moments;
      }),
    );
    const only = (moments: readonly Moment[] = []): readonly Moment[] =>
      moments.filter(({ name }) => /export|blockLine/.test(name));
    const planned = [
      ...unharmed,
      ...atEach(plain ?? [], false),
      ...atEach(only(blocked), true),
      ...atAnyInstant(plain?.length ?? 0),
    ];
    process.stdout.write(`${planned.length} runs with a worker that dies\n`);
    expect(await all(planned)).toEqual([]);
  },
);
