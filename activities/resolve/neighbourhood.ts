import { resemblesFrom } from '../../domain/identity/clusters.ts';
import { evidenceOf } from '../../domain/identity/evidence.ts';
import { matchWeight, shippedModel } from '../../domain/identity/match-model.ts';
import type { MatchRecord } from '../../domain/identity/match-record.ts';
import type { Db } from '../../store/database.ts';
import { decidedTogether, type StoredKey } from '../../store/read/match.ts';
import type { RecordsAtHand } from './records-at-hand.ts';

/** Who has each key, as `blocksOf` reads it. */
export type Blocks = ReadonlyMap<string, readonly string[]>;

/** Whether two people can resemble each other at all: what several people share is taken for one's own here, so that nobody is missed. */
function mayResemble(one: MatchRecord | undefined, other: MatchRecord | undefined): boolean {
  if (one === undefined || other === undefined || one.kind !== other.kind) return false;
  if (one.kind === 'company') return true;
  return matchWeight(evidenceOf(one, other, isNeverShared), shippedModel) >= resemblesFrom;
}

const isNeverShared = (): boolean => false;

/**
 * Those that share an identifier with what changed, and those that share another key with it and resemble it. What merely shares a key is
 * not touched: their pair says what it said.
 * @param keys of the records that changed @param blocks of more than `largestBlock` records lead nowhere
 */
export async function touchedBy(
  keys: readonly StoredKey[],
  blocks: Blocks,
  largestBlock: number,
  records: RecordsAtHand,
): Promise<Set<string>> {
  const touched = new Set<string>();
  const candidates = new Map<string, Set<string>>();
  for (const { recordId, key, keyClass } of keys) {
    const block = blocks.get(key) ?? [];
    if (block.length > largestBlock) continue;
    if (keyClass > 0) for (const id of block) touched.add(id);
    else {
      const known = candidates.get(recordId);
      if (known === undefined) candidates.set(recordId, new Set(block));
      else for (const id of block) known.add(id);
    }
  }
  await records.load([...candidates.values()].flatMap((ids) => [...ids].filter((id) => !touched.has(id))));
  for (const [of, ids] of candidates) {
    const form = records.get(of)?.form;
    for (const id of ids) if (id !== of && !touched.has(id) && mayResemble(form, records.get(id)?.form)) touched.add(id);
  }
  return touched;
}

/** Adds to `known` these records and all that is decided together with them: over common clients, links made by hand and resemblance. */
export async function decideTogether(tx: Db, touched: Iterable<string>, known: Set<string>): Promise<void> {
  let frontier = [...new Set(touched)].filter((id) => !known.has(id));
  while (frontier.length > 0) {
    for (const id of frontier) known.add(id);
    frontier = (await decidedTogether(tx, frontier, resemblesFrom)).filter((id) => !known.has(id));
  }
}
