import type { CursorRule } from '../../schemas/types.ts';
import { durationMs } from './duration.ts';

type Format = CursorRule['format'];

const numeric = (format: Format): boolean => format === 'unix-ms' || format === 'number';

/** A value of the cursor's field as a number that compares; NaN when it cannot be read. */
export function timeOf(since: string, format: Format): number {
  if (format === 'unix-s') return Number(since) * 1_000;
  if (numeric(format)) return Number(since);
  const text = since.includes(' ') ? since.replace(' ', 'T') : since;
  const hasZone = text.endsWith('Z') || text.length <= 10 || /(z|[+-]\d\d:?\d\d)$/.test(text);
  return Date.parse(hasZone ? text : `${text}Z`);
}

const timeText = (ms: number, format: Format): string | number => {
  switch (format) {
    case undefined:
    case 'iso':
      return new Date(ms).toISOString();
    case 'iso-seconds':
      return `${new Date(ms).toISOString().slice(0, 19)}Z`;
    case 'naive-utc':
      return new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
    case 'date':
      return new Date(ms).toISOString().slice(0, 10);
    case 'unix-s':
      return Math.floor(ms / 1_000);
    case 'unix-ms':
    case 'number':
      return ms;
  }
};

/** `{cursor}` of an incremental run: the latest value of the run before, less the look-back. */
export const sinceText = (since: string, { format, send = format, lookback = '0s' }: CursorRule): string | number =>
  timeText(timeOf(since, format) - durationMs(lookback), send);

/**
 * Where the next run goes on: the latest value seen, and never later than the run began. What changed behind the back of a long listing
 * that is not sorted by time is then listed again.
 */
export function sinceAfter(latest: string | undefined, began: string | undefined, format: Format): string | undefined {
  if (latest === undefined || began === undefined || format === 'number') return latest;
  return timeOf(latest, format) > Date.parse(began) ? String(timeText(Date.parse(began), format)) : latest;
}

/** The latest of some values of the cursor's field; one that cannot be read never wins. */
export function latestOf(values: readonly (string | undefined)[], format: Format): string | undefined {
  let latest: string | undefined;
  let at = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    const time = value === undefined ? Number.NaN : timeOf(value, format);
    if (time > at) [latest, at] = [value, time];
  }
  return latest;
}
