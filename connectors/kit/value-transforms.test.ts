import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import { asType, Unreadable } from './value-transforms.ts';

const read = (value: string, as: 'date' | 'date-time'): unknown => {
  try {
    return asType(value, { as });
  } catch (error) {
    if (error instanceof Unreadable) return undefined;
    throw error;
  }
};

const two = (n: number): string => String(n).padStart(2, '0');
const days = fc
  .tuple(fc.integer({ min: 1, max: 9_999 }), fc.integer({ min: 0, max: 13 }), fc.integer({ min: 0, max: 32 }))
  .map(([year, month, day]) => `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`);

/** By the calendar of the language: what rolls over is no day. */
const isDay = (day: string): boolean => {
  const date = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
};

test.prop([days], { numRuns: 3_000 })('a day is read when the calendar has it', (day) => {
  expect(read(day, 'date')).toBe(isDay(day) ? day : undefined);
  expect(read(day, 'date-time')).toBe(isDay(day) ? `${day}T00:00:00.000Z` : undefined);
});

test.prop([fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true })])(
  'a time is the same however it is written',
  (time) => {
    const held = time.toISOString();
    const seconds = `${held.slice(0, 19)}.000Z`;
    expect(read(held, 'date-time')).toBe(held);
    expect(read(held.replace('Z', '+00:00'), 'date-time')).toBe(held);
    expect(read(`${held.slice(0, 19).replace('T', ' ')}`, 'date-time')).toBe(seconds);
    expect(read(held, 'date')).toBe(held.slice(0, 10));
  },
);

test.each(['2026-01-01T24:00:00.001Z', '2026-01-01T12:60:00.000Z', '2026-02-30T00:00:00.000Z'])('%s is no time', (text) => {
  expect(read(text, 'date-time')).toBeUndefined();
});
