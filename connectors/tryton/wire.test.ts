import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import { centsOf, datetimeOf, isoOf, plainly } from './wire.ts';

const time = fc.date({ min: new Date('1970-01-01'), max: new Date('2100-01-01'), noInvalidDate: true });

test.prop([time])('a time survives the way to Tryton and back', (at) => {
  expect(isoOf(datetimeOf(at.toISOString()))).toBe(at.toISOString());
});

test.prop([fc.integer({ min: -1_000_000_000, max: 1_000_000_000 })])('an amount is read to the cent, of either sign', (cents) => {
  const sign = cents < 0 ? '-' : '';
  const decimal = `${sign}${Math.trunc(Math.abs(cents) / 100)}.${String(Math.abs(cents) % 100).padStart(2, '0')}`;
  expect(centsOf({ __class__: 'Decimal', decimal })).toBe(cents === 0 ? 0 : cents);
});

test('more digits than cents are rounded away from zero, fewer are filled', () => {
  const read = (decimal: string): number | undefined => centsOf({ __class__: 'Decimal', decimal });
  expect(['10', '10.5', '10.005', '10.0049', '-10.005', '0'].map(read)).toEqual([1000, 1050, 1001, 1000, -1001, 0]);
  expect(['', 'NaN', '1E+3', '99999999999999999.00'].map(read)).toEqual([undefined, undefined, undefined, undefined]);
  expect(centsOf(10.5)).toBeUndefined();
});

test('a row for a person to read has no tags', () => {
  const day = { __class__: 'date', year: 2026, month: 3, day: 4 };
  const row = {
    'lines.': [{ amount: { __class__: 'Decimal', decimal: '2.50' } }],
    day,
    file: { __class__: 'bytes', base64: 'YQ==' },
  };
  expect(plainly(row)).toEqual({ 'lines.': [{ amount: '2.50' }], day: '2026-03-04', file: 'YQ==' });
});
