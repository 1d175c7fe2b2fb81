export interface TwinAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON, a text as it is. */
  readonly body?: unknown;
}

/** One change that the twin made to what it holds, in order. */
export interface Mutation {
  readonly verb: string;
  readonly subject: string;
}

/**
 * What goes wrong with the next requests that match: an answer of ours instead of the effect (`answer`), a connection closed before the
 * effect (`reset`) or after it (`lose-answer`).
 */
export interface Fault {
  readonly method?: string;
  readonly path?: RegExp;
  readonly body?: RegExp;
  /** How many requests it hits; 1 when left out. */
  readonly times?: number;
  readonly kind: 'answer' | 'reset' | 'lose-answer';
  readonly answer?: TwinAnswer;
}

/** A stand-in of a linked system that runs in this process. */
export interface Twin {
  readonly url: string;
  readonly ledger: readonly Mutation[];
  /** All that the twin holds, as one text, to search for bytes that should be gone. */
  dump(): string;
  fault(fault: Fault): void;
  stop(): Promise<void>;
}
