import { FichaError } from '../../domain/record/error.ts';
import type { HookContext } from '../kit/hooks.ts';

/** One row of people; `number` counts from 1 as the sheet shows it. */
export interface Row {
  readonly number: number;
  readonly key: string;
  /** By heading; empty cells are left out. */
  readonly cells: Readonly<Record<string, string>>;
}

export interface Sheet {
  readonly headings: readonly string[];
  readonly rows: readonly Row[];
}

export const setting = ({ config }: HookContext, name: string): string => {
  const value = config[name];
  return typeof value === 'string' ? value : '';
};

const cellText = (value: unknown): string =>
  typeof value === 'string' ? value.trim() : typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';

/** The name of a tab as ranges want it. */
export const quoted = (tab: string): string => `'${tab.replaceAll("'", "''")}'`;

export const addressOf = (context: HookContext): string =>
  `/v4/spreadsheets/${encodeURIComponent(setting(context, 'spreadsheet'))}`;

function sheetOf(values: readonly (readonly unknown[])[], context: HookContext): Sheet {
  const [head = [], ...body] = values;
  const headings = head.map(cellText);
  for (const name of ['keyColumn', 'emailColumn', 'optOutColumn'])
    if (!headings.includes(setting(context, name)))
      throw new FichaError(
        'column-missing',
        `${context.systemId}: the first row of the tab has no heading "${setting(context, name)}"; set ${name} to one that is there`,
      );
  const rows = body.map((cells, index) => {
    const pairs = headings.map((heading, place) => [heading, cellText(cells[place])] as const);
    const filled = Object.fromEntries(pairs.filter(([heading, text]) => heading !== '' && text !== ''));
    return { number: index + 2, key: filled[setting(context, 'keyColumn')] ?? '', cells: filled };
  });
  return { headings, rows: rows.filter(({ cells }) => Object.keys(cells).length > 0) };
}

/**
 * The whole tab, as it is shown. `values` and `batch` are two ways of the same service to it.
 * @throws FichaError `column-missing` when a heading of the settings is not there
 */
export async function readSheet(context: HookContext, by: 'values' | 'batch' = 'values'): Promise<Sheet> {
  const tab = quoted(setting(context, 'sheet'));
  const path = addressOf(context);
  const answer = await context.send(
    by === 'values'
      ? { method: 'GET', path: `${path}/values/${encodeURIComponent(tab)}` }
      : { method: 'GET', path: `${path}/values:batchGet`, query: { ranges: tab } },
  );
  const body = answer.body as { readonly values?: unknown; readonly valueRanges?: readonly { readonly values?: unknown }[] }; // Google's shape
  const values = by === 'values' ? body.values : body.valueRanges?.[0]?.values;
  return sheetOf(Array.isArray(values) ? (values as readonly (readonly unknown[])[]) : [], context);
}

/** A column as the sheet names it: A, Z, AA. */
export function letterOf(place: number): string {
  const rest = Math.floor(place / 26);
  return `${rest === 0 ? '' : letterOf(rest - 1)}${String.fromCharCode(65 + (place % 26))}`;
}
