import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { evidenceOf, privacyRequestById } from '../store/read/privacy-requests.ts';
import { Random } from './privacy-harness/random.ts';
import { fullCounts, isDone, keep } from './privacy-harness/report.ts';
import type { Verdict } from './privacy-harness/run.ts';
import { builtProgram } from './support/built-program.ts';
import { workflowBundle } from './support/privacy-bench.ts';
import { ana, everythingStored, type Scene, setScene } from './support/privacy-scene.ts';
import { type CallMoment, serveSystems } from './support/system-over-http.ts';
import { temporaryFolder } from './support/temporary-folder.ts';
import { type TestTemporal, testTemporal } from './support/temporal.ts';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000, maxConcurrency: fullCounts ? 8 : 4 });

let program: string;
const bundle = join(temporaryFolder(), 'workflows.cjs');
let temporal: TestTemporal;

beforeAll(async () => {
  temporal = await testTemporal();
  program = await builtProgram(fileURLToPath(new URL('support/privacy-worker-process.ts', import.meta.url)));
  writeFileSync(bundle, (await workflowBundle()).code);
});
afterAll(async () => {
  await temporal.stop();
});

/** Where the worker is killed: at a call, with so many records of the ERP erased; or so long after the request began; or never. */
interface Place {
  readonly at: (CallMoment & { readonly erased: number }) | { readonly ms: number } | 'nowhere';
  /** It runs out of memory, in place of being killed. */
  readonly memory?: true;
  /** Workers that serve the queue; one of them dies. */
  readonly workers?: number;
  /** What the systems hold of her is blocked here for a time before it is erased there. */
  readonly blocks?: true;
}

type Named = readonly [name: string, seed: number, place: Place];

const inErp = (verb: CallMoment['verb'], when: CallMoment['when'], erased: number): Place['at'] => ({
  systemId: 'erp',
  verb,
  when,
  erased,
});
const always: readonly Named[] = [
  ['before the system erased', 1, { at: inErp('erase', 'before', 1) }],
  ['after the system erased and before its answer', 1, { at: inErp('erase', 'after', 2) }],
  ['while the last record is read back', 1, { at: inErp('verify', 'after', 2) }],
  ['while a record is copied to be blocked', 1, { at: inErp('export', 'after', 0), blocks: true }],
  ['out of memory, after the system erased', 1, { at: inErp('erase', 'after', 1), memory: true }],
  ['one of two, after the system erased', 1, { at: inErp('erase', 'after', 1), workers: 2 }],
];

/** `npm run chaos`: every boundary of every call, at every count of erased records, ten times. A boundary that no run passes kills nothing. */
const everywhere = (['lookup', 'export', 'erase', 'verify'] as const).flatMap((verb) =>
  (['before', 'after'] as const).flatMap((when) =>
    (['erp', 'mailer'] as const).flatMap((systemId) =>
      [0, 1, 2].map((erased): Named => {
        const blocks = verb === 'export' ? { blocks: true as const } : {}; // what is only erased is not copied
        return [`${when} ${verb} in ${systemId}, ${erased} erased`, 1, { at: { systemId, verb, when, erased }, ...blocks }];
      }),
    ),
  ),
);
const seeds = (count: number): readonly number[] => Array.from({ length: count }, (_, place) => place + 1);
const anyInstant = seeds(300).map((seed): Named => {
  const random = new Random(seed);
  return ['at any instant', seed, { at: { ms: random.between(0, 4_000) } }];
});
const again = seeds(9).flatMap((more) => everywhere.map(([name, , place]): Named => [name, more + 1, place]));
/** What the time after a kill is compared with. */
const unharmed = seeds(16).map((seed): Named => ['never', seed, { at: 'nowhere' }]);
const runs = fullCounts ? [...unharmed, ...always, ...everywhere, ...anyInstant, ...again] : always;

/** Worker processes of one run; `kill` ends the first and starts another when none is left. `polls`: one that came up says so. */
function workersOf(url: string, queue: string, databaseUrl: string, place: Place, polls: () => void) {
  const running: ChildProcess[] = [];
  const start = (): void => {
    const env = {
      ...process.env,
      PRIVACY_TEMPORAL: temporal.address,
      PRIVACY_DATABASE: databaseUrl,
      PRIVACY_SYSTEMS: url,
      PRIVACY_QUEUE: queue,
      PRIVACY_BUNDLE: bundle,
      PRIVACY_BLOCKS: place.blocks === true ? 'yes' : '',
    };
    const errors = place.memory === true ? 'ignore' : 'inherit'; // V8 tells its last words at length
    const args = ['--max-old-space-size=300', program];
    const worker = spawn(process.execPath, args, { env, stdio: ['ignore', 'inherit', errors, 'ipc'] });
    worker.once('message', polls);
    running.push(worker);
  };
  for (let worker = 0; worker < (place.workers ?? 1); worker += 1) start();
  return {
    kill: () => {
      running[0]?.kill(place.memory === true ? 'SIGUSR2' : 'SIGKILL');
      if (running.length === 1) start();
    },
    end: () => {
      for (const worker of running) worker.kill('SIGKILL');
    },
  };
}

const judged = async ({ erp, mailer, database }: Scene, requestId: string) => {
  const { outcome, state } = (await privacyRequestById(database.reader, requestId)) ?? {};
  const complete = state === 'closed' && outcome === 'complete-with-exceptions' ? 1 : 0;
  const left =
    [...erp.rows.keys()].sort().join() !== 'person:2,sale:f1' ||
    mailer.rows.size > 0 ||
    (await everythingStored(database)).includes(ana.email);
  const ledger = [...erp.ledger, ...mailer.ledger].map(({ record }) => record);
  const wrongPerson = erp.rows.has('person:2') ? 0 : 1;
  return { complete, falseComplete: complete === 1 && left ? 1 : 0, twice: ledger.length - new Set(ledger).size, wrongPerson };
};

/** How long nothing moved after a kill, and how much of that a worker was there again. */
interface Recovery {
  readonly kills: number;
  readonly outageMs: number | null;
  readonly recoveredMs: number | null;
}

/** Tells the times of one run: of the kill, of the next worker that polls, of the first call after it. */
function stopwatch() {
  const times: { killed?: number; polls?: number; moves?: number } = {};
  return {
    isKilled: () => times.killed !== undefined,
    killed: () => {
      times.killed = Date.now();
    },
    polls: () => {
      if (times.killed !== undefined) times.polls ??= Date.now();
    },
    moves: () => {
      if (times.polls !== undefined) times.moves ??= Date.now();
    },
    recovery: (): Recovery => {
      const { killed, polls = killed, moves = Date.now() } = times;
      if (killed === undefined || polls === undefined) return { kills: 0, outageMs: null, recoveredMs: null };
      return { kills: 1, outageMs: moves - killed, recoveredMs: moves - polls };
    },
  };
}

/** Erases one person while a worker dies. */
async function runKilled(name: string, seed: number, place: Place): Promise<Verdict & Recovery> {
  const queue = `killed-${Math.random().toString(36).slice(2)}`;
  const scene = await setScene(temporal, { taskQueue: queue, apart: true });
  const watch = stopwatch();
  let workers: ReturnType<typeof workersOf> | undefined;
  const kill = (): void => {
    if (watch.isKilled()) return;
    watch.killed();
    if ((place.workers ?? 1) > 1) watch.polls(); // the other one was there all the time
    workers?.kill();
  };
  const { at } = place;
  const systems = await serveSystems([scene.erp, scene.mailer], async (moment) => {
    watch.moves();
    if (at === 'nowhere' || 'ms' in at || scene.erp.ledger.length !== at.erased) return;
    if (moment.systemId === at.systemId && moment.verb === at.verb && moment.when === at.when) kill();
    await Promise.resolve();
  });
  workers = workersOf(systems.url, queue, scene.database.urls.worker, place, watch.polls);
  const start = Date.now();
  try {
    const timer = at !== 'nowhere' && 'ms' in at ? setTimeout(kill, at.ms + 700) : undefined; // a worker needs some time to come up
    const requestId = await scene.erase();
    await scene.outcome(requestId);
    const [ms, recovery] = [Date.now() - start, watch.recovery()];
    clearTimeout(timer);
    expect((await evidenceOf(scene.database.reader, requestId)).length).toBeGreaterThan(8);
    const verdict = await judged(scene, requestId);
    return { fault: `worker killed ${name}`, seed, people: 1, ...verdict, askedPerson: 1, ms, ...recovery };
  } finally {
    workers.end();
    systems.stop();
    await scene.end();
  }
}

describe.concurrent('a worker killed', () => {
  test.each(runs)('%s, seed %i: leaves the same end as one that was not', async (name, seed, place) => {
    if (isDone(`worker killed ${name}`, seed)) return;
    const verdict = await runKilled(name, seed, place);
    keep(verdict);
    expect(verdict).toMatchObject({ complete: 1, falseComplete: 0, twice: 0, wrongPerson: 0 });
    if (!fullCounts) expect(verdict.kills).toBe(1);
  });
});
