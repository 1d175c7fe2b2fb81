import type { TwinAnswer } from './twin.ts';
import type { VendorRequest } from './twin-http.ts';

/** Counts calls in a sliding window and answers as the vendor does when there are too many. */
export function callLimit(
  most: number,
  windowMs: number,
  refusal: (request: VendorRequest) => TwinAnswer,
): (request: VendorRequest) => TwinAnswer | undefined {
  const starts: number[] = [];
  return (request) => {
    const now = performance.now();
    while (starts.length > 0 && (starts[0] ?? now) + windowMs <= now) starts.shift();
    if (starts.length >= most) return refusal(request);
    starts.push(now);
    return undefined;
  };
}
