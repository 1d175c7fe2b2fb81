import { type Day, dayAt, daysLater, endOfDay, monthsLater, weekday } from '../record/calendar.ts';
import { isHoliday, legalZone } from './public-holidays.ts';

/** Until when a request must be answered. */
export interface Deadline {
  readonly day: Day;
  /** The last millisecond of that day in the country's legal time, ISO 8601 UTC. */
  readonly at: string;
}

const isWorkingDay = (day: Day, country: string): boolean => weekday(day) <= 5 && !isHoliday(day, country);

/**
 * The deadline of a request: the same day next month, or that month's last day; a Saturday, Sunday or holiday moves it to the
 * next working day.
 * @param receivedAt ISO 8601 UTC; the day it falls on is the one of the country's clocks
 * @param country ISO 3166-1 alpha-2; one without a calendar here counts weekends only
 * @see Regulation (EU) 2016/679, art. 12(3); Regulation (EEC, Euratom) 1182/71, art. 3(2)(c) and 3(4)
 */
export const dueDate = (receivedAt: string, country: string): Deadline => dueMonthsAfter(receivedAt, country, 1);

/** The same rule over more months: three from the receipt when a deadline was extended. */
export function dueMonthsAfter(receivedAt: string, country: string, months: number): Deadline {
  const zone = legalZone(country);
  let day = monthsLater(dayAt(receivedAt, zone), months);
  while (!isWorkingDay(day, country)) day = daysLater(day, 1);
  return { day, at: endOfDay(day, zone) };
}
