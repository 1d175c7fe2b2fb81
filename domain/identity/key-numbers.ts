import { GrowingInts } from './growing-ints.ts';

const [fraction, otherFraction] = [2_654_435_761, 1_597_334_677];
/** The sign of the second half tells broad keys from others. */
const broadBit = 1 << 31;

/**
 * Numbers keys: equal keys get one number. Of a key only 63 bits are kept, as two halves; among a hundred million keys two share them
 * once in 1,800 times, and then one comparison is made too many.
 * Memory: 8 bytes a key, and 4 for its number.
 */
export class KeyNumbers {
  readonly #high = new GrowingInts();
  readonly #low = new GrowingInts();

  /** How many keys were added. */
  get length(): number {
    return this.#high.length;
  }

  /** Adds the key that `kind`, `text` and `behind` make together. @param isBroad the same for every key of this kind */
  add(kind: string, text: string, behind: string, isBroad = false): void {
    let high = 0xdeadbeef | 0;
    let low = 0x41c6ce57;
    for (let part = 0; part < 3; part += 1) {
      const letters = part === 0 ? kind : part === 1 ? text : behind;
      for (let at = 0; at < letters.length; at += 1) {
        const letter = letters.charCodeAt(at);
        high = Math.imul(high ^ letter, fraction);
        low = Math.imul(low ^ letter, otherFraction);
      }
      high = Math.imul(high ^ letters.length, fraction); // so that the parts do not run together
    }
    high = Math.imul(high ^ (high >>> 16), 2_246_822_507) ^ Math.imul(low ^ (low >>> 13), 3_266_489_909);
    low = Math.imul(low ^ (low >>> 16), 2_246_822_507) ^ Math.imul(high ^ (high >>> 13), 3_266_489_909);
    this.#high.push(high);
    this.#low.push(isBroad ? low | broadBit : low & ~broadBit);
  }

  /** Whether the key that was added at this place is broad. */
  isBroad(place: number): boolean {
    return (this.#low.all()[place] ?? 0) < 0;
  }

  /**
   * The number of each key, from 0.
   * @param parts a power of two: keys are numbered part after part, so that the table of those that were met stays small
   */
  numbers(parts = this.length < 1 << 20 ? 1 : 16): { readonly ids: Int32Array; readonly distinct: number } {
    const ids = new Int32Array(this.length);
    const table = new Int32Array(this.#tableSize(parts));
    let distinct = 0;
    for (let part = 0; part < parts; part += 1) distinct = this.#numberPart(part, parts, { ids, table, distinct });
    return { ids, distinct };
  }

  /** A power of two with room for every key of the largest part. */
  #tableSize(parts: number): number {
    const low = this.#low.all();
    const counts = new Int32Array(parts);
    for (let at = 0; at < this.length; at += 1) {
      const part = (low[at] ?? 0) & (parts - 1);
      counts[part] = (counts[part] ?? 0) + 1;
    }
    return 2 ** Math.ceil(Math.log2(Math.max(16, Math.max(...counts) * 1.5)));
  }

  /** @param state.table the place of the first of its keys for each slot, open addressing @returns how many distinct keys there are now */
  #numberPart(
    part: number,
    parts: number,
    state: { readonly ids: Int32Array; readonly table: Int32Array; readonly distinct: number },
  ): number {
    const { ids, table } = state;
    const [high, low, count] = [this.#high.all(), this.#low.all(), this.length];
    const lastSlot = table.length - 1;
    let { distinct } = state;
    table.fill(-1);
    for (let at = 0; at < count; at += 1) {
      if (((low[at] ?? 0) & (parts - 1)) !== part) continue;
      let slot = (high[at] ?? 0) & lastSlot;
      let first = table[slot] ?? -1;
      while (first !== -1 && (high[first] !== high[at] || low[first] !== low[at])) {
        slot = (slot + 1) & lastSlot;
        first = table[slot] ?? -1;
      }
      if (first === -1) {
        table[slot] = at;
        ids[at] = distinct;
        distinct += 1;
      } else ids[at] = ids[first] ?? 0;
    }
    return distinct;
  }
}
