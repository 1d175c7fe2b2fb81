import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import { budgetRules } from './budget-rules.ts';
import type { Budget } from './budget.ts';
import { createLimiter } from './limiter.ts';
import { memoryBudget } from './memory-budget.ts';

const most = 5;
const windowMs = 1_000;
const rules = [{ name: 'window-0', most, windowMs }];

/** The times at which starts are made by somebody who asks after these pauses and makes each start so late as it may be made. */
async function madeBy(asks: readonly { readonly pauseMs: number; readonly late: number }[]): Promise<readonly number[]> {
  let now = 0;
  const budget = memoryBudget(rules, () => now);
  const made: number[] = [];
  for (const { pauseMs, late } of asks) {
    now += pauseMs;
    let answer = await budget.ask([1]);
    while ('waitMs' in answer) {
      now += answer.waitMs;
      answer = await budget.ask([1]);
    }
    made.push(now + late * Math.min(answer.usableMs, 60_000));
  }
  return made.sort((one, other) => one - other);
}

test.prop([
  fc.array(fc.record({ pauseMs: fc.integer({ min: 0, max: 700 }), late: fc.constantFrom(0, 0.5, 1) }), { maxLength: 60 }),
])('never more starts in any window, however late each is made of what is allowed', async (asks) => {
  const made = await madeBy(asks);
  for (const [index, at] of made.entries())
    expect((made[index + most] ?? Number.POSITIVE_INFINITY) - at).toBeGreaterThanOrEqual(windowMs);
});

test('a window that is used up is free again in less than 105 % of its time, so that 95 % of it is used', async () => {
  const made = await madeBy(Array.from({ length: most + 1 }, () => ({ pauseMs: 0, late: 0 })));
  expect(made.at(-1)).toBeLessThanOrEqual(windowMs / 0.95);
});

test('a start that comes too late after it was given is not made: it is given back and asked for again', async () => {
  const given: string[] = [];
  const back: string[] = [];
  const slow: Budget = {
    ask: () => {
      given.push(`${given.length + 1}`);
      return Promise.resolve({ lease: `${given.length}`, usableMs: given.length < 3 ? -1 : 60_000 });
    },
    release: (lease) => {
      back.push(lease);
      return Promise.resolve();
    },
    pause: () => Promise.resolve(),
  };
  const limiter = createLimiter(budgetRules([{ window: `${most}/s` }], {}), slow);
  const release = await limiter.take(new AbortController().signal, { method: 'GET' });
  expect([given, back]).toEqual([
    ['1', '2', '3'],
    ['1', '2'],
  ]);
  release();
  release();
  expect(back).toEqual(['1', '2', '3']);
});
