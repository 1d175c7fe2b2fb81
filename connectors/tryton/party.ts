import type { RecordKind, SourceRecordDraft } from '../../domain/record/source-record.ts';
import { normaliseTaxId } from '../../domain/record/normalise/tax-id.ts';
import { referenceTo } from './reference.ts';
import type { Row } from './session.ts';
import type { TrytonSettings } from './settings.ts';
import { isoOf } from './wire.ts';

/** What is read of a party and its children, in one call. `contact_mechanisms.value` comes back under `contact_mechanisms.`. */
export const partyFields: readonly string[] = [
  ['name', 'code', 'active', 'lang.code', 'replaced_by', 'create_date', 'write_date', 'categories.name'],
  ['type', 'value', 'value_compact', 'name', 'comment', 'active', 'create_date', 'write_date'].map(
    (field) => `contact_mechanisms.${field}`,
  ),
  [
    'party_name',
    'name',
    'street',
    'postal_code',
    'city',
    'country.code',
    'subdivision.name',
    'active',
    'create_date',
    'write_date',
  ].map((field) => `addresses.${field}`),
  ['type', 'code', 'active', 'create_date', 'write_date'].map((field) => `identifiers.${field}`),
  ['type.name', 'to', 'active', 'create_date', 'write_date'].map((field) => `relations.${field}`),
].flat();

type Values = Readonly<Record<string, unknown>>;

export const childrenOf = (row: Values, name: string): readonly Values[] => (row[`${name}.`] as readonly Values[] | null) ?? []; // a list, by its field

const textOf = (value: unknown, most: number): string | undefined => {
  const text = typeof value === 'string' ? value.trim().slice(0, most) : '';
  return text === '' ? undefined : text;
};
const present = <Item>(items: readonly (Item | undefined)[]): readonly Item[] => items.filter((item) => item !== undefined);
/** Booleans are 1 and 0 on SQLite. */
export const isActive = ({ active }: Values): boolean => active !== false && active !== 0;

/** Values of the contact mechanisms of these types that are in use, as written. */
function contactsOf(party: Values, types: readonly string[], most: number): readonly string[] {
  const ofType = childrenOf(party, 'contact_mechanisms').filter((child) => types.includes(String(child.type)) && isActive(child));
  return [...new Set(present(ofType.map(({ value }) => textOf(value, most))))];
}

export const countryOf = (party: Values): string | undefined =>
  present(childrenOf(party, 'addresses').map((address) => textOf((address['country.'] as Values | null)?.code, 2)))[0]; // a row or null

function addressOf(address: Values): object {
  const country = textOf((address['country.'] as Values | null)?.code, 2);
  const fields = {
    street: textOf(address.street, 400)?.replaceAll(/\s*\n\s*/g, ', '),
    city: textOf(address.city, 200),
    postcode: textOf(address.postal_code, 20),
    region: textOf((address['subdivision.'] as Values | null)?.name, 200),
    country,
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

const taxIdOf = (party: Values): string | undefined => {
  const identifiers = childrenOf(party, 'identifiers').filter((child) => isActive(child) && child.code !== '****');
  const typed = identifiers.find(({ type }) => type !== null) ?? identifiers[0];
  return textOf(typed?.code, 64);
};

/** Relations to companies that the party works or worked for; those that ended are not active. */
const employments = (party: Values, { employmentRelations }: TrytonSettings): readonly Values[] =>
  childrenOf(party, 'relations').filter((relation) =>
    employmentRelations.includes(String((relation['type.'] as Values | null)?.name).toLowerCase()),
  );

const legalForm =
  /(?:^|[\s,])(?:s\.?\s?l\.?(?:\s?u\.?|\s?l\.?)?|s\.?\s?a\.?(?:\s?u\.?|\s?s\.?)?|s\.?\s?p\.?\s?a\.?|s\.?\s?r\.?\s?l\.?s?\.?|s\.?\s?a\.?\s?r\.?\s?l\.?|e\.?u\.?r\.?l\.?|s\.?\s?coop\.?|s\.?\s?c\.?\s?a\.?|gmbh|ltd\.?|inc\.?|b\.v\.|ag|llc)$/i;

/**
 * Whether a party is a person or a company: Tryton has no such field. In this order: a party category that says so, working for someone,
 * whose the tax identifier is, a legal form at the end of the name; else a person, because taking a person for a company would keep
 * their rights from them.
 */
export function kindOf(party: Values, settings: TrytonSettings): 'person' | 'company' {
  const categories = childrenOf(party, 'categories').map(({ name }) => String(name).toLowerCase());
  if (categories.some((name) => settings.companyCategories.includes(name))) return 'company';
  if (categories.some((name) => settings.personCategories.includes(name))) return 'person';
  if (employments(party, settings).length > 0) return 'person';
  const holder = normaliseTaxId(taxIdOf(party) ?? '', countryOf(party))?.holder;
  if (holder === 'company' || holder === 'person') return holder;
  return legalForm.test(textOf(party.name, 400) ?? '') ? 'company' : 'person';
}

const holds = (rows: readonly Values[], fields: readonly string[]): boolean =>
  rows.some((row) => fields.some((field) => textOf(row[field], 1) !== undefined));

/** A party of which nothing is left but its number has been erased, by Ficha or by hand. Copies that the wizard forgets do not count. */
export const isErased = (party: Values): boolean =>
  !holds([party], ['name']) &&
  !holds(childrenOf(party, 'contact_mechanisms'), ['value']) &&
  !holds(childrenOf(party, 'addresses'), ['street', 'city', 'postal_code']) &&
  !holds(
    childrenOf(party, 'identifiers').filter(({ code }) => code !== '****'),
    ['code'],
  );

const changedAtOf = (party: Values): string | undefined => {
  const children = ['contact_mechanisms', 'addresses', 'identifiers', 'relations'].flatMap((name) => childrenOf(party, name));
  return [party, ...children]
    .flatMap((row) => present([isoOf(row.create_date), isoOf(row.write_date)]))
    .sort()
    .at(-1);
};

/** A party as a person or a company in canonical form, with what Tryton sent beside it. */
export function draftOfParty(party: Row, settings: TrytonSettings): SourceRecordDraft {
  const kind: RecordKind = kindOf(party, settings);
  const name = textOf(party.name, 400);
  const addresses = childrenOf(party, 'addresses').filter(isActive).map(addressOf).slice(0, 20);
  const employer = employments(party, settings).find(isActive)?.to;
  const language = textOf((party['lang.'] as Values | null)?.code, 2);
  const fields = {
    ...(kind === 'company' ? { companyName: name } : { fullName: name }),
    emails: contactsOf(party, ['email'], 320).slice(0, 50),
    phones: contactsOf(party, ['phone', 'mobile'], 64).slice(0, 50),
    taxId: taxIdOf(party),
    addresses: addresses.filter((address) => Object.keys(address).length > 0),
    country: countryOf(party),
    ...(kind === 'company' ? { website: contactsOf(party, ['website'], 400)[0] } : { language }),
    ...(kind === 'person' && typeof employer === 'number' ? { companyExternalId: referenceTo('party.party', employer) } : {}),
  };
  const filled = Object.entries(fields).filter(
    ([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0),
  );
  const changedAt = changedAtOf(party);
  return {
    kind,
    externalId: referenceTo('party.party', party.id),
    raw: party,
    canonical: Object.fromEntries(filled),
    ...(changedAt === undefined ? {} : { changedAt }),
  };
}
