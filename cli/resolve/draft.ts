import type { Matchable } from '../../domain/identity/match-record.ts';
import { normaliseCountry } from '../../domain/record/normalise/country.ts';
import type { ColumnMap } from '../../schemas/types.ts';
import type { Columns } from './column-map.ts';
import type { Field } from './fields.ts';

/** One row as Ficha understands it, before its values are normalised. */
export interface Draft {
  readonly line: number;
  readonly recordId: string;
  readonly system: string;
  readonly kind: 'person' | 'company';
  readonly fields: Matchable;
}

/** Something wrong with a row; it names line and column, never a value. */
export interface RowProblem {
  readonly line: number;
  readonly message: string;
}

/** Stands between the values of one cell that came as a list. */
export const unitSeparator = '\u001f';

const none: readonly string[] = [];

/** Papers whose number one person has. */
const documentFields = ['passport', 'driving_licence', 'national_id'] as const;

/** Fields whose columns are parts of one value, and what joins them. */
const joiners: Partial<Readonly<Record<Field, string>>> = {
  record_id: ':',
  given_name: ' ',
  family_name: ' ',
  full_name: ' ',
  company_name: ' ',
  street: ' ',
};

const companies =
  /^(c|company|companies|organi[sz]ation|organisation|org|business|empresa|sociedad|azienda|societa|entreprise|societe|legal|juridica)$/;
const people = /^(p|person|people|persona|personne|individual|individuo|natural|fisica|human|contact)$/;

/** Reads rows of one file: knows its columns, constants and separator. */
export class DraftReader {
  readonly #columns: Columns;
  readonly #map: ColumnMap;
  readonly #system: string;

  /** @param system what to call the source where neither a column nor the map says it */
  constructor(columns: Columns, map: ColumnMap, system: string) {
    this.#columns = columns;
    this.#map = map;
    this.#system = map.constants?.system ?? system;
  }

  /** Every value of a field in one part of a row, trimmed, none empty. */
  #values(cells: readonly string[], field: Field): readonly string[] {
    const placed = this.#columns.get(field);
    if (placed === undefined) return none;
    const [only] = placed.places;
    if (placed.places.length === 1 && only !== undefined) {
      const text = cells[only]?.trim() ?? '';
      if (text === '') return none;
      if (!this.#isSeveral(text)) return [text];
    }
    const texts: string[] = [];
    for (const place of placed.places) {
      const text = cells[place]?.trim() ?? '';
      if (text === '') continue;
      const separator = this.#map.separator;
      if (text.includes(unitSeparator)) texts.push(...text.split(unitSeparator));
      else if (separator !== undefined && text.includes(separator)) texts.push(...text.split(separator));
      else texts.push(text);
    }
    const joiner = joiners[field];
    const joined = joiner !== undefined && placed.areParts ? [texts.join(joiner)] : texts;
    return joined.map((text) => text.trim()).filter((text) => text !== '');
  }

  /** Whether a cell holds more than one value. */
  #isSeveral(text: string): boolean {
    return text.includes(unitSeparator) || (this.#map.separator !== undefined && text.includes(this.#map.separator));
  }

  #first(parts: readonly (readonly string[])[], field: Field): string | undefined {
    if (!this.#columns.has(field)) return undefined;
    for (const part of parts) {
      const [value] = this.#values(part, field);
      if (value !== undefined) return value;
    }
    return undefined;
  }

  system(parts: readonly (readonly string[])[]): string {
    return this.#first(parts, 'system') ?? this.#system;
  }

  /** Dates and telephones of a row as written, for learning how the file writes them. */
  forms(parts: readonly (readonly string[])[]): { readonly date: string | undefined; readonly phones: readonly string[] } {
    return { date: this.#first(parts, 'birth_date'), phones: parts.flatMap((part) => this.#values(part, 'phone')) };
  }

  /** One row, whose parts are one, or several where the format has one object for each name or address. */
  read(line: number, parts: readonly (readonly string[])[]): Draft | RowProblem {
    const recordId = this.#first(parts, 'record_id');
    if (recordId === undefined) return { line, message: 'record_id is empty: every record needs one' };
    const written = this.#first(parts, 'kind');
    const asked = written === undefined ? this.#map.constants?.kind : kindOf(written);
    if (written !== undefined && asked === undefined) return { line, message: 'kind is neither person nor company' };
    const fields = this.#matchable(parts);
    const kind = asked ?? (fields.companyName !== undefined && !isNamed(fields) ? 'company' : 'person');
    return { line, recordId, system: this.system(parts), kind, fields: settled(kind, fields) };
  }

  #matchable(parts: readonly (readonly string[])[]): Matchable {
    const out: Record<string, unknown> = {};
    const set = (name: keyof Matchable, field: Field): void => {
      const value = this.#first(parts, field);
      if (value !== undefined) out[name] = value;
    };
    set('givenName', 'given_name');
    set('familyName', 'family_name');
    set('fullName', 'full_name');
    set('companyName', 'company_name');
    set('birthDate', 'birth_date');
    set('taxId', 'tax_id');
    const documents = documentFields.flatMap((field) =>
      parts.flatMap((part) => this.#values(part, field).map((number) => `${field}:${number}`)),
    );
    if (documents.length > 0) out['documents'] = documents;
    const emails: string[] = [];
    const phones: string[] = [];
    for (const part of parts) {
      for (const field of ['email', 'phone'] as const) {
        for (const text of this.#values(part, field)) {
          // typed into the wrong column: an address is what holds an @
          if (text.includes('@')) emails.push(text);
          else if (digitsEnough(text)) phones.push(text);
        }
      }
    }
    if (emails.length > 0) out['emails'] = emails;
    if (phones.length > 0) out['phones'] = phones;
    const country = this.#country(parts);
    if (country !== undefined) out['country'] = country;
    const addresses = parts.flatMap((part) => this.#addresses(part, country));
    if (addresses.length > 0) out['addresses'] = addresses;
    return out as Matchable; // each key was set with the type that Matchable gives it
  }

  #country(parts: readonly (readonly string[])[]): string | undefined {
    const written = this.#first(parts, 'country');
    return (written === undefined ? undefined : normaliseCountry(written)) ?? this.#map.constants?.country;
  }

  #addresses(part: readonly string[], country: string | undefined): Record<string, string>[] {
    const streets = this.#values(part, 'street');
    const cities = this.#values(part, 'city');
    const postcodes = this.#values(part, 'postcode');
    return Array.from({ length: Math.max(streets.length, cities.length, postcodes.length) }, (_, place) => {
      const address: Record<string, string> = {};
      const [street, city, postcode] = [streets[place], cities[place], postcodes[place]];
      if (street !== undefined) address['street'] = street;
      if (city !== undefined) address['city'] = city;
      if (postcode !== undefined) address['postcode'] = postcode;
      if (country !== undefined) address['country'] = country;
      return address;
    });
  }
}

/** At least five digits in a row, whatever stands between them: no telephone has fewer. */
const digitsEnough = (text: string): boolean => /(?:\d[\s().+/-]*){5}/.test(text);

function kindOf(written: string): 'person' | 'company' | undefined {
  const text = written.toLowerCase();
  if (companies.test(text)) return 'company';
  return people.test(text) ? 'person' : undefined;
}

const isNamed = ({ givenName, familyName, fullName }: Matchable): boolean =>
  givenName !== undefined || familyName !== undefined || fullName !== undefined;

/** Names in the field where the kind has them: a company's may stand in full_name, a person's family name too. */
function settled(kind: 'person' | 'company', fields: Matchable): Matchable {
  if (kind === 'company') {
    const name = fields.companyName ?? fields.fullName ?? fields.familyName ?? fields.givenName;
    return name === undefined ? fields : { ...fields, companyName: name };
  }
  if (fields.fullName !== undefined && fields.givenName !== undefined && fields.familyName === undefined) {
    const { givenName, fullName, ...rest } = fields;
    return fullName.toLowerCase().startsWith(givenName.toLowerCase())
      ? { ...rest, fullName }
      : { ...rest, givenName, familyName: fullName };
  }
  return fields;
}
