const unitMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A twin's own clock: grace periods and purges are waited for by moving it. */
export interface TwinClock {
  now(): Date;
  /** ISO 8601 with milliseconds; no two calls give the same, so that changes are in order. */
  stamp(): string;
  /** `31d`, `5m`. */
  advance(by: string): void;
}

export function twinClock(): TwinClock {
  let aheadMs = 0;
  let last = 0;
  const now = (): number => Date.now() + aheadMs;
  return {
    now: () => new Date(now()),
    stamp: () => {
      last = Math.max(last + 1, now());
      return new Date(last).toISOString();
    },
    advance: (by) => {
      const found = /^(\d+)([smhd])$/.exec(by);
      if (found === null) throw new Error(`"${by}" is no duration: 31d, 5m`);
      aheadMs += Number(found[1]) * (unitMs[found[2] ?? 's'] ?? 0);
    },
  };
}
