/** One rate limit of a vendor: so many calls in so long; without a time it bounds calls at once. */
export interface VendorWindow {
  readonly most: number;
  readonly windowMs?: number;
}

/** What one look at a system took. */
export interface Look {
  readonly tookMs: number;
  /** Pages asked for: about as many calls. */
  readonly pages: number;
  /** Looks in a row that failed, this one among them. */
  readonly failed: number;
}

const shortestMs = 10_000;
const firstRetryMs = 2_000;
const longestMs = 900_000;
/** The rest of the vendor's allowance is for the work. */
const shareOfAllowance = 1 / 3;

/**
 * How long to leave a system alone after a look at what people allow there: 10 seconds, more where it answers slowly (it is asked at most a
 * third of the time) or allows few calls (at most a third of each of its windows), and less after a first failure. Never over 15 minutes.
 * @returns milliseconds
 */
export function restAfter({ tookMs, pages, failed }: Look, windows: readonly VendorWindow[]): number {
  if (failed > 0) return Math.min(longestMs, firstRetryMs * 2 ** Math.min(failed - 1, 10));
  const allowance = windows.map(({ most, windowMs = 0 }) => (pages * windowMs) / (most * shareOfAllowance));
  return Math.min(longestMs, Math.max(shortestMs, 2 * tookMs, ...allowance));
}
