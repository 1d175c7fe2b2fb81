import { type Day, daysLater } from '../record/calendar.ts';

/** Easter Sunday of the Gregorian calendar. @see Meeus, Astronomical Algorithms, ch. 8 (Butcher's rule) */
export function easterSunday(year: number): Day {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const f = Math.floor((b + 8) / 25);
  const g = Math.floor((b - f + 1) / 3);
  const h = (19 * a + b - Math.floor(b / 4) - g + 15) % 30;
  const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const total = h + l - 7 * m + 114;
  const month = Math.floor(total / 31);
  return `${year}-${String(month).padStart(2, '0')}-${String((total % 31) + 1).padStart(2, '0')}`;
}

interface Holidays {
  readonly zone: string;
  /** `MM-DD`, every year. */
  readonly fixed: readonly string[];
  /** Days after Easter Sunday. */
  readonly movable: readonly number[];
}

/**
 * National holidays; regional and local ones are left out, so a deadline is never later than the law allows.
 * @see Spain: Estatuto de los Trabajadores, art. 37.2 and RD 2001/1983, art. 45; Italy: Legge 260/1949 (4 October again from
 * 2026, Legge 151/2025); France: Code du travail, art. L3133-1
 */
const calendars: Readonly<Record<string, Holidays>> = {
  ES: {
    zone: 'Europe/Madrid',
    fixed: ['01-01', '01-06', '05-01', '08-15', '10-12', '11-01', '12-06', '12-08', '12-25'],
    movable: [-2],
  },
  IT: {
    zone: 'Europe/Rome',
    fixed: ['01-01', '01-06', '04-25', '05-01', '06-02', '08-15', '11-01', '12-08', '12-25', '12-26'],
    movable: [0, 1],
  },
  FR: {
    zone: 'Europe/Paris',
    fixed: ['01-01', '05-01', '05-08', '07-14', '08-15', '11-01', '11-11', '12-25'],
    movable: [1, 39, 50],
  },
};

const elsewhere: Holidays = { zone: 'UTC', fixed: [], movable: [] };

const calendarOf = (country: string): Holidays => calendars[country] ?? elsewhere;

/** The legal time zone of a country's deadlines (the mainland's); UTC for a country without a calendar here. */
export const legalZone = (country: string): string => calendarOf(country).zone;

/** Whether a day is a national holiday of a country (ISO 3166-1 alpha-2). */
export function isHoliday(day: Day, country: string): boolean {
  const { fixed, movable } = calendarOf(country);
  const easter = easterSunday(Number(day.slice(0, 4)));
  return (
    fixed.includes(day.slice(5)) ||
    (country === 'IT' && day >= '2026-10-04' && day.endsWith('-10-04')) ||
    movable.some((days) => daysLater(easter, days) === day)
  );
}
