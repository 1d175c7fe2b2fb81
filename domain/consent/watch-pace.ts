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
  /** Its webhooks come: a no made there is heard without a look. */
  readonly calls: boolean;
}

const shortestMs = 10_000;
/** Of a system whose webhooks come: a look finds what a webhook did not say. */
const callingMs = 300_000;
const firstRetryMs = 2_000;
const longestMs = 900_000;
/** The rest of the vendor's allowance is for the work. */
const shareOfAllowance = 1 / 3;

/**
 * How long to leave a system alone after a look at what people allow there: 10 seconds, more where it answers slowly (it is asked at most a
 * third of the time) or allows few calls (at most a third of each of its windows), and less after a first failure. While its webhooks come, 5 minutes: webhooks can go
 * silent, or lose one, without a word. Never over 15 minutes.
 * @returns milliseconds
 */
export function restAfter({ tookMs, pages, failed, calls }: Look, windows: readonly VendorWindow[]): number {
  const leastMs = calls ? callingMs : 0;
  if (failed > 0) return Math.min(longestMs, Math.max(leastMs, firstRetryMs * 2 ** Math.min(failed - 1, 10)));
  const allowance = windows.map(({ most, windowMs = 0 }) => (pages * windowMs) / (most * shareOfAllowance));
  return Math.min(longestMs, Math.max(shortestMs, leastMs, 2 * tookMs, ...allowance));
}
