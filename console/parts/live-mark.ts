import { createHash } from 'node:crypto';

/**
 * A short text that differs whenever `seen` does. A page with a moving part carries the mark of what it was drawn with, so that what moved
 * before the browser began to listen is not missed.
 */
export const liveMark = (seen: unknown): string =>
  createHash('sha256')
    .update(JSON.stringify(seen) ?? '')
    .digest('base64url')
    .slice(0, 16);
