import { defaultPolicy, type ResolutionPolicy } from '../domain/identity/resolve.ts';
import type { KeyRing } from '../platform/keys.ts';
import type { Db } from '../store/database.ts';
import { blocksOf } from '../store/read/match.ts';
import { holdResolution, queuedRecords, queueTurnedBlocks, replaceDecisions, unqueue } from '../store/write/match.ts';
import { measureQuality } from '../store/write/quality.ts';
import { setMatchReviews } from '../store/write/match-reviews.ts';
import { beating } from './beating.ts';
import type { Deps } from './deps.ts';
import { applyClusters, type Changes } from './resolve/apply-clusters.ts';
import { changedKeys, growthOf, HashedKeys, writeKeys } from './resolve/block-keys.ts';
import { decideNeighbourhood, type Neighbourhood } from './resolve/decide-neighbourhood.ts';
import { goldenOf } from './resolve/golden.ts';
import { type Blocks, decideTogether, touchedBy } from './resolve/neighbourhood.ts';
import { RecordsAtHand } from './resolve/records-at-hand.ts';

const distinctKeys = (keys: readonly { readonly key: string }[]): string[] => [...new Set(keys.map(({ key }) => key))];

/** Writes the keys of the records that changed, and finds all that their change touches: what they touched before, and touch now. */
async function neighbourhoodOf(
  tx: Db,
  changed: readonly string[],
  ring: KeyRing,
  { largestBlock }: ResolutionPolicy,
): Promise<Neighbourhood> {
  const [records, hashed] = [new RecordsAtHand(tx), new HashedKeys(ring)];
  await records.loadChanged(changed);
  const keys = await changedKeys(tx, changed, records, hashed);
  const touched = new Set(changed);
  const touch = async (some: typeof keys.present, blocks: Blocks) => {
    for (const id of await touchedBy(some, blocks, largestBlock, records)) touched.add(id);
  };
  await touch(keys.removed, await blocksOf(tx, distinctKeys(keys.removed), largestBlock + 1));
  await writeKeys(tx, changed, records, keys);
  const blocks = await blocksOf(tx, distinctKeys(keys.present), largestBlock + 1);
  await touch(keys.present, blocks);
  const growth = growthOf(keys);
  // a block that grew and is not too large has not turned
  for (const [key, grown] of growth) if (grown > 0 && (blocks.get(key)?.length ?? 0) <= largestBlock) growth.delete(key);
  await queueTurnedBlocks(tx, growth, changed, largestBlock);
  const known = new Set<string>();
  await decideTogether(tx, touched, known);
  return { ids: [...known], records, hashed, blocks };
}

/** Activities of `resolveRecords`. @param policy another than the default only where its edges are tested */
export const resolveActivities = ({ db, keys, now, survivorship }: Deps, policy: ResolutionPolicy = defaultPolicy) => {
  const golden = goldenOf(survivorship);
  const resolveBatch = async (tx: Db, limit: number): Promise<{ readonly taken: number } & Changes> => {
    await holdResolution(tx);
    const queued = await queuedRecords(tx, limit);
    if (queued.length === 0) return { taken: 0, merges: 0, splits: 0 };
    const changed = [...new Set(queued.map(({ recordId }) => recordId))];
    const neighbourhood = await neighbourhoodOf(tx, changed, keys, policy);
    const decided = await decideNeighbourhood(tx, neighbourhood, policy);
    const { clientIds, ...changes } = await applyClusters(tx, { ...decided, changed: new Set(changed) }, golden, now());
    await replaceDecisions(tx, neighbourhood.ids, decided.pairs);
    await setMatchReviews(tx, neighbourhood.ids, clientIds);
    await unqueue(
      tx,
      queued.map(({ queueId }) => queueId),
    );
    return { taken: queued.length, ...changes };
  };
  return {
    /**
     * Decides again the clients of up to `limit` queued records and of all that they touch, in one transaction; 0 when the queue is
     * empty. The result is what deciding everything at once would give (rule 2).
     */
    resolveBatch: async ({ limit }: { readonly limit: number }): Promise<{ readonly taken: number } & Changes> =>
      await beating(() => db.transaction((tx) => resolveBatch(tx, limit))),

    /** Measures the data of every linked system, at most once an hour: the figures of the day. */
    measureDataQuality: async (): Promise<{ readonly systems: number }> =>
      await beating(async () => ({ systems: await db.transaction((tx) => measureQuality(tx, now())) })),
  };
};

export type ResolveActivities = ReturnType<typeof resolveActivities>;
