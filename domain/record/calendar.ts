import { Temporal } from 'temporal-polyfill';
import { FichaError } from './error.ts';

/** A day of the calendar without time or zone, `YYYY-MM-DD`; compares as text. */
export type Day = string;

const parsed = (day: Day): Temporal.PlainDate => {
  try {
    return Temporal.PlainDate.from(day, { overflow: 'reject' });
  } catch (cause) {
    throw new FichaError('day-invalid', 'a day is written YYYY-MM-DD and must exist in the calendar', { cause });
  }
};

/** The day that a clock on the wall of `zone` shows at an instant (ISO 8601 UTC). */
export function dayAt(instant: string, zone: string): Day {
  return Temporal.Instant.from(instant).toZonedDateTimeISO(zone).toPlainDate().toString();
}

/** The last millisecond of a day in `zone`, as ISO 8601 UTC. */
export function endOfDay(day: Day, zone: string): string {
  const next = parsed(day).add({ days: 1 }).toZonedDateTime(zone);
  return next.subtract({ milliseconds: 1 }).toInstant().toString({ smallestUnit: 'millisecond' });
}

/** The same day `months` later; where that month has no such day, its last day. */
export function monthsLater(day: Day, months: number): Day {
  return parsed(day).add({ months }, { overflow: 'constrain' }).toString();
}

export function daysLater(day: Day, days: number): Day {
  return parsed(day).add({ days }).toString();
}

/** Monday 1 to Sunday 7. */
export function weekday(day: Day): number {
  return parsed(day).dayOfWeek;
}
