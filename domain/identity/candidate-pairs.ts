import { GrowingInts } from './growing-ints.ts';
import { KeyNumbers } from './key-numbers.ts';
import { type BlockLimits, isBroad } from './match-keys.ts';

/** Pairs of places in the list of records, each once, the smaller place first. */
export interface CandidatePairs {
  readonly one: Int32Array;
  readonly other: Int32Array;
  readonly count: number;
  /** Comparisons that were not made, because their block is too large; many of those pairs share a narrower key too, and are compared. */
  readonly skipped: number;
}

/** Takes a key of a record: it is `text` and `behind` together. A key that is given twice counts once. */
export type TakeKeyText = (kind: string, text: string, behind?: string) => void;

/** Gives the keys of a record; makes no list of them. */
export type EachKey<Item> = (record: Item, take: TakeKeyText) => void;

interface Blocks {
  /** The blocks of record `r` are `ids[starts[r]] ... ids[starts[r + 1] - 1]`, ascending. */
  readonly starts: Int32Array;
  readonly ids: Int32Array;
  /** How many records have each block's key. */
  readonly sizes: Int32Array;
  /** 1 where the key is broad. */
  readonly broad: Uint8Array;
}

/** Sorts a stretch of numbers in its place; of a dozen this is the fastest way. */
function sortStretch(numbers: Int32Array, from: number, end: number): void {
  for (let at = from + 1; at < end; at += 1) {
    const value = numbers[at] ?? 0;
    let place = at;
    for (; place > from && (numbers[place - 1] ?? 0) > value; place -= 1) numbers[place] = numbers[place - 1] ?? 0;
    numbers[place] = value;
  }
}

/** The keys of every record, numbered. */
function blocksOf<Item>(records: readonly Item[], eachKey: EachKey<Item>): Blocks {
  const starts = new Int32Array(records.length + 1);
  const keys = new KeyNumbers();
  const take: TakeKeyText = (kind, text, behind = '') => keys.add(kind, text, behind, isBroad(kind));
  for (const [place, record] of records.entries()) {
    eachKey(record, take);
    starts[place + 1] = keys.length;
  }
  const { ids, distinct } = keys.numbers();
  const [sizes, broad] = [new Int32Array(distinct), new Uint8Array(distinct)];
  for (let at = 0; at < keys.length; at += 1) if (keys.isBroad(at)) broad[ids[at] ?? 0] = 1;
  let count = 0;
  for (let place = 0; place < records.length; place += 1) {
    const [from, end] = [starts[place] ?? 0, starts[place + 1] ?? 0];
    sortStretch(ids, from, end);
    starts[place] = count;
    let before = -1;
    for (let at = from; at < end; at += 1) {
      const id = ids[at] ?? 0;
      if (id === before) continue; // the same key twice
      before = id;
      sizes[id] = (sizes[id] ?? 0) + 1;
      ids[count] = id;
      count += 1;
    }
  }
  starts[records.length] = count;
  return { starts, ids: ids.subarray(0, count), sizes, broad };
}

/** Whether a block is the first that two records share: there their pair is named, and nowhere else. */
function isFirstShared({ starts, ids }: Pick<Blocks, 'starts' | 'ids'>, one: number, other: number, block: number): boolean {
  let [at, with_] = [starts[one] ?? 0, starts[other] ?? 0];
  for (;;) {
    const [mine, theirs] = [ids[at] ?? 0, ids[with_] ?? 0];
    if (mine === theirs) return mine === block;
    if (mine > block || theirs > block) return false;
    if (mine < theirs) at += 1;
    else with_ += 1;
  }
}

/** Leaves out blocks that cannot pair, or may not; in place. The others are numbered anew, in their order. */
function dropOversize(
  { starts, ids, sizes, broad }: Blocks,
  { largestBlock, largestBroadBlock }: BlockLimits,
): Omit<Blocks, 'broad'> & { readonly skipped: number } {
  let skipped = 0;
  const numbers = new Int32Array(sizes.length).fill(-1);
  let blocks = 0;
  for (const [id, size] of sizes.entries()) {
    if (size > (broad[id] === 1 ? largestBroadBlock : largestBlock)) skipped += (size * (size - 1)) / 2;
    else if (size >= 2) {
      numbers[id] = blocks;
      sizes[blocks] = size;
      blocks += 1;
    }
  }
  let kept = 0;
  for (let place = 0; place + 1 < starts.length; place += 1) {
    const [from, end] = [starts[place] ?? 0, starts[place + 1] ?? 0];
    starts[place] = kept;
    for (let at = from; at < end; at += 1) {
      const number = numbers[ids[at] ?? 0] ?? -1;
      if (number === -1) continue;
      ids[kept] = number;
      kept += 1;
    }
  }
  starts[starts.length - 1] = kept;
  return { starts, ids: ids.subarray(0, kept), sizes: sizes.subarray(0, blocks), skipped };
}

/** The records of each block, one list behind the other. */
function membersOf({ starts, ids, sizes }: Omit<Blocks, 'broad'>): { readonly first: Int32Array; readonly members: Int32Array } {
  const first = new Int32Array(sizes.length + 1);
  for (const [id, size] of sizes.entries()) first[id + 1] = (first[id] ?? 0) + size;
  const next = first.slice();
  const members = new Int32Array(ids.length);
  for (let place = 0; place + 1 < starts.length; place += 1) {
    for (let at = starts[place] ?? 0; at < (starts[place + 1] ?? 0); at += 1) {
      const id = ids[at] ?? 0;
      members[next[id] ?? 0] = place;
      next[id] = (next[id] ?? 0) + 1;
    }
  }
  return { first, members };
}

/**
 * The pairs of records that share a key of no more records than `limits` say (standard blocking).
 * Memory: some 20 bytes a key and 8 a pair. Cost: O(keys + pairs x keys of a record).
 */
export function candidatePairs<Item>(records: readonly Item[], eachKey: EachKey<Item>, limits: BlockLimits): CandidatePairs {
  const blocks = dropOversize(blocksOf(records, eachKey), limits);
  const { first, members } = membersOf(blocks);
  const [one, other] = [new GrowingInts(), new GrowingInts()];
  for (let block = 0; block < blocks.sizes.length; block += 1) {
    const end = first[block + 1] ?? 0;
    for (let at = first[block] ?? 0; at < end; at += 1) {
      const left = members[at] ?? 0;
      for (let behind = at + 1; behind < end; behind += 1) {
        const right = members[behind] ?? 0;
        if (!isFirstShared(blocks, left, right, block)) continue;
        one.push(left);
        other.push(right);
      }
    }
  }
  return { one: one.all(), other: other.all(), count: one.length, skipped: blocks.skipped };
}
