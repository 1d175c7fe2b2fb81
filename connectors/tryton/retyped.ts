import type { Row } from './session.ts';

const texts: Readonly<Record<string, readonly string[]>> = {
  'contact_mechanisms.': ['type', 'value', 'value_compact'],
  'addresses.': ['street', 'city', 'postal_code'],
  'identifiers.': ['code'],
};

const isText = (value: unknown): boolean => value === undefined || value === null || typeof value === 'string';

/**
 * The first field of a party that should be a text or a list and is none, by name; undefined when all are as Tryton 7.0 sends them.
 * Asked before anything is concluded from an empty name: a party that cannot be read is not a party that was erased.
 */
export function retypedField(party: Row): string | undefined {
  if (!isText(party['name'])) return 'name';
  for (const [children, fields] of Object.entries(texts)) {
    const rows = party[children] ?? [];
    if (!Array.isArray(rows)) return children;
    for (const field of fields) {
      const isRetyped = (rows as Readonly<Record<string, unknown>>[]).some((row) => !isText(row[field])); // rows by Tryton's contract
      if (isRetyped) return `${children}${field}`;
    }
  }
  return undefined;
}
