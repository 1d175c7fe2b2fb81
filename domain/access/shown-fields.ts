import { fieldCategory } from '../record/field-category.ts';
import { mayReadCategory, type Reader } from './category.ts';

const textOf = (value: unknown): string => {
  if (Array.isArray(value)) return value.map(textOf).join('; ');
  if (typeof value === 'object' && value !== null) return Object.values(value).map(textOf).join(', ');
  return String(value);
};

/** One field of a record of a person or a company as text. */
export interface ShownField {
  readonly field: string;
  readonly value: string;
}

/** The fields of a record for a reader; `(hidden)` stands where they may not read the category. */
export const shownFields = (reader: Reader, canonical: Readonly<Record<string, unknown>>): ShownField[] =>
  Object.entries(canonical).map(([field, value]) => ({
    field,
    value: mayReadCategory(reader, fieldCategory('person', field)) ? textOf(value) : '(hidden)',
  }));
