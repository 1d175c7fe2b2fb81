import { isEmpty, valueAt } from '../../connectors/kit/value-path.ts';
import { canonicalJson } from '../../domain/record/canonical-json.ts';
import type { ConsentPolicy } from '../../schemas/types.ts';
import type { FoundSpecial } from '../../store/write/special-data.ts';
import type { StoredRecord } from '../../store/write/source-records.ts';
import type { SortedPage, SortedRecord } from './sort-page.ts';

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

/** What a person's record holds in its two forms. */
interface Contents {
  readonly externalId: string;
  readonly raw: unknown;
  readonly canonical: Fields;
}

const fieldsOf = ({ specialFields = [] }: Pick<ConsentPolicy, 'specialFields'>, systemId: string): readonly SpecialField[] =>
  specialFields.filter(({ linkedSystem }) => linkedSystem === '*' || linkedSystem === systemId);

/**
 * The two forms of a person's record without the fields that the policy names as special, and what was in those.
 * @param said whether a field that is not there says that it is empty: so it is in a listing, not in an event that names some fields
 */
export function partedContents(
  { externalId, raw: given, canonical: fields }: Contents,
  systemId: string,
  policy: Pick<ConsentPolicy, 'specialFields'>,
  said: boolean,
): Pick<Contents, 'raw' | 'canonical'> & { readonly special: readonly FoundSpecial[] } {
  let raw = given;
  let canonical = fields;
  const special: FoundSpecial[] = [];
  for (const { field, category } of fieldsOf(policy, systemId)) {
    const value = foundAt(raw, field);
    if (value === undefined && !said) continue;
    special.push({ externalId, field, category, value: isEmpty(value) ? null : value });
    if (!isEmpty(value)) canonical = notRepeating(canonical, value);
    raw = without(raw, partsOf(raw, field));
  }
  return { raw, canonical, special };
}

/** What is stored, and the fields by which a person is known again; the record as it came is let go. */
export interface PartedRecord extends StoredRecord {
  readonly canonical: Fields;
}

/** A page whose records hold no value of a special category, and what was taken out of them. */
export interface PartedPage extends Pick<SortedPage, 'rejected'> {
  readonly valid: readonly PartedRecord[];
  readonly special: readonly FoundSpecial[];
}

/**
 * Takes the fields that the policy names as special out of the people of a page, in raw and canonical form, before anything is stored. Of a
 * record that is kept aside for another reason they are taken out too: its next form brings them again.
 * @param said as of `partedContents`
 */
export function withoutSpecial(
  page: SortedPage,
  systemId: string,
  policy: Pick<ConsentPolicy, 'specialFields'>,
  said: boolean,
): PartedPage {
  const fields = fieldsOf(policy, systemId);
  if (fields.length === 0) return { valid: page.valid.map(withoutRaw), rejected: page.rejected, special: [] };
  const special: FoundSpecial[] = [];
  const valid = page.valid.map((record) => {
    if (record.kind !== 'person') return withoutRaw(record);
    const { raw, canonical, special: found } = partedContents(record, systemId, policy, said);
    special.push(...found);
    return {
      ...withoutRaw(record),
      canonical,
      rawText: canonicalJson(raw ?? null),
      canonicalText: canonicalJson(canonical),
    };
  });
  const rejected = page.rejected.map((record) => ({ ...record, raw: rawWithout(record.raw, fields) }));
  return { valid, rejected, special };
}

const withoutRaw = (record: SortedRecord): PartedRecord => ({
  kind: record.kind,
  externalId: record.externalId,
  canonical: record.canonical,
  rawText: record.rawText,
  canonicalText: record.canonicalText,
  contentHash: record.contentHash,
  clientExternalId: record.clientExternalId,
  changedAt: record.changedAt,
});

const rawWithout = (raw: unknown, fields: readonly SpecialField[]): unknown =>
  fields.reduce((rest, { field }) => without(rest, partsOf(rest, field)), raw);
