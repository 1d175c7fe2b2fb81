import type { MatchRecord } from '../../domain/identity/match-record.ts';
import { matchKeys } from '../../domain/identity/match-record.ts';
import { type PairDecision, resolve, type Resolution } from '../../domain/identity/resolve.ts';

/** Records that arrive together. */
const usualBatch = 1_000;

/**
 * Resolves records as they would arrive: batch after batch in file order, deciding again only what a batch touches, which is everything
 * that hangs together with it over shared keys. The result is that of `resolve` on all records (design, rule 2).
 */
export function resolveInBatches(
  records: readonly MatchRecord[],
  at: (done: number) => void,
  batchSize = usualBatch,
): Resolution {
  const blocks = new Map<string, number[]>();
  const keysOf: string[][] = [];
  const clusterOf = new Map<string, readonly string[]>();
  const decided = new Map<string, readonly PairDecision[]>();
  for (let from = 0; from < records.length; from += batchSize) {
    const batch = records.slice(from, from + batchSize);
    for (const [offset, record] of batch.entries()) {
      const keys = matchKeys(record).map(({ kind, text }) => `${kind}:${text}`);
      keysOf.push(keys);
      for (const key of keys) {
        const block = blocks.get(key);
        if (block === undefined) blocks.set(key, [from + offset]);
        else block.push(from + offset);
      }
    }
    const touched = touchedBy(from, batch.length, blocks, keysOf);
    const { clusters, decisions } = resolve(touched.flatMap((place) => records[place] ?? []));
    for (const members of clusters) for (const key of members) clusterOf.set(key, members);
    const own = new Map<string, PairDecision[]>(touched.map((place) => [records[place]?.key ?? '', []]));
    for (const decision of decisions) own.get(decision.one)?.push(decision);
    for (const [key, list] of own) decided.set(key, list);
    at(Math.min(from + batchSize, records.length));
  }
  const clusters = [...new Set(clusterOf.values())].sort((one, other) => ((one[0] ?? '') < (other[0] ?? '') ? -1 : 1));
  return { clusters, decisions: [...decided.values()].flat() };
}

/** Places of the records that hang together with a batch, itself included. */
function touchedBy(
  from: number,
  count: number,
  blocks: ReadonlyMap<string, readonly number[]>,
  keysOf: readonly (readonly string[])[],
): number[] {
  const open = Array.from({ length: count }, (_, offset) => from + offset);
  const seen = new Set(open);
  const seenKeys = new Set<string>();
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    for (const key of keysOf[place] ?? []) {
      if (seenKeys.has(key)) continue;
      seenKeys.add(key);
      for (const other of blocks.get(key) ?? []) {
        if (seen.has(other)) continue;
        seen.add(other);
        open.push(other);
      }
    }
  }
  return [...seen];
}
