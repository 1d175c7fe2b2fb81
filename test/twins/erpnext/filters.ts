import type { Doc } from './store.ts';

type Filter = readonly unknown[];

/** Child tables by the DocType of their rows. */
const tables: Readonly<Record<string, string>> = { 'Contact Email': 'email_ids', 'Communication Link': 'timeline_links' };

const same = (one: unknown, other: unknown): boolean =>
  typeof one === 'string' && typeof other === 'string' ? one.toLowerCase() === other.toLowerCase() : one === other;

const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value ?? ''));

const compared = (has: unknown, operator: unknown, value: unknown): boolean => {
  switch (operator) {
    case '=':
      return same(has, value);
    case '>':
      return asText(has) > String(value);
    case '>=':
      return asText(has) >= String(value);
    case 'in':
      return Array.isArray(value) && value.some((one) => same(has, one));
    case 'like':
      return asText(has).includes(String(value).replaceAll('%', ''));
    default:
      throw new Error(`operator ${String(operator)}`);
  }
};

function meets(doc: Doc, filter: Filter): boolean {
  if (filter.length === 3) return compared(doc[String(filter[0])], filter[1], filter[2]);
  const rows = doc[tables[String(filter[0])] ?? ''];
  return (
    Array.isArray(rows) &&
    rows.some((row) => compared((row as Readonly<Record<string, unknown>>)[String(filter[1])], filter[2], filter[3]))
  );
}

/** Whether a document is in `filters` (all) and `or_filters` (any). */
export const isIn = (doc: Doc, filters: readonly Filter[], orFilters: readonly Filter[]): boolean =>
  filters.every((one) => meets(doc, one)) && (orFilters.length === 0 || orFilters.some((one) => meets(doc, one)));
