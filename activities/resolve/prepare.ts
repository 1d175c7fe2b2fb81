import type { ResolutionPolicy } from '../../domain/identity/resolve.ts';
import type { Tx } from '../../store/database.ts';
import { queueCarriers, shrunkKeys } from '../../store/write/match.ts';
import type { Queued } from '../../store/write/resolution-queue.ts';
import { changedKeys, growthOf, type HashedKeys, type KeysOfRecord, largestBlockOf, writeKeys } from './block-keys.ts';
import { type Blocks, readBlocks, touchedBy } from './neighbourhood.ts';
import { RecordsAtHand } from './records-at-hand.ts';

/** Records whose keys were written, and who had each key then. */
export interface Prepared {
  readonly changed: ReadonlySet<string>;
  readonly blocks: Blocks;
  /** Who they touched until now and do not touch any more: they are decided again with them. */
  readonly touched: readonly string[];
}

export const distinctKeys = (records: readonly KeysOfRecord[]): string[] => [...new Set(records.flatMap(({ keys }) => keys))];

/** The records of rows of the queue, each once. */
export const recordsOf = (rows: readonly Queued[]): string[] => [...new Set(rows.map(({ recordId }) => recordId))];

/** Keys whose block has just grown too large. */
const outgrown = (growth: ReadonlyMap<string, number>, blocks: Blocks, policy: ResolutionPolicy): string[] =>
  [...growth].flatMap(([key, grown]) => {
    const now = blocks.get(key)?.length ?? 0;
    const largest = largestBlockOf(key, policy);
    return now > largest && now - grown <= largest ? [key] : [];
  });

/**
 * Writes the keys of queued records; queues who shares a key with them whose block turned too large, or small enough again. By one at a
 * time: the keys are held.
 */
export async function prepareRows(
  tx: Tx,
  rows: readonly Queued[],
  hashed: HashedKeys,
  policy: ResolutionPolicy,
): Promise<Prepared> {
  const changed = recordsOf(rows);
  const records = new RecordsAtHand(tx);
  await records.loadChanged(changed);
  const keys = changedKeys(changed, records, hashed);
  const had = keys.removed.map(({ recordId, key }) => ({ recordId, keys: [key] }));
  const former = await readBlocks(tx, distinctKeys(had), policy);
  const touched = await touchedBy(had, former, policy, records);
  writeKeys(tx, records, keys);
  const growth = growthOf(keys);
  const grown = new Map([...growth].filter(([, by]) => by > 0));
  const shrunk = new Map([...growth].filter(([, by]) => by < 0));
  const blocks = await readBlocks(tx, distinctKeys(keys.present), policy, grown);
  const turned = [...outgrown(grown, blocks, policy), ...(await shrunkKeys(tx, shrunk, (key) => largestBlockOf(key, policy)))];
  queueCarriers(tx, turned, changed);
  return { changed: new Set(changed), blocks, touched: [...new Set(touched.map(({ id }) => id))] };
}
