import { fc, test as property } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { ownCatalog } from '../../analytics/catalog.ts';
import { answerMetric, type LedgerCell, type MetricQuestion, readingFor } from './answer-metric.ts';
import { lastClosedMonth, monthAfter, monthsFrom } from './month.ts';

const catalog = ownCatalog();
const asked = (over: Partial<MetricQuestion>): MetricQuestion => ({
  name: 'revenue',
  from: '2026-01',
  to: '2026-03',
  by: [],
  filter: new Map(),
  ...over,
});
const cell = (metric: string, month: string, value: number | null, scale = 10, over: Partial<LedgerCell> = {}): LedgerCell => ({
  metric,
  month,
  value,
  scale,
  kind: 'cell',
  cell: [],
  ...over,
});

test('a figure is shown in its unit with the interval that its noise asks for, never below nothing', () => {
  const [found, small] = answerMetric(catalog, asked({}), [
    cell('revenue', '2026-01', 100_000, 10_000),
    cell('revenue', '2026-02', 5_000, 10_000),
  ]);
  expect(found?.value).toBe(1_000);
  expect(found?.high).toBeCloseTo(1_000 + 100 * Math.log(20), 6);
  expect(found?.low).toBeCloseTo(1_000 - 100 * Math.log(20), 6);
  expect(small?.low).toBe(0);
});

test('a ratio needs both parts, and a divisor that is surely above nothing', () => {
  const question = asked({ name: 'average-basket' });
  const answers = (orders: number | null, scale = 5) =>
    answerMetric(catalog, question, [cell('revenue', '2026-01', 90_000, 1_000), cell('orders', '2026-01', orders, scale)])[0];
  expect(answers(45)?.value).toBe(20);
  expect(answers(45)?.low).toBeLessThan(20);
  expect(answers(45)?.high).toBeGreaterThan(20);
  expect(answers(null)).toMatchObject({ value: null, low: null, high: null });
  expect(answers(45, 40)).toMatchObject({ value: null });
});

property.prop([
  fc.integer({ min: 50, max: 9_000 }),
  fc.integer({ min: 50, max: 9_000 }),
  fc.integer({ min: -30, max: 30 }),
  fc.integer({ min: -30, max: 30 }),
])('where both parts lie in their intervals, the ratio lies in its own', (active, tickets, noiseOne, noiseOther) => {
  const question = asked({ name: 'tickets-per-client' });
  const [found] = answerMetric(catalog, question, [
    cell('tickets', '2026-01', tickets + noiseOne, 10),
    cell('active-clients', '2026-01', active + noiseOther, 10),
  ]);
  if (found?.value === null) return;
  expect(tickets / active).toBeGreaterThanOrEqual(found?.low ?? 0);
  expect(tickets / active).toBeLessThanOrEqual(found?.high ?? 0);
});

test('a sum since January needs every month, and its noise grows as the root of their number', () => {
  const question = asked({ name: 'orders-this-year', from: '2026-03' });
  expect(readingFor(catalog, question)).toMatchObject({ metrics: ['orders'], from: '2026-01' });
  const months = ['2026-01', '2026-02', '2026-03'];
  const [found] = answerMetric(
    catalog,
    question,
    months.map((month) => cell('orders', month, 100, 10)),
  );
  expect(found).toMatchObject({ month: '2026-03', value: 300 });
  expect((found?.high ?? 0) - 300).toBeCloseTo(10 * Math.sqrt(3) * Math.log(20), 6);
  const holed = months.map((month) => cell('orders', month, month === '2026-02' ? null : 100, 10));
  expect(answerMetric(catalog, question, holed)[0]?.value).toBeNull();
});

test('a filter picks cells of a published table, and never the rest of one', () => {
  const question = asked({ name: 'active-clients', by: ['sector'], filter: new Map([['country', ['ES']]]) });
  expect(readingFor(catalog, question).dimensions).toEqual(['country', 'sector']);
  const cells = [
    cell('active-clients', '2026-01', 70, 10, { cell: ['ES', 'food'] }),
    cell('active-clients', '2026-01', 90, 10, { cell: ['IT', 'food'] }),
    cell('active-clients', '2026-01', 400, 10, { kind: 'other' }),
  ];
  expect(answerMetric(catalog, question, cells).map((one) => one.cell)).toEqual([['ES', 'food']]);
});

test.each([
  [{ name: 'secrets' }, /there is no metric secrets; there are: /],
  [{ by: ['sector'] }, /revenue is not published by sector. It is published by: nothing; channel; country/],
  [{ from: '2026-13' }, /months such as 2026-03/],
  [{ to: '2025-12' }, /0 to 35 months after/],
  [{ from: '2020-01' }, /0 to 35 months after/],
])('%o is refused with what is there', (over, reason) => {
  expect(() => readingFor(catalog, asked(over))).toThrow(reason);
});

test('a month closes ten days after its end', () => {
  expect(lastClosedMonth(new Date('2026-11-10T23:59:00Z'), 10)).toBe('2026-09');
  expect(lastClosedMonth(new Date('2026-11-11T00:00:00Z'), 10)).toBe('2026-10');
  expect([monthAfter('2026-01', -1), monthAfter('2025-12', 1), monthAfter('2026-03', -15)]).toEqual([
    '2025-12',
    '2026-01',
    '2024-12',
  ]);
  expect(monthsFrom('2025-11', '2026-02')).toEqual(['2025-11', '2025-12', '2026-01', '2026-02']);
});
