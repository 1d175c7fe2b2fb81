import type { ValueTransform } from '../../schemas/types.ts';

/** A value that a transform cannot read. It names the field and the rule, never the value. */
export class Unreadable extends Error {
  readonly code: string;
  readonly why: string;
  readonly field: string;

  constructor(code: string, why: string, field = '') {
    super(`${code}: ${field}`);
    this.code = code;
    this.why = why;
    this.field = field;
  }

  in(field: string): Unreadable {
    return new Unreadable(this.code, this.why, this.field === '' ? field : `${field}.${this.field}`);
  }
}

const unreadable = (what: string): Unreadable => new Unreadable('value-unreadable', `it cannot be read as ${what}`);

const number = (value: unknown): number => {
  const count = typeof value === 'number' ? value : Number(String(value).trim());
  if (!Number.isFinite(count)) throw unreadable('a number');
  return count;
};

/** A decimal as hundredths, without floating point: 12.345 is 1235, -0.005 is -1 (half away from zero). */
export function cents(value: unknown): number {
  const found = /^(-?)(\d{1,13})(?:\.(\d*))?$/.exec(typeof value === 'number' ? value.toFixed(6) : String(value).trim());
  if (found === null) throw unreadable('an amount');
  const [, sign, units = '0', decimals = ''] = found;
  const padded = decimals.padEnd(3, '0');
  const whole = Number(units) * 100 + Number(padded.slice(0, 2)) + (Number(padded[2]) >= 5 ? 1 : 0);
  return sign === '-' ? -whole || 0 : whole;
}

const localDay = (text: string, order: 'd/m/y' | 'm/d/y'): string => {
  const found = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$/.exec(text);
  if (found === null) throw unreadable('a date');
  const [, first = '', second = '', year] = found;
  const [day, month] = order === 'd/m/y' ? [first, second] : [second, first];
  return `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
};

const daysIn = (year: number, month: number): number => {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
};

/** Whether the calendar has this day; 2026-02-30 would roll over into March. */
const exists = (day: string): boolean => {
  if (!/^\d{4}-\d\d-\d\d$/.test(day)) return false;
  const month = Number(day.slice(5, 7));
  const ofMonth = Number(day.slice(8));
  return month >= 1 && month <= 12 && ofMonth >= 1 && ofMonth <= daysIn(Number(day.slice(0, 4)), month);
};

const instant = (value: unknown, format: ValueTransform['format'], what: string): Date => {
  const text = String(value).trim();
  if (format === 'unix-s' || format === 'unix-ms') return new Date(number(value) * (format === 'unix-s' ? 1_000 : 1));
  const iso = format === 'd/m/y' || format === 'm/d/y' ? localDay(text, format) : text.replace(' ', 'T');
  if (!exists(iso.slice(0, 10))) throw unreadable(what);
  if (iso.length === 10) return new Date(`${iso}T00:00:00Z`);
  return new Date(/(Z|[+-]\d\d:?\d\d)$/i.test(iso) ? iso : `${iso}Z`);
};

/** A time or a day that is written as records hold it; whether the day exists is another question. */
const asHeld = /^\d{4}-\d\d-\d\d(?:T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z)?$/;

const iso = (value: unknown, format: ValueTransform['format'], what: string): string => {
  if (format === undefined && typeof value === 'string' && asHeld.test(value) && exists(value.slice(0, 10)))
    return value.length === 10 ? `${value}T00:00:00.000Z` : value;
  const date = instant(value, format, what);
  if (Number.isNaN(date.getTime()) || date.getUTCFullYear() > 9999) throw unreadable(what);
  return date.toISOString();
};

const truths: Readonly<Record<string, boolean>> = {
  true: true,
  '1': true,
  yes: true,
  y: true,
  false: false,
  '0': false,
  no: false,
  n: false,
};

const upperOf = (value: unknown, pattern: RegExp, what: string): string => {
  const text = String(value).trim().toUpperCase();
  if (!pattern.test(text)) throw unreadable(what);
  return text;
};

/** A value, not empty, as the manifest's `as` says. @throws Unreadable */
export function asType(value: unknown, { as, format, with: between }: ValueTransform): unknown {
  switch (as) {
    case undefined:
      return typeof value === 'string' ? value.trim() : value;
    case 'text':
    case 'join':
      return String(value).trim();
    case 'lower':
      return String(value).trim().toLowerCase();
    case 'upper':
      return String(value).trim().toUpperCase();
    case 'number':
      return number(value);
    case 'integer':
      return Math.trunc(number(value));
    case 'cents':
      return cents(value);
    case 'boolean': {
      const truth = truths[String(value).trim().toLowerCase()];
      if (truth === undefined) throw unreadable('yes or no');
      return truth;
    }
    case 'date':
      return iso(value, format, 'a date').slice(0, 10);
    case 'date-time':
      return iso(value, format, 'a time');
    case 'country':
      return upperOf(value, /^[A-Z]{2}$/, 'a country of two letters');
    case 'language':
      return upperOf(String(value).slice(0, 2), /^[A-Z]{2}$/, 'a language').toLowerCase();
    case 'list':
      return String(value)
        .split(between ?? /[,;]/)
        .map((part) => part.trim())
        .filter((part) => part !== '');
    case 'lines':
      return String(value)
        .split(/\r?\n/)
        .map((part) => part.trim())
        .filter((part) => part !== '');
  }
}
