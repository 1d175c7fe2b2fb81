import { defaultPolicy, type ResolutionPolicy } from '../domain/identity/resolve.ts';
import type { Tx } from '../store/database.ts';
import { measureQuality } from '../store/write/quality.ts';
import { countSkippedComparisons } from '../store/write/skipped-comparisons.ts';
import {
  countKeyWriting,
  holdKeys,
  holdPatience,
  keyWritings,
  markPrepared,
  planAnew,
  preparedRows,
  type Queued,
  unpreparedRows,
  unqueue,
  type Waiting,
  whatWaits,
} from '../store/write/resolution-queue.ts';
import { beating } from './beating.ts';
import type { Deps } from './deps.ts';
import type { Changes } from './resolve/apply-clusters.ts';
import { HashedKeys } from './resolve/block-keys.ts';
import { decideRecords, type Means } from './resolve/decide-rows.ts';
import { goldenOf } from './resolve/golden.ts';
import { type Prepared, prepareRows, recordsOf } from './resolve/prepare.ts';

/** Fewer changes than this are prepared and decided in one transaction: who waits for one record waits for one commit. */
const few = 33;

/** What became of a batch. */
interface Settled extends Changes {
  readonly taken: number;
}
const nothing: Settled = { taken: 0, merges: 0, splits: 0 };

/** Rows that were prepared, and how often keys had been written by then. */
interface PreparedBatch extends Prepared {
  readonly writing: string;
}

/** Takes what is decided off the queue. */
function settle(tx: Tx, rows: readonly Queued[], { ids, ...changes }: Changes & { readonly ids: ReadonlySet<string> }): Settled {
  const settled = rows.filter(({ recordId }) => ids.has(recordId));
  if (settled.length > 0)
    unqueue(
      tx,
      settled.map(({ queueId }) => queueId),
    );
  return { taken: settled.length, ...changes };
}

/** Writes the keys of up to `limit` queued records: from then on everybody sees them. */
async function prepareBatch(
  tx: Tx,
  limit: number,
  hashed: HashedKeys,
  policy: ResolutionPolicy,
): Promise<PreparedBatch | undefined> {
  planAnew(tx);
  holdKeys(tx);
  const rows = await unpreparedRows(tx, limit);
  if (rows.length === 0) return undefined;
  const prepared = await prepareRows(tx, rows, hashed, policy);
  markPrepared(tx, rows, prepared.touched);
  return { ...prepared, writing: await countKeyWriting(tx) };
}

/** Decides up to `limit` prepared rows. @param known what this worker prepared last; it counts while nobody else wrote keys since */
async function decideBatch(tx: Tx, limit: number, waiting: Waiting, means: Means, known?: PreparedBatch): Promise<Settled> {
  planAnew(tx);
  if (waiting === 'wait') await holdPatience(tx);
  const rows = await preparedRows(tx, limit, waiting);
  if (rows.length === 0) return nothing;
  const isStill = async () => known !== undefined && (await keyWritings(tx)) === known.writing;
  return settle(
    tx,
    rows,
    await decideRecords(tx, recordsOf(rows), waiting, means, async () => ((await isStill()) ? known : undefined)),
  );
}

/** Prepares and decides a few queued records at once; what another holds a part of waits in the queue. */
async function prepareAndDecide(tx: Tx, limit: number, hashed: HashedKeys, means: Means): Promise<Settled> {
  holdKeys(tx);
  const rows = await unpreparedRows(tx, limit);
  if (rows.length === 0) return nothing;
  const prepared = await prepareRows(tx, rows, hashed, means.policy);
  await countKeyWriting(tx);
  const changed = [...new Set([...recordsOf(rows), ...prepared.touched])];
  const decided = await decideRecords(tx, changed, 'take-free', means, async () => prepared);
  markPrepared(
    tx,
    rows.filter(({ recordId }) => !decided.ids.has(recordId)),
    prepared.touched.filter((id) => !decided.ids.has(id)),
  );
  return settle(tx, rows, decided);
}

/** Activities of `resolveRecords`. @param policy another than the default only where its edges are tested */
export const resolveActivities = ({ db, keys, now, survivorship }: Deps, policy: ResolutionPolicy = defaultPolicy) => {
  const golden = goldenOf(survivorship);
  const resolveBatch = async (limit: number): Promise<Settled> => {
    const hashed = new HashedKeys(keys);
    const means: Means = { policy, golden, now: now() };
    const { unprepared, prepared } = await whatWaits(db, Math.min(few, limit));
    if (unprepared === 0 && !prepared) return nothing;
    const areFew = unprepared > 0 && unprepared < Math.min(few, limit);
    const known = unprepared > 0 && !areFew ? await db.transaction((tx) => prepareBatch(tx, limit, hashed, policy)) : undefined;
    const free = await db.transaction(async (tx) => {
      const done = areFew ? await prepareAndDecide(tx, limit, hashed, means) : nothing;
      return done.taken > 0 ? done : await decideBatch(tx, limit, 'take-free', means, known);
    });
    // what others hold is waited for, so that nothing is left behind
    if (free.taken > 0 || !(await whatWaits(db, 1)).prepared) return free;
    return await db.transaction((tx) => decideBatch(tx, limit, 'wait', means));
  };
  return {
    /**
     * Decides again the clients of up to `limit` queued records and of all that they touch; 0 when the queue is empty. Keys are written in
     * one transaction, clients in another, unless there are few. Workers may do this at once: each takes neighbourhoods that no other holds. The result is what
     * deciding everything at once would give (rule 2).
     */
    resolveBatch: async ({ limit }: { readonly limit: number }): Promise<Settled> => await beating(() => resolveBatch(limit)),

    /** Measures the data of every linked system, and what is not compared, at most once an hour: the figures of the day. */
    measureDataQuality: async (): Promise<{ readonly systems: number }> =>
      await beating(() =>
        db.transaction(async (tx) => {
          const systems = await measureQuality(tx, now());
          if (systems > 0) await countSkippedComparisons(tx, now(), policy);
          return { systems };
        }),
      ),
  };
};

export type ResolveActivities = ReturnType<typeof resolveActivities>;
