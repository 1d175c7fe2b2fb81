import { resemblesFrom } from '../../domain/identity/clusters.ts';
import { evidenceOf, patternOf } from '../../domain/identity/evidence.ts';
import { matchWeight, shippedModel } from '../../domain/identity/match-model.ts';
import type { BlockLimits } from '../../domain/identity/match-keys.ts';
import type { MatchRecord } from '../../domain/identity/match-record.ts';
import type { Db } from '../../store/database.ts';
import { blocksOf, decidedTogether, type Tie } from '../../store/read/match.ts';
import type { Waiting } from '../../store/write/resolution-queue.ts';
import { isIdentifying, type KeysOfRecord, largestBlockOf } from './block-keys.ts';
import type { RecordsAtHand } from './records-at-hand.ts';

/** Who has each key, as `blocksOf` reads it. */
export type Blocks = ReadonlyMap<string, readonly string[]>;

/** Who has each of these keys, up to one more than may; of those that grew just now, up to that many more. */
export const readBlocks = (
  tx: Db,
  keys: readonly string[],
  limits: BlockLimits,
  grown: ReadonlyMap<string, number> = new Map(),
): Promise<Blocks> => blocksOf(tx, keys, (key) => largestBlockOf(key, limits) + 1 + (grown.get(key) ?? 0));

const isNeverShared = (): boolean => false;

/** Knows which records can resemble each other at all; there are few patterns of evidence and many pairs. */
class MayResemble {
  readonly #byPattern = new Map<number, boolean>();

  /** What several people share is taken for one's own here, so that nobody is missed. */
  are(one: MatchRecord | undefined, other: MatchRecord | undefined): boolean {
    if (one === undefined || other === undefined || one.kind !== other.kind) return false;
    if (one.kind === 'company') return true;
    const evidence = evidenceOf(one, other, isNeverShared);
    const pattern = patternOf(evidence);
    const known = this.#byPattern.get(pattern);
    if (known !== undefined) return known;
    const may = matchWeight(evidence, shippedModel) >= resemblesFrom;
    this.#byPattern.set(pattern, may);
    return may;
  }
}

/** The patterns are few: they are weighed once in a process. */
const mayResemble = new MayResemble();

/**
 * Those that share an identifier with what changed, and those that share another key with it and resemble it. What merely shares a key is
 * not touched: their pair says what it said.
 * @param changed records with keys that they have, or had @param blocks of more records than `limits` say lead nowhere
 */
export async function touchedBy(
  changed: readonly KeysOfRecord[],
  blocks: Blocks,
  limits: BlockLimits,
  records: RecordsAtHand,
): Promise<Tie[]> {
  const touched = new Map<string, Set<string>>();
  const candidates = new Map<string, Set<string>>();
  for (const { recordId, keys } of changed) {
    for (const key of keys) {
      const block = blocks.get(key);
      if (block === undefined || block.length > largestBlockOf(key, limits)) continue;
      const found = isIdentifying(key) ? touched : candidates;
      const known = found.get(recordId);
      if (known === undefined) found.set(recordId, new Set(block));
      else for (const id of block) known.add(id);
    }
  }
  await records.load([...candidates].flatMap(([of, ids]) => [...ids].filter((id) => touched.get(of)?.has(id) !== true)));
  for (const [from, ids] of candidates) {
    const form = records.get(from)?.form;
    const known = touched.get(from) ?? new Set();
    for (const id of ids) if (id !== from && !known.has(id) && mayResemble.are(form, records.get(id)?.form)) known.add(id);
    touched.set(from, known);
  }
  return [...touched].flatMap(([from, ids]) => [...ids].flatMap((id) => (id === from ? [] : { from, id })));
}

/** Records in groups that are decided together; a group of which another worker holds a record is left to it. */
class Groups {
  readonly #above = new Map<string, string>();
  readonly #left = new Set<string>();

  #top(id: string): string {
    let top = id;
    for (let above = this.#above.get(top); above !== undefined; above = this.#above.get(top)) top = above;
    let below = id;
    while (below !== top) {
      const next = this.#above.get(below) ?? top;
      this.#above.set(below, top);
      below = next;
    }
    return top;
  }

  tie(one: string, other: string): void {
    const [first, second] = [this.#top(one), this.#top(other)];
    if (first === second) return;
    this.#above.set(second, first);
    if (this.#left.has(second)) this.#left.add(first);
  }

  leave(id: string): void {
    this.#left.add(this.#top(id));
  }

  isLeft(id: string): boolean {
    return this.#left.has(this.#top(id));
  }
}

/**
 * Holds records that changed and all that is decided together with them: over keys, common clients, links made by hand and resemblance.
 * What they are decided together with is asked once they are held: from then on nobody else changes it.
 * @returns the records that are held in whole groups; with `take-free`, groups that another worker holds a part of are left out
 */
export async function holdNeighbourhood(
  tx: Db,
  changed: readonly string[],
  records: RecordsAtHand,
  touchedBy: (held: readonly string[]) => Promise<readonly Tie[]>,
  waiting: Waiting,
): Promise<ReadonlySet<string>> {
  const [groups, seen] = [new Groups(), new Set<string>()];
  const hold = async (ids: readonly string[]): Promise<string[]> => {
    const held = await records.hold(ids, waiting);
    for (const id of ids) {
      seen.add(id);
      // who waits has all that are there
      if (waiting === 'take-free' && !held.has(id)) groups.leave(id);
    }
    return [...held];
  };
  let unasked = await hold(changed);
  let ties = await touchedBy(unasked);
  for (;;) {
    for (const { from, id } of ties) groups.tie(from, id);
    const found = [...new Set(ties.map(({ id }) => id))].filter((id) => !seen.has(id));
    if (found.length > 0) unasked.push(...(await hold(found)));
    if (unasked.length === 0) break;
    ties = await decidedTogether(tx, unasked, resemblesFrom);
    unasked = [];
  }
  return new Set([...seen].filter((id) => !groups.isLeft(id)));
}
