import { setTimeout as wait } from 'node:timers/promises';
import type { RateLimit } from '../../schemas/types.ts';
import { budgetRules, costsOf, type CountedRule } from './budget-rules.ts';
import type { Budget, BudgetSource } from './budget.ts';
import type { Call } from './hooks.ts';
import { memoryBudget } from './memory-budget.ts';

/** The rate budget of one linked system, shared by everything that calls it. */
export interface Limiter {
  /** Waits for a place and takes it; the answer gives it back. */
  take(signal: AbortSignal, call: Pick<Call, 'method' | 'reads' | 'cost'>): Promise<() => void>;
  /** Nobody starts for so long: the system asked for it. */
  pauseFor(ms: number): Promise<void>;
}

/** A start that was given, and the moment of `performance.now` after which it is too late to make it. */
interface Start {
  readonly lease?: string;
  readonly until: number;
}

/** Most calls at once in one process, whatever the system allows. */
const mostPlaces = 8;

/** Takes its turns from a budget, in order of arrival; a start that comes too late after it was given is asked for again. */
export function createLimiter(rules: readonly CountedRule[], budget: Budget = memoryBudget(rules)): Limiter {
  const waiting: (() => void)[] = [];
  let running = 0;
  let turn: Promise<void> = Promise.resolve();

  const start = async (signal: AbortSignal, costs: readonly number[]): Promise<Start> => {
    while (running >= mostPlaces) {
      await new Promise<void>((resolve) => waiting.push(resolve));
      signal.throwIfAborted();
    }
    running += 1;
    if (rules.length === 0) return { until: Number.POSITIVE_INFINITY };
    try {
      for (;;) {
        signal.throwIfAborted();
        const asked = performance.now();
        const answer = await budget.ask(costs);
        if ('lease' in answer) return { lease: answer.lease, until: asked + answer.usableMs };
        await wait(Math.max(1, answer.waitMs), undefined, { signal });
      }
    } catch (error) {
      running -= 1;
      waiting.shift()?.();
      throw error;
    }
  };
  const giveBack = (lease: string | undefined): void => {
    running -= 1;
    waiting.shift()?.();
    if (lease !== undefined) budget.release(lease).catch(() => undefined); // it ends by itself, a little later
  };
  const inTurn = async (signal: AbortSignal, costs: readonly number[]): Promise<Start> => {
    const mine = turn.then(() => start(signal, costs));
    turn = mine.then(
      () => undefined,
      () => undefined,
    );
    return await mine;
  };
  return {
    async take(signal, call) {
      for (;;) {
        const { lease, until } = await inTurn(signal, costsOf(call, rules));
        // looked at last of all: on a busy machine a process may stand still anywhere between being given a start and making it
        if (performance.now() > until) {
          giveBack(lease);
          continue;
        }
        let given = false;
        return () => {
          if (given) return;
          given = true;
          giveBack(lease);
        };
      }
    },
    async pauseFor(ms) {
      await budget.pause(ms);
    },
  };
}

type Known = Map<string, Limiter>;

const inProcess: Known = new Map();
const shared = new WeakMap<BudgetSource, Known>();

const knownOf = (source: BudgetSource | undefined): Known => {
  if (source === undefined) return inProcess;
  const known = shared.get(source) ?? new Map<string, Limiter>();
  shared.set(source, known);
  return known;
};

/** The one limiter of a linked system in this process, whoever opens it; over the shared budget when there is one. */
export function limiterOf(
  systemId: string,
  limits: readonly RateLimit[],
  config: Readonly<Record<string, unknown>>,
  { source, leaseMs }: { readonly source: BudgetSource | undefined; readonly leaseMs: number },
): Limiter {
  const limiters = knownOf(source);
  const rules = budgetRules(limits, config);
  const key = `${systemId} ${JSON.stringify(rules)}`;
  const limiter = limiters.get(key) ?? createLimiter(rules, source?.(systemId, rules, leaseMs));
  limiters.set(key, limiter);
  return limiter;
}
