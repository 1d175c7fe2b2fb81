/** A list of whole numbers of 32 bits that grows; a plain array of a hundred million would not fit. */
export class GrowingInts {
  length = 0;
  #numbers = new Int32Array(1024);

  push(value: number): void {
    if (this.length === this.#numbers.length) {
      const larger = new Int32Array(this.length * 2);
      larger.set(this.#numbers);
      this.#numbers = larger;
    }
    this.#numbers[this.length] = value;
    this.length += 1;
  }

  /** The numbers, and room behind them. */
  all(): Int32Array {
    return this.#numbers;
  }
}
