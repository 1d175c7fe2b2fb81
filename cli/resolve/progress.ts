/** How often the line is written: seconds between two. */
const everySeconds = { terminal: 0.2, file: 5 };

/** Tells on stderr how far long work is: what, how much, how fast, how long still. Silent for work that ends at once. */
export class Progress {
  #what = '';
  #total: number | undefined;
  #began = 0;
  #told = 0;
  readonly #write: (text: string) => void;
  readonly #onTerminal: boolean;

  constructor(write: (text: string) => void = (text) => process.stderr.write(text), onTerminal = process.stderr.isTTY === true) {
    this.#write = write;
    this.#onTerminal = onTerminal;
  }

  /** Begins a stage. @param total when it is known, for the time that is left */
  stage(what: string, total?: number): void {
    this.#what = what;
    this.#total = total;
    this.#began = performance.now();
    this.#told = this.#began;
  }

  at(done: number): void {
    const now = performance.now();
    if ((now - this.#told) / 1_000 < (this.#onTerminal ? everySeconds.terminal : everySeconds.file)) return;
    this.#told = now;
    const seconds = (now - this.#began) / 1_000;
    const rate = done / seconds;
    const left = this.#total === undefined || rate === 0 ? '' : `, ${Math.ceil((this.#total - done) / rate)} s left`;
    const of = this.#total === undefined ? '' : ` of ${this.#total}`;
    this.#line(`${this.#what}: ${done}${of}, ${Math.round(rate)}/s${left}`, false);
  }

  /** Ends with a line that stays. */
  done(text: string): void {
    this.#line(text, true);
  }

  #line(text: string, last: boolean): void {
    this.#write(this.#onTerminal ? `\r\u001b[K${text}${last ? '\n' : ''}` : `${text}\n`);
  }
}
