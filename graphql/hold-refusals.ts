import { setTimeout as delay } from 'node:timers/promises';

/** For so many times as long as it took to refuse a question, its answer is held back. */
const times = 5;
const longestMs = 250;

/**
 * Holds the refusals of one subject back, one after another: reading a question only to refuse it takes time from everybody, and who sends
 * many of them, over however many connections, waits for itself. Who asks what is answered is never held.
 */
export function createHold(): (subject: string, tookMs: number) => Promise<void> {
  const held = new Map<string, Promise<void>>();
  return async (subject, tookMs) => {
    const mine = (held.get(subject) ?? Promise.resolve()).then(() => delay(Math.min(times * tookMs, longestMs)));
    held.set(subject, mine);
    await mine;
    if (held.get(subject) === mine) held.delete(subject);
  };
}
