interface Tagged {
  readonly __class__: string;
  readonly [part: string]: unknown;
}

const isTagged = (value: unknown): value is Tagged => typeof value === 'object' && value !== null && '__class__' in value;
const padded = (value: unknown, width = 2): string => String(Number(value ?? 0)).padStart(width, '0');
const dayOf = (value: Tagged): string => `${padded(value.year, 4)}-${padded(value.month)}-${padded(value.day)}`;

/** A day or a time of Tryton (UTC, microseconds) as ISO 8601 UTC with milliseconds; undefined for anything else. */
export function isoOf(value: unknown): string | undefined {
  if (!isTagged(value)) return undefined;
  if (value.__class__ === 'date') return `${dayOf(value)}T00:00:00.000Z`;
  if (value.__class__ !== 'datetime') return undefined;
  const millisecond = padded(Math.floor(Number(value.microsecond ?? 0) / 1000), 3);
  return `${dayOf(value)}T${padded(value.hour)}:${padded(value.minute)}:${padded(value.second)}.${millisecond}Z`;
}

/** A time as Tryton's JSON-RPC takes it. */
export function datetimeOf(iso: string): object {
  const at = new Date(iso);
  return {
    __class__: 'datetime',
    year: at.getUTCFullYear(),
    month: at.getUTCMonth() + 1,
    day: at.getUTCDate(),
    hour: at.getUTCHours(),
    minute: at.getUTCMinutes(),
    second: at.getUTCSeconds(),
    microsecond: at.getUTCMilliseconds() * 1000,
  };
}

/** An amount of Tryton in hundredths, rounded half away from zero; undefined when it is none or beyond what is exact. */
export function centsOf(value: unknown): number | undefined {
  if (!isTagged(value) || value.__class__ !== 'Decimal') return undefined;
  const [, sign, whole = '', fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(String(value.decimal)) ?? [];
  if (whole === '') return undefined;
  const thousandths = Number(`${whole}${fraction.padEnd(3, '0').slice(0, 3)}`);
  const cents = Math.floor((thousandths + 5) / 10);
  if (!Number.isSafeInteger(thousandths)) return undefined;
  return sign === '-' && cents > 0 ? -cents : cents;
}

/** A row for a person to read: dates as ISO text, amounts as decimal text, files as base64. */
export function plainly(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plainly);
  if (isTagged(value)) {
    if (value.__class__ === 'date') return dayOf(value);
    if (value.__class__ === 'Decimal') return value.decimal;
    return isoOf(value) ?? value.base64 ?? null;
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, held]) => [name, plainly(held)]));
}
