/** A calendar month, YYYY-MM: compares as text. */
export type Month = string;

const pattern = /^\d{4}-(0[1-9]|1[0-2])$/;

/** Whether the text is a month. */
export const isMonth = (text: string): text is Month => pattern.test(text);

const numberOf = (month: Month): number => Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7)) - 1;

/** The month that lies so many months later; earlier when negative. */
export function monthAfter(month: Month, months: number): Month {
  const number = numberOf(month) + months;
  return `${String(Math.floor(number / 12)).padStart(4, '0')}-${String((number % 12) + 1).padStart(2, '0')}`;
}

/** From the first to the last month, both included; empty when the last lies before the first. */
export function monthsFrom(first: Month, last: Month): readonly Month[] {
  const count = Math.max(0, numberOf(last) - numberOf(first) + 1);
  return Array.from({ length: count }, (_, step) => monthAfter(first, step));
}

/** The last month that is closed: it ended at least `closesAfterDays` days ago, in UTC. */
export function lastClosedMonth(now: Date, closesAfterDays: number): Month {
  const then = new Date(now.getTime() - closesAfterDays * 86_400_000);
  return monthAfter(then.toISOString().slice(0, 7), -1);
}
