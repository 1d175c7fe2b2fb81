import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { validatorFor } from '../../platform/validate.ts';
import { dueDate } from './due-date.ts';
import { dueAfterIdentity, extended, privacyPolicy, remindersOf } from './privacy-policy.ts';

const iso = (time: number): string => new Date(time).toISOString();
const instant = fc.integer({ min: Date.UTC(2020, 0, 1), max: Date.UTC(2040, 0, 1) }).map(iso);
const country = fc.constantFrom('ES', 'IT', 'FR', 'DE');

test('the policy that ships is what its schema says', () => {
  expect(validatorFor('policy/privacy-policy')(privacyPolicy)).toEqual([]);
});

/** Another way to the same day: no calendar library, no shared code. */
const threeMonthsLater = (local: Date): { readonly year: number; readonly month: number; readonly day: number } => {
  const month = local.getUTCMonth() + 3;
  const last = new Date(Date.UTC(local.getUTCFullYear(), month + 1, 0)).getUTCDate();
  const date = new Date(Date.UTC(local.getUTCFullYear(), month, Math.min(local.getUTCDate(), last)));
  return { year: date.getUTCFullYear(), month: date.getUTCMonth(), day: date.getUTCDate() };
};

describe('an extension', () => {
  test.prop([instant, country, fc.integer({ min: 0, max: 60 * 24 * 3600 })], { numRuns: 500 })(
    'is good to the last millisecond of the first month and not one later',
    (receivedAt, where, late) => {
      const { at: dueAt } = dueDate(receivedAt, where);
      const given = { receivedAt, dueAt, wasExtended: false };
      const last = extended(given, dueAt, dueAt, where);
      expect(last).toMatchObject({ at: expect.any(String) });
      const after = iso(Date.parse(dueAt) + 1 + late * 1000);
      expect(extended(given, after, after, where)).toBe('notice-too-late');
      if (typeof last === 'object') expect(last.at > dueAt).toBe(true);
    },
  );

  test.prop([instant], { numRuns: 300 })('ends three months after the receipt, or on the next working day', (receivedAt) => {
    const given = { receivedAt, dueAt: dueDate(receivedAt, 'DE').at, wasExtended: false };
    const due = extended(given, receivedAt, receivedAt, 'DE');
    const { year, month, day } = threeMonthsLater(new Date(receivedAt));
    const expected = new Date(Date.UTC(year, month, day));
    while (expected.getUTCDay() === 0 || expected.getUTCDay() === 6) expected.setUTCDate(expected.getUTCDate() + 1);
    expect(typeof due === 'object' && due.day).toBe(expected.toISOString().slice(0, 10));
  });

  test('is given once, and not for a notice that was not sent yet', () => {
    const given = { receivedAt: '2026-03-02T10:00:00.000Z', dueAt: '2026-04-02T21:59:59.999Z', wasExtended: true };
    const now = '2026-03-10T10:00:00.000Z';
    expect(extended(given, now, now, 'ES')).toBe('extended-before');
    expect(extended({ ...given, wasExtended: false }, '2026-03-11T10:00:00.000Z', now, 'ES')).toBe('notice-in-future');
  });
});

describe('the clock', () => {
  const receivedAt = '2026-03-02T10:00:00.000Z';
  const provenAt = '2026-03-20T10:00:00.000Z';
  test('stands while identity is asked for without delay, and only then', () => {
    const asked = (askedAt: string) => dueAfterIdentity({ receivedAt, askedAt, provenAt }, 'ES', privacyPolicy).day;
    expect(asked('2026-03-04T10:00:00.000Z')).toBe(dueDate(provenAt, 'ES').day);
    expect(asked('2026-03-09T10:00:00.000Z')).toBe(dueDate(receivedAt, 'ES').day);
  });
});

test('reminders come before the deadline, the last one escalates, and an extension has its own', () => {
  const reminders = remindersOf('2026-04-02T21:59:59.999Z', privacyPolicy);
  expect(reminders.map(({ name, escalates }) => [name, escalates])).toEqual([
    ['2026-04-02-10', false],
    ['2026-04-02-5', false],
    ['2026-04-02-1', true],
  ]);
  expect(remindersOf('2026-06-02T21:59:59.999Z', privacyPolicy)[0]?.name).toBe('2026-06-02-10');
});
