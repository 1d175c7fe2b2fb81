import { test } from '@fast-check/vitest';
import fc from 'fast-check';
import { expect } from 'vitest';
import { restAfter } from './watch-pace.ts';

const day = 86_400_000;

test('a system that answers at once and allows enough is looked at every 10 seconds', () => {
  expect(restAfter({ tookMs: 300, pages: 1, failed: 0, calls: false }, [])).toBe(10_000);
  expect(restAfter({ tookMs: 300, pages: 2, failed: 0, calls: false }, [{ most: 100, windowMs: 10_000 }, { most: 4 }])).toBe(
    10_000,
  );
});

test('a slow one, and one with a small daily allowance, are looked at less often', () => {
  expect(restAfter({ tookMs: 60_000, pages: 100, failed: 0, calls: false }, [])).toBe(120_000);
  expect(restAfter({ tookMs: 300, pages: 1, failed: 0, calls: false }, [{ most: 5_000, windowMs: day }])).toBeCloseTo(51_840);
});

test('after a failure it is asked sooner once, then ever later', () => {
  const rests = [1, 2, 3, 20].map((failed) => restAfter({ tookMs: 10, pages: 0, failed, calls: false }, []));
  expect(rests).toEqual([2_000, 4_000, 8_000, 900_000]);
});

test('one whose webhooks come is looked at every 5 minutes, for what they did not say', () => {
  expect(restAfter({ tookMs: 300, pages: 1, failed: 0, calls: true }, [])).toBe(300_000);
  expect(restAfter({ tookMs: 10, pages: 0, failed: 1, calls: true }, [])).toBe(300_000);
  expect(restAfter({ tookMs: 300, pages: 1, failed: 0, calls: true }, [{ most: 500, windowMs: day }])).toBeGreaterThan(300_000);
});

test.prop([fc.integer({ min: 1, max: 100 }), fc.integer({ min: 4_000, max: 1_000_000 }), fc.integer({ min: 1, max: day })])(
  'looks take no more than a third of any window, while a rest stays under its longest',
  (pages, most, windowMs) => {
    const rest = restAfter({ tookMs: 0, pages, failed: 0, calls: false }, [{ most, windowMs }]);
    if (rest === 900_000) return;
    expect((pages * windowMs) / rest).toBeLessThanOrEqual(most / 3 + 1e-6);
  },
);
