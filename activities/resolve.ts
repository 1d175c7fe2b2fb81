import { defaultPolicy, type ResolutionPolicy } from '../domain/identity/resolve.ts';
import type { Db } from '../store/database.ts';
import { blocksOf } from '../store/read/match.ts';
import { queueTurnedBlocks, replaceDecisions } from '../store/write/match.ts';
import { measureQuality } from '../store/write/quality.ts';
import { setMatchReviews } from '../store/write/match-reviews.ts';
import {
  holdKeys,
  holdPatience,
  markPrepared,
  preparedRows,
  type Queued,
  unpreparedRows,
  unqueue,
  type Waiting,
  whatWaits,
} from '../store/write/resolution-queue.ts';
import { beating } from './beating.ts';
import type { Deps } from './deps.ts';
import { applyClusters, type Changes, type Decided } from './resolve/apply-clusters.ts';
import { changedKeys, growthOf, HashedKeys, writeKeys } from './resolve/block-keys.ts';
import { decideNeighbourhood } from './resolve/decide-neighbourhood.ts';
import { goldenOf } from './resolve/golden.ts';
import { type Blocks, holdNeighbourhood, touchedBy } from './resolve/neighbourhood.ts';
import { RecordsAtHand } from './resolve/records-at-hand.ts';

const distinctKeys = (keys: readonly { readonly key: string }[]): string[] => [...new Set(keys.map(({ key }) => key))];

const recordsOf = (rows: readonly Queued[]): string[] => [...new Set(rows.map(({ recordId }) => recordId))];

/** Writes the keys of queued records; who they touched until now and do not touch any more is decided again with them. */
async function prepareBatch(tx: Db, limit: number, hashed: HashedKeys, { largestBlock }: ResolutionPolicy): Promise<void> {
  await holdKeys(tx);
  const rows = await unpreparedRows(tx, limit);
  if (rows.length === 0) return;
  const changed = recordsOf(rows);
  const records = new RecordsAtHand(tx);
  await records.loadChanged(changed);
  const keys = changedKeys(changed, records, hashed);
  const former = await blocksOf(tx, distinctKeys(keys.removed), largestBlock + 1);
  const touched = await touchedBy(keys.removed, former, largestBlock, records);
  await writeKeys(tx, changed, records, keys);
  await queueTurnedBlocks(tx, growthOf(keys), changed, largestBlock);
  await markPrepared(tx, rows, [...new Set(touched.map(({ id }) => id))]);
}

/** Fewer changes than this are prepared and decided in one transaction: who waits for one record waits for one commit. */
const few = 33;

/** Whether a person is asked about one of these, or was: of records that nobody had decided and that are in no doubt, nobody is. */
const mayBeAsked = ({ records, pairs }: Pick<Decided, 'records' | 'pairs'>): boolean =>
  records.some(({ clientId }) => clientId !== null) || pairs.some(({ outcome }) => outcome === 'review');

/** What became of a batch. */
interface Settled extends Changes {
  readonly taken: number;
}
const nothing: Settled = { taken: 0, merges: 0, splits: 0 };

/** Activities of `resolveRecords`. @param policy another than the default only where its edges are tested */
export const resolveActivities = ({ db, keys, now, survivorship }: Deps, policy: ResolutionPolicy = defaultPolicy) => {
  const golden = goldenOf(survivorship);
  const { largestBlock } = policy;
  const decideBatch = async (tx: Db, limit: number, waiting: Waiting): Promise<Settled> => {
    if (waiting === 'wait') await holdPatience(tx);
    const rows = await preparedRows(tx, limit, waiting);
    if (rows.length === 0) return nothing;
    const records = new RecordsAtHand(tx);
    let blocks: Blocks = new Map();
    const touchedByHeld = async (held: readonly string[]) => {
      const present = records.keysOf(held);
      blocks = await blocksOf(tx, distinctKeys(present), largestBlock + 1);
      const touched = await touchedBy(present, blocks, largestBlock, records);
      records.keepOnly(held);
      return touched;
    };
    const ids = await holdNeighbourhood(tx, recordsOf(rows), records, touchedByHeld, waiting);
    const settled = rows.filter(({ recordId }) => ids.has(recordId));
    if (settled.length === 0) return nothing;
    const changed = new Set(recordsOf(settled));
    const decided = await decideNeighbourhood(tx, { ids: [...ids], records, blocks }, policy);
    if (ids.size > 1) await replaceDecisions(tx, [...ids], decided.pairs);
    // from here on the others wait until this is committed: words of clients and the audit chain have one end each
    const { clientIds, ...changes } = await applyClusters(tx, { ...decided, changed }, golden, now());
    if (mayBeAsked(decided)) await setMatchReviews(tx, [...ids], clientIds);
    await unqueue(
      tx,
      settled.map(({ queueId }) => queueId),
    );
    return { taken: settled.length, ...changes };
  };
  const resolveBatch = async (limit: number): Promise<Settled> => {
    const hashed = new HashedKeys(keys);
    const { unprepared, prepared } = await whatWaits(db, Math.min(few, limit));
    if (unprepared === 0 && !prepared) return nothing;
    const prepare = async (tx: Db) => await prepareBatch(tx, limit, hashed, policy);
    const decide = async (tx: Db, waiting: Waiting = 'take-free') => await decideBatch(tx, limit, waiting);
    const areFew = unprepared > 0 && unprepared < Math.min(few, limit);
    if (unprepared > 0 && !areFew) await db.transaction(prepare);
    const free = await db.transaction(async (tx) => {
      if (areFew) await prepare(tx);
      return await decide(tx);
    });
    // what others hold is waited for, so that nothing is left behind
    if (free.taken > 0 || !(await whatWaits(db, 1)).prepared) return free;
    return await db.transaction(async (tx) => await decide(tx, 'wait'));
  };
  return {
    /**
     * Decides again the clients of up to `limit` queued records and of all that they touch; 0 when the queue is empty. Keys are written in
     * one transaction, clients in another, unless there are few. Workers may do this at once: each takes neighbourhoods that no other holds. The result is what
     * deciding everything at once would give (rule 2).
     */
    resolveBatch: async ({ limit }: { readonly limit: number }): Promise<Settled> => await beating(() => resolveBatch(limit)),

    /** Measures the data of every linked system, at most once an hour: the figures of the day. */
    measureDataQuality: async (): Promise<{ readonly systems: number }> =>
      await beating(async () => ({ systems: await db.transaction((tx) => measureQuality(tx, now())) })),
  };
};

export type ResolveActivities = ReturnType<typeof resolveActivities>;
