/** Pairs of places in the list of records, each once, the smaller place first. */
export interface CandidatePairs {
  readonly one: Int32Array;
  readonly other: Int32Array;
  readonly count: number;
  /** Comparisons that were not made, because their block is too large; many of those pairs share a narrower key too, and are compared. */
  readonly skipped: number;
}

/** 53 bits of a text; two texts of a hundred million share them once in two. A collision costs one comparison. */
function hashOf(text: string): number {
  let [high, low] = [0xdeadbeef, 0x41c6ce57];
  for (let at = 0; at < text.length; at += 1) {
    const letter = text.charCodeAt(at);
    high = Math.imul(high ^ letter, 2_654_435_761);
    low = Math.imul(low ^ letter, 1_597_334_677);
  }
  high = Math.imul(high ^ (high >>> 16), 2_246_822_507) ^ Math.imul(low ^ (low >>> 13), 3_266_489_909);
  low = Math.imul(low ^ (low >>> 16), 2_246_822_507) ^ Math.imul(high ^ (high >>> 13), 3_266_489_909);
  return 4_294_967_296 * (2_097_151 & low) + (high >>> 0);
}

/** A list of numbers that grows; a plain array of a hundred million would not fit. */
class Growing<Numbers extends Int32Array | Float64Array> {
  length = 0;
  #numbers: Numbers;
  readonly #make: (size: number) => Numbers;

  constructor(make: (size: number) => Numbers) {
    this.#make = make;
    this.#numbers = make(1024);
  }

  push(value: number): void {
    if (this.length === this.#numbers.length) {
      const larger = this.#make(this.length * 2);
      larger.set(this.#numbers);
      this.#numbers = larger;
    }
    this.#numbers[this.length] = value;
    this.length += 1;
  }

  all(): Numbers {
    return this.#numbers;
  }
}

const ints = () => new Growing((size) => new Int32Array(size));

/** The number of each distinct hash, in the order of their first use. */
function numbered(hashes: Float64Array, count: number): { readonly ids: Int32Array; readonly distinct: number } {
  const size = 2 ** Math.ceil(Math.log2(Math.max(16, count * 2)));
  const slots = new Float64Array(size).fill(-1);
  const idOfSlot = new Int32Array(size);
  const ids = new Int32Array(count);
  let distinct = 0;
  for (let at = 0; at < count; at += 1) {
    const hash = hashes[at] ?? 0;
    let slot = hash % size;
    while (slots[slot] !== -1 && slots[slot] !== hash) slot = (slot + 1) % size;
    if (slots[slot] === -1) {
      slots[slot] = hash;
      idOfSlot[slot] = distinct;
      distinct += 1;
    }
    ids[at] = idOfSlot[slot] ?? 0;
  }
  return { ids, distinct };
}

interface Blocks {
  /** The blocks of record `r` are `ids[starts[r]] ... ids[starts[r + 1] - 1]`, ascending. */
  readonly starts: Int32Array;
  readonly ids: Int32Array;
  readonly sizes: Int32Array;
}

function blocksOf<Item>(records: readonly Item[], keysOf: (record: Item) => Iterable<string>): Blocks {
  const starts = new Int32Array(records.length + 1);
  const hashes = new Growing((size) => new Float64Array(size));
  for (const [place, record] of records.entries()) {
    for (const key of keysOf(record)) hashes.push(hashOf(key));
    starts[place + 1] = hashes.length;
  }
  const { ids, distinct } = numbered(hashes.all(), hashes.length);
  const sizes = new Int32Array(distinct);
  for (const id of ids) sizes[id] = (sizes[id] ?? 0) + 1;
  for (let place = 0; place < records.length; place += 1) ids.subarray(starts[place], starts[place + 1]).sort();
  return { starts, ids, sizes };
}

/** Whether a block is the first that two records share: there their pair is named, and nowhere else. */
function isFirstShared({ starts, ids }: Blocks, one: number, other: number, block: number): boolean {
  let [at, with_] = [starts[one] ?? 0, starts[other] ?? 0];
  for (;;) {
    const [mine, theirs] = [ids[at] ?? 0, ids[with_] ?? 0];
    if (mine === theirs) return mine === block;
    if (mine > block || theirs > block) return false;
    if (mine < theirs) at += 1;
    else with_ += 1;
  }
}

/** Blocks that cannot pair, or may not, get a number that no record has. */
function dropOversize({ starts, ids, sizes }: Blocks, largestBlock: number): Blocks & { readonly skipped: number } {
  let skipped = 0;
  for (const size of sizes) if (size > largestBlock) skipped += (size * (size - 1)) / 2;
  const kept = ints();
  const keptStarts = new Int32Array(starts.length);
  for (let place = 0; place + 1 < starts.length; place += 1) {
    for (let at = starts[place] ?? 0; at < (starts[place + 1] ?? 0); at += 1) {
      const size = sizes[ids[at] ?? 0] ?? 0;
      if (size >= 2 && size <= largestBlock) kept.push(ids[at] ?? 0);
    }
    keptStarts[place + 1] = kept.length;
  }
  return { starts: keptStarts, ids: kept.all().slice(0, kept.length), sizes, skipped };
}

/** The records of each block, one list behind the other. */
function membersOf({ starts, ids, sizes }: Blocks): { readonly first: Int32Array; readonly members: Int32Array } {
  const counts = new Int32Array(sizes.length);
  for (const id of ids) counts[id] = (counts[id] ?? 0) + 1;
  const first = new Int32Array(sizes.length + 1);
  for (const [id, count] of counts.entries()) first[id + 1] = (first[id] ?? 0) + count;
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
 * The pairs of records that share a key of at most `largestBlock` records (standard blocking).
 * @param keysOf each key once for a record
 * Memory: some 30 bytes a key and 8 a pair. Cost: O(keys + pairs x keys of a record).
 */
export function candidatePairs<Item>(
  records: readonly Item[],
  keysOf: (record: Item) => Iterable<string>,
  largestBlock: number,
): CandidatePairs {
  const blocks = dropOversize(blocksOf(records, keysOf), largestBlock);
  const { first, members } = membersOf(blocks);
  const [one, other] = [ints(), ints()];
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
