import { setTimeout as wait } from 'node:timers/promises';
import { FichaError } from '../../domain/record/error.ts';
import type { RateLimit } from '../../schemas/types.ts';

/**
 * The rate budget of one linked system, shared by everything that calls it. In this process for now; a budget shared by several
 * workers fills the same interface.
 */
export interface Limiter {
  /** Waits for a place and takes it; the answer gives it back. */
  take(signal: AbortSignal): Promise<() => void>;
  /** Nobody starts before this time: the system asked for it. */
  pauseUntil(timeMs: number): void;
}

interface Window {
  readonly most: number;
  readonly ms: number;
  /** Times of the latest `most` starts, oldest first. */
  readonly starts: number[];
}

const unitMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

const windowOf = (text: string): Window => {
  const found = /^(\d+)\/(\d*)([smhd])$/.exec(text);
  if (found === null) throw new FichaError('manifest-invalid', 'a rate window is written 10/s, 600/m or 100/10s');
  const [, most, count, unit] = found;
  return { most: Number(most), ms: Number(count === '' ? 1 : count) * (unitMs[unit ?? 's'] ?? 1_000), starts: [] };
};

/** Never more starts in any window than the limits allow; in order of arrival. A window also counts as full for 5 ms more, since clocks differ. */
export function createLimiter(limits: readonly RateLimit[], clock: () => number = Date.now): Limiter {
  const windows = limits.flatMap(({ window }) => (window === undefined ? [] : [windowOf(window)]));
  const places = Math.min(...limits.map(({ concurrency }) => concurrency ?? Number.POSITIVE_INFINITY), 8);
  const waiting: (() => void)[] = [];
  let running = 0;
  let notBefore = 0;
  let turn: Promise<void> = Promise.resolve();

  const place = async (signal: AbortSignal): Promise<void> => {
    while (running >= places) {
      await new Promise<void>((resolve) => waiting.push(resolve));
      signal.throwIfAborted();
    }
  };
  const untilAllowed = (now: number): number => {
    const ends = windows.map(({ most, ms, starts }) => (starts.length < most ? 0 : (starts.at(-most) ?? 0) + ms + 5));
    return Math.max(notBefore, ...ends) - now;
  };
  const start = async (signal: AbortSignal): Promise<void> => {
    await place(signal);
    for (let ms = untilAllowed(clock()); ms > 0; ms = untilAllowed(clock())) await wait(ms, undefined, { signal });
    const now = clock();
    for (const window of windows) {
      window.starts.push(now);
      if (window.starts.length > window.most) window.starts.shift();
    }
    running += 1;
  };
  return {
    async take(signal) {
      const mine = turn.then(() => start(signal));
      turn = mine.catch(() => undefined);
      await mine;
      let given = false;
      return () => {
        if (given) return;
        given = true;
        running -= 1;
        waiting.shift()?.();
      };
    },
    pauseUntil(timeMs) {
      notBefore = Math.max(notBefore, timeMs);
    },
  };
}

const limiters = new Map<string, Limiter>();

/** The one limiter of a linked system in this process, whoever opens it. */
export function limiterOf(systemId: string, limits: readonly RateLimit[]): Limiter {
  const key = `${systemId} ${JSON.stringify(limits)}`;
  const known = limiters.get(key) ?? createLimiter(limits);
  limiters.set(key, known);
  return known;
}
