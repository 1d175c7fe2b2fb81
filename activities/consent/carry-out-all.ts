import { FichaError } from '../../domain/record/error.ts';
import type { Log } from '../../platform/log.ts';
import { appendAudits } from '../../store/write/audit.ts';
import { openReviewTasks, type ReviewTask } from '../../store/write/review-tasks.ts';
import {
  claimSuppressions,
  freeClaims,
  type Settled,
  settleSuppressions,
  type SuppressionOutcome,
  type SuppressionWork,
  withdrawConsentTasks,
} from '../../store/write/suppression-work.ts';
import { noteOn } from './audit-note.ts';
import { carryOut, type Means } from './carry-out.ts';
import { carryOutMany, togetherOf } from './carry-out-many.ts';

const batchSize = 20;
/** A record that fails so often while others of the system work is given to a person. */
const mostAttempts = 8;
/** So many failures in a row mean that the system is not there. */
const mostInARow = 5;

interface Tools extends Means {
  readonly log: Log;
}

/** What one pass over the due suppressions of a system came to; after a crash, what the last attempt still had to do. */
export interface Carried {
  readonly applied: number;
  readonly lifted: number;
  /** Refused or impossible: a person has a task. */
  readonly open: number;
}

interface Counts {
  applied: number;
  lifted: number;
  open: number;
}

interface Failed {
  readonly work: SuppressionWork;
  readonly error: FichaError;
}

/**
 * Carries out every due suppression of one linked system. What fails stays due and stops nothing else, unless the system is not there.
 * @param claimant who works: a retry with the same name goes on where it was
 * @throws FichaError `suppressions-unfinished` when some are still due
 */
export async function carryOutAll(tools: Tools, claimant: string): Promise<Carried> {
  const { systemId } = tools.system;
  const counts = { applied: 0, lifted: 0, open: 0 };
  const failed: Failed[] = [];
  try {
    const systemWorks = await workThrough(tools, claimant, counts, failed);
    const waiting = await keepFailed(tools, failed, systemWorks);
    if (waiting === 0) return { ...counts, open: counts.open + failed.length };
    const last = failed.at(-1)?.error;
    throw new FichaError('suppressions-unfinished', `${systemId}: ${waiting} suppressions stay due`, {
      retry: 'later',
      cause: last,
    });
  } finally {
    await freeClaims(tools.db, claimant);
  }
}

/** Takes what is due, batch by batch, until all is done or too many fail in a row. @returns whether the system answered at all */
async function workThrough(tools: Tools, claimant: string, counts: Counts, failed: Failed[]): Promise<boolean> {
  const { db, system, now } = tools;
  const behind = new SettledBehind(tools, counts);
  let answered = false;
  let inARow = 0;
  try {
    for (let afterId: string | null = null; ; ) {
      const limit = system.many?.size ?? batchSize;
      const next = { systemId: system.systemId, claimant, afterId, limit, at: now() };
      const batch: readonly SuppressionWork[] = await claimSuppressions(db, next);
      const done = await doneTogether(tools, batch);
      await behind.settle(done);
      answered ||= done.length > 0;
      const together = new Set(done.map(({ work }) => work));
      for (const work of batch.filter((one) => !together.has(one))) {
        try {
          const outcome = await carryOut(tools, work);
          await settle(tools, [{ work, outcome }]);
          count(counts, work, outcome);
          answered = true;
          inARow = 0;
        } catch (error) {
          if (!(error instanceof FichaError)) throw error;
          failed.push({ work, error });
          inARow += 1;
          if (inARow === mostInARow) return answered;
        }
      }
      afterId = batch.at(-1)?.id ?? null;
      if (afterId === null) return answered;
    }
  } finally {
    await behind.end();
  }
}

/** Writes what became of a batch while the system is asked about the next. */
class SettledBehind {
  readonly #tools: Tools;
  readonly #counts: Counts;
  #last: Promise<void> = Promise.resolve();

  constructor(tools: Tools, counts: Counts) {
    this.#tools = tools;
    this.#counts = counts;
  }

  /** Once the batch before is written. */
  async settle(done: readonly Settled[]): Promise<void> {
    await this.#last;
    this.#last = this.#write(done);
    this.#last.catch(() => undefined); // whoever settles or ends is told
  }

  async end(): Promise<void> {
    await this.#last;
  }

  async #write(done: readonly Settled[]): Promise<void> {
    await settle(this.#tools, done);
    for (const { work, outcome } of done) count(this.#counts, work, outcome);
  }
}

/** Those of a batch that the system took together; where that fails each is tried by itself, which tells whose fault it was. */
async function doneTogether(tools: Tools, batch: readonly SuppressionWork[]): Promise<readonly Settled[]> {
  const { log, system } = tools;
  const together = togetherOf(system.many, batch);
  if (system.many === undefined || together.length === 0) return [];
  try {
    return await carryOutMany(tools, system.many, together);
  } catch (error) {
    if (!(error instanceof FichaError)) throw error;
    log.warn({ systemId: system.systemId, code: error.code }, 'suppressions are carried out one by one');
    return [];
  }
}

/** Failures stay due; one that cannot be helped by waiting, or that failed too often while others worked, goes to a person. */
async function keepFailed(tools: Tools, failed: readonly Failed[], systemWorks: boolean): Promise<number> {
  const { log, system } = tools;
  let waiting = 0;
  for (const { work, error } of failed) {
    const hopeless = systemWorks && (error.retry === 'never' || work.attempts + 1 >= mostAttempts);
    if (!hopeless) waiting += 1;
    log.warn({ systemId: system.systemId, code: error.code }, hopeless ? 'a suppression failed' : 'a suppression waits');
    if (systemWorks)
      await settle(tools, [{ work, outcome: { state: hopeless ? 'failed' : 'due', detail: error.code, done: [] } }]);
  }
  return waiting;
}

const verbOf = ({ consentEventId }: SuppressionWork): 'suppression' | 'lift' =>
  consentEventId === null ? 'suppression' : 'lift';

/** Notes outcomes, opens a task for each that a person must see, audits all, in one transaction. */
async function settle({ db, system, now }: Tools, settled: readonly Settled[]): Promise<void> {
  if (settled.length === 0) return;
  const { systemId } = system;
  const over = settled.filter(({ outcome }) => outcome.state !== 'due');
  const isWell = ({ outcome: { state } }: Settled): boolean => state === 'applied' || state === 'absent';
  await db.transaction(async (tx) => {
    await settleSuppressions(tx, settled, now());
    await withdrawConsentTasks(
      tx,
      over.filter(isWell).map(({ work }) => work.id),
    );
    const tasks = over
      .filter((one) => !isWell(one))
      .map(
        ({ work, outcome }): ReviewTask => ({
          kind: 'consent',
          reason: `${verbOf(work)}-${outcome.state}`,
          subject: { suppressionId: work.id, clientId: work.clientId, systemId },
          subjectKey: work.id,
        }),
      );
    await openReviewTasks(tx, tasks);
    await appendAudits(
      tx,
      over.map(({ work, outcome }) => noteOn(`${verbOf(work)}.read-back`, { ...work, systemId }, now(), outcome.state)),
    );
  });
}

/** Adds one outcome to the counts. */
function count(counts: Counts, work: SuppressionWork, { state }: SuppressionOutcome): void {
  if (state === 'applied') counts[work.consentEventId === null ? 'applied' : 'lifted'] += 1;
  else if (state !== 'absent' && state !== 'due') counts.open += 1;
}
