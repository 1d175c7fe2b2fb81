import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { dueDate } from './due-date.ts';
import { easterSunday, isHoliday } from './public-holidays.ts';

/** An oracle of its own: plain Date arithmetic in UTC, no library. */
const oracle = (received: string, country: string): string => {
  const [year = 0, month = 0, day = 0] = received.split('-').map(Number);
  const lastOfNext = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const due = new Date(Date.UTC(year, month, Math.min(day, lastOfNext)));
  const iso = () => due.toISOString().slice(0, 10);
  while (due.getUTCDay() === 0 || due.getUTCDay() === 6 || isHoliday(iso(), country)) due.setUTCDate(due.getUTCDate() + 1);
  return iso();
};

const noon = fc.date({ min: new Date('2020-01-01'), max: new Date('2099-12-31'), noInvalidDate: true }).map((date) => {
  return `${date.toISOString().slice(0, 10)}T12:00:00.000Z`;
});

/** `npm run chaos` runs all. */
const runs = process.env['FICHA_CHAOS_REPORT'] === undefined ? 2_000 : 5_000;

describe('the deadline of a request', () => {
  test.prop([noon, fc.constantFrom('ES', 'IT', 'FR', 'DE')], { numRuns: runs })(
    'is the same day next month or its last day, moved to a working day',
    (received, country) => {
      expect(dueDate(received, country).day).toBe(oracle(received.slice(0, 10), country));
    },
  );

  test('of 31 January is the end of February, leap years included', () => {
    expect(dueDate('2028-01-31T10:00:00.000Z', 'ES').day).toBe('2028-02-29');
    expect(dueDate('2025-01-31T10:00:00.000Z', 'ES').day).toBe('2025-02-28');
  });

  test('counts from the day on the clocks of the country', () => {
    expect(dueDate('2026-03-09T23:30:00.000Z', 'ES').day).toBe('2026-04-10');
    expect(dueDate('2026-03-09T22:30:00.000Z', 'ES').day).toBe('2026-04-09');
  });

  test('ends with the last moment of its day in legal time', () => {
    expect(dueDate('2026-06-15T10:00:00.000Z', 'ES').at).toBe('2026-07-15T21:59:59.999Z');
    expect(dueDate('2026-01-15T10:00:00.000Z', 'FR').at).toBe('2026-02-16T22:59:59.999Z');
  });

  test('jumps over Good Friday in Spain and Easter Monday in France and Italy', () => {
    expect(easterSunday(2026)).toBe('2026-04-05');
    expect(dueDate('2026-03-03T10:00:00.000Z', 'ES').day).toBe('2026-04-06');
    expect(dueDate('2026-03-03T10:00:00.000Z', 'FR').day).toBe('2026-04-03');
    expect(dueDate('2026-03-06T10:00:00.000Z', 'IT').day).toBe('2026-04-07');
  });
});
