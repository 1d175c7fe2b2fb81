import { evidenceOf, privacyRequestById } from '../../store/read/privacy-requests.ts';
import { ana, everythingStored, type Scene, setScene } from '../support/privacy-scene.ts';
import { serveSystems } from '../support/system-over-http.ts';
import type { TestTemporal } from '../support/temporal.ts';
import type { Death, WorkerLane } from '../support/worker-lane.ts';
import type { Verdict } from './run.ts';

/** A moment of a run: a call of a system or a step of the worker, before it or after it and before anybody heard of that. */
export interface Moment {
  readonly name: string;
  /** The how manyth of this name. */
  readonly nth: number;
  /** The how manyth of all. */
  readonly count: number;
  /** So many records of the ERP are erased. */
  readonly erased: number;
}

/** Where the worker is killed, and how. */
export interface Place {
  readonly at: (moment: Moment) => boolean;
  /** So long after that moment. */
  readonly afterMs?: number;
  readonly death?: Death;
  /** Workers that serve the queue; one of them dies. */
  readonly workers?: number;
  /** What the systems hold of her is blocked here for a time before it is erased there. */
  readonly blocks?: boolean;
}

/** How long nothing moved after a kill, and how much of that a worker was there again. */
interface Recovery {
  readonly kills: number;
  readonly outageMs: number | null;
  readonly recoveredMs: number | null;
}

export interface KilledVerdict extends Verdict, Recovery {
  /** Runs of a kind are one line of the table. */
  readonly group: string;
}

/** What one run came to, and the moments that it went through. */
export interface KilledRun {
  readonly verdict: KilledVerdict;
  readonly moments: readonly Moment[];
  readonly evidence: number;
}

/** Tells the times of one run: of the kill, of the next worker that polls, of the first call after it. */
function stopwatch() {
  const times: { killed?: number; polls?: number; moves?: number } = {};
  return {
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

/** Kills once, at a place; keeps the moments that were gone through. */
function striker(place: Place, kill: () => void) {
  const moments: Moment[] = [];
  const counts = new Map<string, number>();
  let isOver = false;
  const strike = (): void => {
    if (!isOver) kill();
    isOver = true;
  };
  return {
    moments,
    strike,
    over: () => {
      isOver = true;
    },
    pass: (name: string, erased: number): void => {
      const nth = (counts.get(name) ?? 0) + 1;
      counts.set(name, nth);
      const moment = { name, nth, count: moments.length + 1, erased };
      moments.push(moment);
      if (isOver || !place.at(moment)) return;
      if (place.afterMs === undefined) strike();
      else setTimeout(strike, place.afterMs);
    },
  };
}

/** Erases one person while a worker of the lane dies. */
export async function runKilled(
  temporal: TestTemporal,
  lane: WorkerLane,
  { fault, group, seed, place }: { readonly fault: string; readonly group: string; readonly seed: number; readonly place: Place },
): Promise<KilledRun> {
  const scene = await setScene(temporal, { taskQueue: lane.queue, apart: true });
  const { workers = 1, death = 'killed', blocks = false } = place;
  const watch = stopwatch();
  const blow = striker(place, () => {
    watch.killed();
    if (workers > 1) watch.polls(); // the other one was there all the time
    lane.kill(death, watch.polls);
  });
  const systems = await serveSystems(
    [scene.erp, scene.mailer],
    async ({ systemId, verb, when }) => {
      watch.moves();
      blow.pass(`${when} ${verb} in ${systemId}`, scene.erp.ledger.length);
      await Promise.resolve();
    },
    ({ step, when }) => blow.pass(`${when} step ${step}`, scene.erp.ledger.length),
  );
  try {
    await lane.serve({ database: scene.database.urls.worker, systems: systems.url, blocks }, workers);
    const start = Date.now();
    const requestId = await scene.erase();
    await scene.outcome(requestId);
    const [ms, recovery] = [Date.now() - start, watch.recovery()];
    blow.over();
    const evidence = (await evidenceOf(scene.database.reader, requestId)).length;
    const verdict = { fault, group, seed, people: 1, ...(await judged(scene, requestId)), askedPerson: 1, ms, ...recovery };
    await lane.rest();
    return { verdict, moments: blow.moments, evidence };
  } catch (error) {
    lane.end();
    throw error;
  } finally {
    systems.stop();
    await scene.end();
  }
}
