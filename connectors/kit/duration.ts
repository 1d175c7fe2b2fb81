const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A duration of a manifest (`5m`) in ms. */
export function durationMs(text: string): number {
  const found = /^(\d+)(ms|s|m|h|d)$/.exec(text);
  return found === null ? 0 : Number(found[1]) * (unitMs[found[2] ?? ''] ?? 0);
}

/** The day so long after a time, as ISO date. */
export const dayAfter = (from: Date, duration: string): string =>
  new Date(from.getTime() + durationMs(duration)).toISOString().slice(0, 10);
