import { type Matchable, type MatchRecord, matchRecord, type PartNormalisers } from '../../domain/identity/match-record.ts';
import { type NormalisedAddress, normaliseAddress, type WrittenAddress } from '../../domain/record/normalise/address.ts';
import { type DateOrder, dateDigits, normaliseDate } from '../../domain/record/normalise/date.ts';
import { normalisePersonName } from '../../domain/record/normalise/person-name.ts';

type Name = NonNullable<MatchRecord['name']>;

/** Keeps so many different values of one kind; a file in which all differ costs no more than it must. */
const mostNames = 500_000;
const mostValues = 100_000;

const sameWords = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((word, place) => word === other[place]);
const sameName = (one: Name, other: Name): boolean =>
  one.generation === other.generation && sameWords(one.given, other.given) && sameWords(one.family, other.family);

/** A list without the room that it grew into: a filtered one of two words has room for seventeen. */
const trimmed = <Value>(values: readonly Value[]): readonly Value[] => (values.length === 0 ? values : [...values]);

/** A piece of a text at least this long is kept by V8 as a view of it, and keeps a megabyte of the file alive. */
const shortestView = 13;

/** The same text by itself. */
const apart = (text: string): string =>
  // oxlint-disable-next-line no-control-regex
  text.length < shortestView || !/^[\x00-\x7f]*$/.test(text) ? text : Buffer.from(text, 'latin1').toString('latin1');

/** A list of each value's own; the empty list is one for all. */
const of = <Value>(values: readonly Value[], own: (value: Value) => Value): readonly Value[] =>
  values.length === 0 ? values : values.map(own);

/** The value of a key, made on the first question; not kept once too many are. */
function remembered<Value>(known: Map<string, Value>, key: string, make: () => Value): Value {
  const before = known.get(key);
  if (before !== undefined) return before;
  const value = make();
  if (known.size < mostValues) known.set(key, value);
  return value;
}

/**
 * Makes records for comparison of which equal names, dates and places are kept once, and read once: among a million there are few, and a
 * name alone takes 300 bytes. The records that share them read them only.
 */
export class SharedParts {
  /** Names as they are written. */
  readonly #written = new Map<string, { readonly name: Name | undefined }>();
  /** Names by all of their words; those of one given and family name are one. */
  readonly #names = new Map<string, Name[]>();
  #nameCount = 0;
  readonly #dates = { dmy: new Map<string, { readonly date: string | undefined }>(), mdy: new Map() };
  readonly #addresses = new Map<string, NormalisedAddress>();
  readonly #lists = new Map<string, readonly string[]>();
  readonly #by: PartNormalisers = {
    personName: (written) => this.#personName(written),
    address: (written) => this.#address(written),
  };

  /** What `matchRecord` gives, of parts that others have too. */
  record(recordId: string, kind: MatchRecord['kind'], fields: Matchable): MatchRecord {
    const { key, name, companyName, emails, phones, taxId, documents, birthDate, postcodes, cities, streets, domains } =
      matchRecord(apart(recordId), kind, fields, this.#by);
    return {
      key,
      kind,
      name,
      companyName,
      emails: of(emails, ({ comparison, local, isRole }) => ({ comparison: apart(comparison), local: apart(local), isRole })),
      phones: of(phones, apart),
      taxId: taxId === undefined || taxId.value.length < shortestView ? taxId : { ...taxId, value: apart(taxId.value) },
      documents: trimmed(documents),
      birthDate,
      postcodes: this.#list(postcodes),
      cities: this.#list(cities),
      streets: of(streets, apart),
      domains,
    };
  }

  /** A date as ISO, or its digits where it is damaged; undefined where it is none. */
  date(written: string, order: DateOrder): string | undefined {
    return remembered(this.#dates[order], written, () => ({
      date: normaliseDate(written, order) ?? dateDigits(written, order),
    })).date;
  }

  #personName({ givenName, familyName, fullName }: Parameters<typeof normalisePersonName>[0]): Name | undefined {
    // the separator of ASCII, and another where a part is missing: no name holds them
    const key = `${givenName ?? '\u001e'}\u001f${familyName ?? '\u001e'}\u001f${fullName ?? '\u001e'}`;
    return remembered(this.#written, key, () => {
      const name = normalisePersonName({ givenName, familyName, fullName });
      return { name: name === undefined ? undefined : this.#name(name) };
    }).name;
  }

  #name(name: Name): Name {
    const alike = this.#names.get(name.sorted);
    const known = alike?.find((one) => sameName(one, name));
    if (known !== undefined) return known;
    const own = { ...name, given: trimmed(name.given), family: trimmed(name.family) };
    if (this.#nameCount >= mostNames) return own;
    this.#nameCount += 1;
    if (alike === undefined) this.#names.set(name.sorted, [own]);
    else alike.push(own);
    return own;
  }

  /** Towns come again; a street hardly does. */
  #address(written: WrittenAddress): NormalisedAddress {
    const { street, postcode, city, country } = written;
    if (street !== undefined) return normaliseAddress(written);
    const key = `${postcode ?? ''}\u001f${city ?? ''}\u001f${country ?? ''}`;
    return remembered(this.#addresses, key, () => normaliseAddress(written));
  }

  #list(values: readonly string[]): readonly string[] {
    const [only, ...others] = values;
    if (only === undefined || others.length > 0) return trimmed(values);
    return remembered(this.#lists, only, () => [only]);
  }
}
