const none = -1;

/** Which records resemble which, by their places: lists without an object for each entry, of which a million records have two million. */
export class Resemblances {
  /** For each place its last entry. */
  readonly #last: Int32Array;
  #others = new Int32Array(1024);
  #weights = new Float64Array(1024);
  /** For each entry the one before it of the same place. */
  #before = new Int32Array(1024);
  #length = 0;

  /** @param count of records */
  constructor(count: number) {
    this.#last = new Int32Array(count).fill(none);
  }

  /** @param weight in bits */
  add(one: number, other: number, weight: number): void {
    if (this.#length === this.#others.length) this.#grow();
    this.#others[this.#length] = other;
    this.#weights[this.#length] = weight;
    this.#before[this.#length] = this.#last[one] ?? none;
    this.#last[one] = this.#length;
    this.#length += 1;
  }

  #grow(): void {
    const [others, weights, before] = [this.#others, this.#weights, this.#before];
    this.#others = new Int32Array(others.length * 2);
    this.#weights = new Float64Array(weights.length * 2);
    this.#before = new Int32Array(before.length * 2);
    this.#others.set(others);
    this.#weights.set(weights);
    this.#before.set(before);
  }

  /** Who resembles this one by at least so many bits. */
  *of(one: number, least: number): Generator<number> {
    for (let entry = this.#last[one] ?? none; entry !== none; entry = this.#before[entry] ?? none)
      if ((this.#weights[entry] ?? 0) >= least) yield this.#others[entry] ?? none;
  }
}
