import type { Budget, BudgetRule } from './budget.ts';

/** Clocks differ: a window counts as full for a moment more. */
const guardMs = 5;
const pollMs = 10;

interface Window {
  readonly most: number;
  readonly ms: number;
  /** Starts that still count, oldest first. */
  readonly starts: { readonly at: number; readonly cost: number }[];
}

/** How long until `cost` more fits into the window. */
function untilFits({ most, ms, starts }: Window, cost: number, now: number): number {
  while ((starts[0]?.at ?? now) + ms + guardMs <= now && starts.length > 0) starts.shift();
  let over = starts.reduce((sum, start) => sum + start.cost, 0) + Math.min(cost, most) - most;
  for (const start of starts) {
    if (over <= 0) return 0;
    over -= start.cost;
    if (over <= 0) return start.at + ms + guardMs - now;
  }
  return 0;
}

/** The budget of a linked system in this process: never more in any window than its rules allow. */
export function memoryBudget(rules: readonly BudgetRule[], clock: () => number = Date.now): Budget {
  const windows = rules.map(({ most, windowMs }): Window | undefined =>
    windowMs === undefined ? undefined : { most, ms: windowMs, starts: [] },
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
      return Promise.resolve({ lease, usableMs: Number.POSITIVE_INFINITY });
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
