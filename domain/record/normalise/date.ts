import { isPlaceholderDate } from './placeholder.ts';

/** How a column writes the day and the month of a numeric date. */
export type DateOrder = 'dmy' | 'mdy';

const months: Readonly<Record<string, number>> = Object.fromEntries(
  [
    'jan january ene enero gen gennaio janv janvier janeiro januar jaenner',
    'feb february febrero febbraio fev fevrier fevereiro februar fevr',
    'mar march marzo mars marco maerz marz mrz',
    'apr april abr abril aprile avr avril',
    'may mayo mag maggio mai maio',
    'jun june junio giu giugno juin junho juni',
    'jul july julio lug luglio juil juillet julho juli',
    'aug august ago agosto aout',
    'sep sept september septiembre setiembre set settembre septembre setembro',
    'oct october octubre ott ottobre octobre out outubro okt oktober',
    'nov november noviembre novembre novembro',
    'dec december dic diciembre dicembre decembre dez dezembro dezember',
  ].flatMap((names, month) => names.split(' ').map((name) => [name, month + 1] as const)),
);

const daysIn = (year: number, month: number): number =>
  month === 2 ? ((year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;

const padded = (value: number, width: number): string => String(value).padStart(width, '0');

/** ISO text of a date that exists, between the years 1000 and 2199. */
function calendarDate(year: number, month: number, day: number): string | undefined {
  if (year < 1000 || year > 2199 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return undefined;
  return `${padded(year, 4)}-${padded(month, 2)}-${padded(day, 2)}`;
}

const isoDate = /^(\d{4})-(\d{2})-(\d{2})$/;

/** Two digits of a year: up to 2029 this century, else the last one. */
const wholeYear = (text: string): number => {
  const year = Number(text);
  if (text.length !== 2) return year;
  return year < 30 ? 2000 + year : 1900 + year;
};

function numeric(first: string, second: string, year: string, order: DateOrder): string | undefined {
  const [day, month] = order === 'dmy' ? [first, second] : [second, first];
  const found = calendarDate(wholeYear(year), Number(month), Number(day));
  // 20/8/1991 can be read one way only, whatever the column does
  return found ?? calendarDate(wholeYear(year), Number(day), Number(month));
}

function read(written: string, order: DateOrder): string | undefined {
  const iso = isoDate.exec(written);
  if (iso) return calendarDate(Number(iso[1]), Number(iso[2]), Number(iso[3]));
  const text = written.trim().replace(/[T ]\d{1,2}:\d{2}.*$/, '');
  const yearFirst = /^(\d{4})[-/. ](\d{1,2})[-/. ](\d{1,2})$/.exec(text) ?? /^(\d{4})(\d{2})(\d{2})$/.exec(text);
  if (yearFirst) return calendarDate(Number(yearFirst[1]), Number(yearFirst[2]), Number(yearFirst[3]));
  const yearLast = /^(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})$/.exec(text);
  if (yearLast) return numeric(yearLast[1] ?? '', yearLast[2] ?? '', yearLast[3] ?? '', order);
  return worded(text);
}

/** "12 de marzo de 1980", "Mar 1 1970", "17-May-90", "1er août 1999". */
function worded(text: string): string | undefined {
  if (text.length > 40) return undefined;
  const parts = text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((part) => part !== '' && part !== 'de' && part !== 'del' && part !== 'of');
  const month = parts.map((part) => months[part]).find((found) => found !== undefined);
  const [first, second] = parts.flatMap((part) => /^(\d{1,4})(?:er|st|nd|rd|th|º|o)?$/.exec(part)?.[1] ?? []);
  if (month === undefined || first === undefined || second === undefined) return undefined;
  return first.length === 4
    ? calendarDate(Number(first), month, Number(second))
    : calendarDate(wholeYear(second), month, Number(first));
}

/**
 * One calendar date, `YYYY-MM-DD`, from what somebody wrote: ISO, compact, with slashes or dots, with the month in words (es, it, fr,
 * pt, de, en), with a time behind it. Undefined when it is no date that exists, or a placeholder. Two digits of a year are 1930 to 2029.
 * @param order how numeric dates with the year last are meant; a date that can be read one way only is read so
 */
export function normaliseDate(written: string, order: DateOrder = 'dmy'): string | undefined {
  const found = read(written, order);
  return found === undefined || isPlaceholderDate(found) ? undefined : found;
}

/** The same date with day and month exchanged, where that is another date that exists: 1980-03-04 for 1980-04-03. */
export function swappedDate(date: string): string | undefined {
  const [, year, month, day] = isoDate.exec(date) ?? [];
  if (year === undefined || month === day) return undefined;
  return calendarDate(Number(year), Number(day), Number(month));
}

/**
 * The digits of a date as typed, for comparing one that is damaged: "196690323" (a digit too many) with 1969-03-23. Undefined when there
 * are fewer than 6 or more than 10, or it is a placeholder. A date that exists gives its 8 digits, year first.
 */
export function dateDigits(written: string, order: DateOrder = 'dmy'): string | undefined {
  const whole = read(written, order);
  if (whole !== undefined) return isPlaceholderDate(whole) ? undefined : whole.replaceAll('-', '');
  const digits = written.replaceAll(/\D/g, '');
  return digits.length < 6 || digits.length > 10 || /^(\d)\1*$/.test(digits) ? undefined : digits;
}

/** Votes of one written date for how its column is meant; undefined when it says nothing (both parts up to 12, or another shape). */
export function dateOrderVote(written: string): DateOrder | undefined {
  const parts = /^\s*(\d{1,2})[-/. ](\d{1,2})[-/. ](?:\d{4}|\d{2})\b/.exec(written);
  if (parts === null) return undefined;
  const [first, second] = [Number(parts[1]), Number(parts[2])];
  if (first > 12 && second <= 12) return 'dmy';
  return second > 12 && first <= 12 ? 'mdy' : undefined;
}
