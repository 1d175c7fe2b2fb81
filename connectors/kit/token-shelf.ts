export interface KeptToken {
  readonly value: string;
  /** Milliseconds since 1970; undefined when it does not end by itself. */
  readonly endsAt?: number;
  /** A refresh token that the vendor gave in place of the one before. */
  readonly refresh?: string;
}

export interface TokenShelf {
  /**
   * The token under this name; made when there is none, when it ends within a minute, or when it is `stale`. Whoever comes while it
   * is made waits for it.
   */
  hold(name: string, stale: string | undefined, make: (kept: KeptToken | undefined) => Promise<KeptToken>): Promise<KeptToken>;
}

const marginMs = 60_000;

/** Whether a kept token may still be used: not the one that was just refused, and not about to end. */
export const isUsable = (kept: KeptToken | undefined, stale: string | undefined, nowMs: number): kept is KeptToken =>
  kept !== undefined && kept.value !== stale && (kept.endsAt === undefined || kept.endsAt - marginMs > nowMs);

/** Tokens of this process, never written anywhere. Who asks while one is made waits for that one. */
export function memoryShelf(clock: () => number = Date.now): TokenShelf {
  const kept = new Map<string, KeptToken>();
  const making = new Map<string, Promise<KeptToken>>();
  return {
    async hold(name, stale, make) {
      const known = kept.get(name);
      if (isUsable(known, stale, clock())) return known;
      const running = making.get(name);
      if (running !== undefined) return await running;
      const made = make(known);
      making.set(name, made);
      try {
        const token = await made;
        kept.set(name, token);
        return token;
      } finally {
        making.delete(name);
      }
    },
  };
}
