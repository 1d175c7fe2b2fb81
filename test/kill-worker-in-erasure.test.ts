import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Blow, type KilledRun, type Moment, type Planned, runKilled } from './privacy-harness/killed.ts';
import { Random } from './privacy-harness/random.ts';
import { fullCounts, isDone, keep } from './privacy-harness/report.ts';
import { builtProgram } from './support/built-program.ts';
import { workflowBundle } from './support/privacy-bench.ts';
import { mostSiblings } from './support/privacy-scene.ts';
import { temporaryFolder } from './support/temporary-folder.ts';
import { type TestTemporal, testTemporal } from './support/temporal.ts';
import { WorkerLane } from './support/worker-lane.ts';

/** Workers at once: while one dies and Temporal waits to see that it is gone, the others keep two cores busy. */
const together = 4;

vi.setConfig({ testTimeout: fullCounts ? 5_400_000 : 360_000, hookTimeout: 120_000, maxConcurrency: together });

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

/** Runs that one worker serves until it dies. */
interface Crew {
  readonly planned: readonly Planned[];
  readonly blow?: Blow;
}

const nowhere: Planned['at'] = () => false;
const at =
  (name: string, erased: number): Planned['at'] =>
  (moment) =>
    moment.name === name && moment.erased === erased;
const named = (name: string, place: Planned['at']): Planned => ({ fault: name, group: name, seed: 1, at: place });
const always: readonly (readonly [name: string, crew: Crew])[] = [
  [
    'killed before a system erased, after it did, after its answer, while the last record is read back',
    {
      planned: [
        named('worker killed before the system erased', at('before erase in erp', 1)),
        named('worker killed after the system erased and before its answer', at('after erase in erp', 2)),
        named('worker killed after its answer and before Temporal heard of it', at('after step eraseLines', 2)),
        named('worker killed while the last record is read back', at('after verify in erp', 2)),
      ],
    },
  ],
  [
    'killed while a record is copied to be blocked',
    {
      planned: [named('worker killed while a record is copied to be blocked', at('after export in erp', 0))],
      blow: { blocks: true },
    },
  ],
  [
    'out of memory, after the system erased',
    {
      planned: [named('worker killed out of memory, after the system erased', at('after erase in erp', 1))],
      blow: { death: 'out of memory' },
    },
  ],
  [
    'one of two, after the system erased',
    { planned: [named('worker killed one of two, after the system erased', at('after erase in erp', 1))], blow: { workers: 2 } },
  ],
];

const right = { complete: 1, falseComplete: 0, twice: 0, wrongPerson: 0 };
const judgements = ['complete', 'falseComplete', 'twice', 'wrongPerson'] as const;

/** Those that were not judged before and are not left for the next time, in a lane of their own; kept for the table. */
async function run({ planned, blow }: Crew): Promise<readonly KilledRun[]> {
  const left = planned.filter(({ fault, seed }) => !isDone(fault, seed));
  if (left.length === 0) return [];
  const lane = free.pop();
  if (lane === undefined) throw new Error('more crews at once than lanes');
  try {
    const ended = await runKilled(temporal, lane, left, blow);
    for (const { verdict } of ended) keep(verdict);
    return ended;
  } finally {
    free.push(lane);
  }
}

describe.concurrent('a worker', () => {
  test.each(always)('%s: leaves the same end as one that was not', async (_, crew) => {
    for (const { verdict, evidence } of await run(crew)) {
      expect(evidence).toBeGreaterThan(8);
      expect(verdict).toMatchObject({ ...right, kills: 1 });
    }
  });
});

/** As many at once as there are lanes. @returns what did not end as it should */
async function all(crews: readonly Crew[]): Promise<readonly unknown[]> {
  const left = [...crews].reverse();
  const wrong: unknown[] = [];
  const work = async (): Promise<void> => {
    for (let crew = left.pop(); crew !== undefined; crew = left.pop()) {
      try {
        for (const { verdict } of await run(crew))
          if (judgements.some((name) => verdict[name] !== right[name])) wrong.push(verdict);
      } catch (error) {
        wrong.push({ planned: crew.planned.map(({ fault, seed }) => `${fault} ${seed}`), error });
      }
    }
  };
  await Promise.all(Array.from({ length: together }, work));
  return wrong;
}

const seeds = (count: number): readonly number[] => Array.from({ length: count }, (_, place) => place + 1);

/** Runs that die in the same way, as many of them together as one worker serves. */
function crewsOf(planned: readonly Planned[], blow: (first: Planned) => Blow = () => ({})): readonly Crew[] {
  const left = planned.filter(({ fault, seed }) => !isDone(fault, seed));
  return Array.from({ length: Math.ceil(left.length / mostSiblings) }, (_, place) => {
    const crew = left.slice(place * mostSiblings, (place + 1) * mostSiblings);
    return { planned: crew, ...(crew[0] === undefined ? {} : { blow: blow(crew[0]) }) };
  });
}

const unharmed: readonly Planned[] = seeds(16).map((seed) => ({
  fault: 'worker killed never',
  group: 'worker killed never',
  seed,
  at: nowhere,
}));

/** Every moment that a run goes through which is not killed, ten times. */
const atEach = (moments: readonly Moment[], suffix = ''): readonly Planned[] =>
  seeds(10).flatMap((seed) =>
    moments.map(({ name, nth }) => ({
      fault: `worker killed ${name} ${nth}${suffix}`,
      group: `worker killed ${name}${suffix}`,
      seed,
      at: (moment: Moment) => moment.name === name && moment.nth === nth,
    })),
  );

const atAnyInstant = (most: number): readonly Planned[] =>
  seeds(300).map((seed) => {
    const count = new Random(seed).between(1, most);
    const group = 'worker killed at any instant';
    return { fault: group, group, seed, at: (moment) => moment.count === count };
  });

test.runIf(fullCounts)(
  'at every boundary of every step and call, ten times, and at any instant: leaves the same end',
  async () => {
    const looked = [false, true].map(async (blocks): Promise<readonly Moment[]> => {
      const lane = free.pop();
      if (lane === undefined) throw new Error('more runs at once than lanes');
      const [ended] = await runKilled(temporal, lane, [named('looked at', nowhere)], { blocks });
      free.push(lane);
      return ended?.moments ?? [];
    });
    const [plain = [], blocked = []] = await Promise.all(looked);
    const copies = blocked.filter(({ name }) => /export|blockLine/.test(name));
    const crews = [
      ...crewsOf(unharmed),
      ...crewsOf(atEach(plain)),
      ...crewsOf(atEach(copies, ', blocked'), () => ({ blocks: true })),
      ...crewsOf(atAnyInstant(plain.length), ({ seed }) => ({ afterMs: new Random(seed).between(1, 250) })),
    ];
    process.stdout.write(
      `${crews.flatMap(({ planned }) => planned).length} runs with a worker that dies, ${crews.length} workers\n`,
    );
    expect(await all(crews)).toEqual([]);
  },
);
