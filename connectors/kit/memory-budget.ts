import type { Budget, BudgetRule } from './budget.ts';

/** A start may be made so late after it was given; a window counts as full for twice that more. The same as the budget of the store. */
const latestMs = (windowMs: number): number => Math.max(2, Math.min(250, windowMs / 50)) / 2;
const pollMs = 10;

interface Window {
  readonly most: number;
  /** How long a start counts: the window, and how late it may have been made. */
  readonly ms: number;
  /** Starts that still count, oldest first. */
  readonly starts: { readonly at: number; readonly cost: number }[];
}

/** How long until `cost` more fits into the window. */
function untilFits({ most, ms, starts }: Window, cost: number, now: number): number {
  while ((starts[0]?.at ?? now) + ms <= now && starts.length > 0) starts.shift();
  let over = starts.reduce((sum, start) => sum + start.cost, 0) + Math.min(cost, most) - most;
  for (const start of starts) {
    if (over <= 0) return 0;
    over -= start.cost;
    if (over <= 0) return start.at + ms - now;
  }
  return 0;
}

/**
 * The budget of a linked system in this process: never more in any window than its rules allow.
 * @param clock ms, never set back
 */
export function memoryBudget(rules: readonly BudgetRule[], clock: () => number = () => performance.now()): Budget {
  const windows = rules.map(({ most, windowMs }): Window | undefined =>
    windowMs === undefined ? undefined : { most, ms: windowMs + 2 * latestMs(windowMs), starts: [] },
  );
  const leases = new Map<string, readonly number[]>();
  let given = 0;
  let notBefore = 0;
  const running = (index: number): number => [...leases.values()].reduce((sum, costs) => sum + (costs[index] ?? 0), 0);
  return {
    ask: (costs) => {
      const now = clock();
      const waits = rules.map(({ most }, index) => {
        const cost = costs[index] ?? 0;
        const window = windows[index];
        if (cost === 0) return 0;
        return window === undefined ? (running(index) < most ? 0 : pollMs) : untilFits(window, cost, now);
      });
      const waitMs = Math.max(0, notBefore - now, ...waits);
      if (waitMs > 0) return Promise.resolve({ waitMs });
      for (const [index, window] of windows.entries()) {
        const cost = Math.min(costs[index] ?? 0, rules[index]?.most ?? 0);
        if (cost > 0) window?.starts.push({ at: now, cost });
      }
      given += 1;
      const lease = `${given}`;
      leases.set(
        lease,
        rules.map(({ windowMs }, index) => (windowMs === undefined && (costs[index] ?? 0) > 0 ? 1 : 0)),
      );
      const usableMs = rules.map(({ windowMs }, index) =>
        windowMs === undefined || (costs[index] ?? 0) === 0 ? Number.POSITIVE_INFINITY : latestMs(windowMs),
      );
      return Promise.resolve({ lease, usableMs: Math.min(...usableMs) });
    },
    release: (lease) => {
      leases.delete(lease);
      return Promise.resolve();
    },
    pause: (ms) => {
      notBefore = Math.max(notBefore, clock() + ms);
      return Promise.resolve();
    },
  };
}
