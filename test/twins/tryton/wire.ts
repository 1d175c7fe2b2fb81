/** Calls one RPC method of a Tryton, real or twin; the context of the user is added at the end. */
export type TrytonCall = <Result>(method: string, ...params: readonly unknown[]) => Promise<Result>;

/** A decimal or a date as Tryton's JSON-RPC tags it. */
export const decimal = (text: string): object => ({ __class__: 'Decimal', decimal: text });
export const plainDate = (iso: string): object => {
  const [year, month, day] = iso.split('-').map(Number);
  return { __class__: 'date', year, month, day };
};

/** What a field is kept as: dates, times and decimals are texts, links are ids. */
export type TwinValue = string | number | boolean | null | undefined | readonly number[];

interface Tagged {
  readonly __class__: string;
  readonly decimal?: string;
  readonly [part: string]: unknown;
}

const isTagged = (value: unknown): value is Tagged => typeof value === 'object' && value !== null && '__class__' in value;
const padded = (value: unknown, width = 2): string => String(Number(value ?? 0)).padStart(width, '0');

/** A value of the wire as the twin keeps it: dates and times as ISO text in UTC without a zone, decimals as text. */
export function fromWire(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(fromWire);
  if (!isTagged(value)) return value;
  const day = `${padded(value['year'], 4)}-${padded(value['month'])}-${padded(value['day'])}`;
  switch (value.__class__) {
    case 'Decimal':
      return value.decimal;
    case 'date':
      return day;
    case 'datetime': {
      const clock = [value['hour'], value['minute'], value['second']].map((part) => padded(part)).join(':');
      return `${day}T${clock}.${padded(value['microsecond'], 6)}`;
    }
    default:
      return value;
  }
}

/** What the twin keeps as Tryton writes it on the wire, by the kind of the field. */
export function toWire(kind: string, value: TwinValue): unknown {
  if (value === null || value === undefined) return null;
  const text = String(value);
  const [year, month, day, hour, minute, second, microsecond] = text.split(/[-T:.]/).map(Number);
  if (kind === 'decimal') return { __class__: 'Decimal', decimal: text };
  if (kind === 'date') return { __class__: 'date', year, month, day };
  if (kind === 'timestamp') return { __class__: 'datetime', year, month, day, hour, minute, second, microsecond };
  return value;
}
