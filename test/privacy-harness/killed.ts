import { setTimeout as delay } from 'node:timers/promises';
import { evidenceOf, privacyRequestById } from '../../store/read/privacy-requests.ts';
import { everythingStored, type Scene, setScene } from '../support/privacy-scene.ts';
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
  /** So many records of the person are erased in the ERP. */
  readonly erased: number;
}

/** A run: an erasure whose worker is killed at the first moment that is its place. */
export interface Planned {
  readonly fault: string;
  /** Runs of a kind are one line of the table. */
  readonly group: string;
  readonly seed: number;
  readonly at: (moment: Moment) => boolean;
}

/** How the worker of several runs dies. */
export interface Blow {
  /** So long after every run came to its place, and goes on; otherwise while all of them stand there. */
  readonly afterMs?: number;
  readonly death?: Death;
  /** Workers that serve the queue; one of them dies. */
  readonly workers?: number;
  /** What the systems hold is blocked here for a time before it is erased there. */
  readonly blocks?: boolean;
}

/** How long nothing moved around a kill, and how much of that a worker was there again. */
interface Recovery {
  /** 1 when the worker died at the place of this run. */
  readonly kills: number;
  readonly outageMs: number | null;
  readonly recoveredMs: number | null;
}

export interface KilledVerdict extends Verdict, Recovery {
  readonly group: string;
}

/** What one run came to, and the moments that it went through. */
export interface KilledRun {
  readonly verdict: KilledVerdict;
  readonly moments: readonly Moment[];
  readonly evidence: number;
}

/** How long a run waits for the others to come to their places, and how long any of them may take. */
const patienceMs = { place: 30_000, end: 240_000 };

/** Whoever comes to its place stands there until the blow falls: when all stand or are over, or one has stood for too long. */
class Meeting {
  private expected: number;
  private readonly strike: () => void;
  private readonly blow: Promise<void>;
  private fall: () => void = () => undefined;
  private overdue: NodeJS.Timeout | undefined;
  private standing = 0;
  isOver = false;

  constructor(expected: number, strike: () => void) {
    this.expected = expected;
    this.strike = strike;
    this.blow = new Promise((resolve) => {
      this.fall = resolve;
    });
  }

  async stand(): Promise<void> {
    this.standing += 1;
    this.overdue ??= setTimeout(() => this.end(), patienceMs.place);
    this.look();
    await this.blow;
  }

  /** One that is over before it came to its place is not waited for. */
  leave(): void {
    this.expected -= 1;
    this.look();
  }

  private look(): void {
    if (this.standing > 0 && this.standing >= this.expected) this.end();
  }

  private end(): void {
    if (this.isOver) return;
    this.isOver = true;
    clearTimeout(this.overdue);
    this.strike();
    this.fall();
  }
}

/** What is known of one run while it goes on. */
class Run {
  readonly planned: Planned;
  readonly siblings: Scene['siblings'][number];
  readonly moments: Moment[] = [];
  requestId = '';
  private readonly counts = new Map<string, number>();
  private stoodAt: number | undefined;
  private pollsAt: number | undefined;
  private movesAt: number | undefined;

  constructor(planned: Planned, siblings: Scene['siblings'][number]) {
    this.planned = planned;
    this.siblings = siblings;
  }

  /** The records that go with her in the ERP. */
  get inErp(): readonly string[] {
    return [`person:${this.siblings.ids.sister}`, `interaction:${this.siblings.ids.note}`];
  }

  /** @returns whether this is its place, come to for the first time and while it can still be struck there */
  passes(name: string, erased: number, canBeStruck: boolean): boolean {
    if (this.pollsAt !== undefined) this.movesAt ??= Date.now();
    const nth = (this.counts.get(name) ?? 0) + 1;
    this.counts.set(name, nth);
    const moment = { name, nth, count: this.moments.length + 1, erased };
    this.moments.push(moment);
    if (!canBeStruck || this.stoodAt !== undefined || !this.planned.at(moment)) return false;
    this.stoodAt = Date.now();
    return true;
  }

  get stood(): boolean {
    return this.stoodAt !== undefined;
  }

  /** A worker serves it again. */
  served(): void {
    this.pollsAt ??= Date.now();
  }

  recovery(): Recovery {
    const { stoodAt, pollsAt = stoodAt, movesAt = Date.now() } = this;
    if (stoodAt === undefined || pollsAt === undefined) return { kills: 0, outageMs: null, recoveredMs: null };
    return { kills: 1, outageMs: movesAt - stoodAt, recoveredMs: movesAt - pollsAt };
  }
}

const judged = async ({ erp, mailer, database }: Scene, { siblings, requestId, inErp }: Run, stored: string) => {
  const { outcome, state } = (await privacyRequestById(database.reader, requestId)) ?? {};
  const complete = state === 'closed' && outcome === 'complete-with-exceptions' ? 1 : 0;
  const { sister, ids } = siblings;
  const mail = `person:${ids.mail}`;
  const left = inErp.some((record) => erp.rows.has(record)) || mailer.rows.has(mail) || stored.includes(sister.email);
  const erased = [...erp.ledger, ...mailer.ledger]
    .map(({ record }) => record)
    .filter((record) => [...inErp, mail].includes(record));
  const wrongPerson = [`person:${ids.brother}`, `sale:${ids.invoice}`].filter((record) => !erp.rows.has(record)).length;
  return { complete, falseComplete: complete === 1 && left ? 1 : 0, twice: erased.length - new Set(erased).size, wrongPerson };
};

/** @returns whether it was over in time */
const inTime = async (work: Promise<unknown>): Promise<boolean> => {
  let late: NodeJS.Timeout | undefined;
  const tooLong = new Promise<false>((resolve) => {
    late = setTimeout(resolve, patienceMs.end, false);
  });
  return await Promise.race([work.then(() => true), tooLong]).finally(() => clearTimeout(late));
};

/**
 * Erases one person a run, all of one scene and by one worker, which dies once while every run stands at a place of its own: a worker that
 * starts costs more than all that it does for a run.
 * @param planned at most `mostSiblings`
 * @returns how each ended, in their order
 */
export async function runKilled(
  temporal: TestTemporal,
  lane: WorkerLane,
  planned: readonly Planned[],
  { workers = 1, death = 'killed', blocks = false, afterMs = 0 }: Blow = {},
): Promise<readonly KilledRun[]> {
  const scene = await setScene(temporal, { taskQueue: lane.queue, apart: true, siblings: planned.length });
  const runs = scene.siblings.flatMap((siblings, place) => {
    const one = planned[place];
    return one === undefined ? [] : [new Run(one, siblings)];
  });
  const served = (): void => {
    for (const run of runs) run.served();
  };
  let struck = Promise.resolve();
  const meeting = new Meeting(runs.length, () => {
    const kill = (): void => {
      lane.kill(death, served);
      if (workers > 1) served(); // the other one was there all the time
    };
    if (afterMs === 0) kill();
    else struck = delay(afterMs).then(kill);
  });
  const isDead = workers === 1 && death === 'killed' && afterMs === 0;
  const pass = async (name: string, requestId: string): Promise<void> => {
    const run = runs.find((one) => one.requestId === requestId);
    if (run === undefined) return;
    const erased = scene.erp.ledger.filter(({ record }) => run.inErp.includes(record)).length;
    if (!run.passes(name, erased, !meeting.isOver)) return;
    await meeting.stand();
    if (isDead) throw new Error('whoever called is dead');
  };
  const systems = await serveSystems(
    [scene.erp, scene.mailer],
    ({ systemId, verb, when }, requestId) => pass(`${when} ${verb} in ${systemId}`, requestId),
    ({ step, when }, requestId) => pass(`${when} step ${step}`, requestId),
  );
  /** From the opening to the end. */
  const carried = async (run: Run): Promise<void> => {
    const requestId = await scene.erase(run.siblings.clientId, (opened) => {
      run.requestId = opened;
    });
    await scene.outcome(requestId);
    if (!run.stood) meeting.leave();
  };
  try {
    await lane.serve({ database: scene.database.urls.worker, systems: systems.url, blocks }, workers);
    const start = Date.now();
    const ends = await Promise.all(
      runs.map(async (run) => ({ run, isOver: await inTime(carried(run)), ms: Date.now() - start, recovery: run.recovery() })),
    );
    await struck;
    const stored = await everythingStored(scene.database);
    const told = ends.map(async ({ run, ms, recovery }): Promise<KilledRun> => {
      const { fault, group, seed } = run.planned;
      const end = await judged(scene, run, stored);
      const evidence = (await evidenceOf(scene.database.reader, run.requestId)).length;
      return {
        verdict: { fault, group, seed, people: 1, ...end, askedPerson: 1, ms, ...recovery },
        moments: run.moments,
        evidence,
      };
    });
    if (ends.every(({ isOver }) => isOver)) await lane.rest();
    else lane.end();
    return await Promise.all(told);
  } catch (error) {
    lane.end();
    throw error;
  } finally {
    systems.stop();
    await scene.end();
  }
}
