import { isEmpty, valueAt } from '../../connectors/kit/value-path.ts';
import type { ConsentPolicy } from '../../schemas/types.ts';
import type { FoundSpecial } from '../../store/write/special-data.ts';
import type { SortedPage } from './sort-page.ts';

type SpecialField = NonNullable<ConsentPolicy['specialFields']>[number];
type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The record without what is at this path. */
function without(raw: unknown, [first = '', ...rest]: readonly string[]): unknown {
  if (!isFields(raw) || !Object.hasOwn(raw, first)) return raw;
  if (rest.length > 0) return { ...raw, [first]: without(raw[first], rest) };
  const { [first]: _, ...others } = raw;
  return others;
}

/** A heading may hold dots itself: a field of exactly this name comes before the path. */
const partsOf = (raw: unknown, field: string): readonly string[] =>
  isFields(raw) && Object.hasOwn(raw, field) ? [field] : field.split('.');

const foundAt = (raw: unknown, field: string): unknown =>
  isFields(raw) && Object.hasOwn(raw, field) ? raw[field] : valueAt(raw, field);

/** The canonical fields without those, or those parts of lists, that repeat the value. */
function notRepeating(canonical: Fields, value: unknown): Fields {
  const repeats = (one: unknown): boolean => typeof one === 'string' && one.trim() === String(value).trim();
  const kept = Object.entries(canonical).flatMap(([name, one]): [string, unknown][] => {
    if (repeats(one)) return [];
    return [[name, Array.isArray(one) ? one.filter((part) => !repeats(part)) : one]];
  });
  return Object.fromEntries(kept);
}

/** A page whose records hold no value of a special category, and what was taken out of them. */
export interface PartedPage extends SortedPage {
  readonly special: readonly FoundSpecial[];
}

/**
 * Takes the fields that the policy names as special out of the people of a page, in raw and canonical form, before anything is stored. Of a
 * record that is kept aside for another reason they are taken out too: its next form brings them again.
 * @param said whether a field that is not there says that it is empty: so it is in a listing, not in an event that names some fields
 */
export function withoutSpecial(
  page: SortedPage,
  systemId: string,
  { specialFields = [] }: Pick<ConsentPolicy, 'specialFields'>,
  said: boolean,
): PartedPage {
  const fields = specialFields.filter(({ linkedSystem }) => linkedSystem === '*' || linkedSystem === systemId);
  if (fields.length === 0) return { ...page, special: [] };
  const special: FoundSpecial[] = [];
  const valid = page.valid.map((record) => {
    if (record.kind !== 'person') return record;
    let { raw, canonical } = record;
    for (const { field, category } of fields) {
      const value = foundAt(raw, field);
      if (value === undefined && !said) continue;
      special.push({ externalId: record.externalId, field, category, value: isEmpty(value) ? null : value });
      if (!isEmpty(value)) canonical = notRepeating(canonical, value);
      raw = without(raw, partsOf(raw, field));
    }
    return { ...record, raw, canonical };
  });
  const rejected = page.rejected.map((record) => ({ ...record, raw: rawWithout(record.raw, fields) }));
  return { valid, rejected, special };
}

const rawWithout = (raw: unknown, fields: readonly SpecialField[]): unknown =>
  fields.reduce((rest, { field }) => without(rest, partsOf(rest, field)), raw);
