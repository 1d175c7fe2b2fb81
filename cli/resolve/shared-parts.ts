import type { MatchRecord } from '../../domain/identity/match-record.ts';

type Name = NonNullable<MatchRecord['name']>;

/** Keeps so many different values of one kind; a file in which all differ costs no more than it must. */
const mostNames = 500_000;
const mostValues = 100_000;

const sameWords = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((word, place) => word === other[place]);
const sameName = (one: Name, other: Name): boolean =>
  one.generation === other.generation && sameWords(one.given, other.given) && sameWords(one.family, other.family);

/**
 * Keeps equal names, dates and places of a million records once: among them there are few, and a name alone takes 700 bytes. The records
 * that share them read them only.
 */
export class SharedParts {
  /** Names by all of their words; those of one given and family name are one. */
  readonly #names = new Map<string, Name[]>();
  #nameCount = 0;
  readonly #dates = new Map<string, string>();
  readonly #lists = new Map<string, readonly string[]>();

  /** The same record, of parts that others have too. */
  of(record: MatchRecord): MatchRecord {
    const { key, kind, name, companyName, emails, phones, taxId, documents, birthDate, postcodes, cities, streets, domains } =
      record;
    return {
      key,
      kind,
      name: name === undefined ? undefined : this.#name(name),
      companyName,
      emails,
      phones,
      taxId,
      documents,
      birthDate: birthDate === undefined ? undefined : this.#date(birthDate),
      postcodes: this.#list(postcodes),
      cities: this.#list(cities),
      streets,
      domains,
    };
  }

  #name(name: Name): Name {
    const alike = this.#names.get(name.sorted);
    const known = alike?.find((one) => sameName(one, name));
    if (known !== undefined) return known;
    if (this.#nameCount >= mostNames) return name;
    this.#nameCount += 1;
    if (alike === undefined) this.#names.set(name.sorted, [name]);
    else alike.push(name);
    return name;
  }

  #date(date: string): string {
    const known = this.#dates.get(date);
    if (known !== undefined) return known;
    if (this.#dates.size < mostValues) this.#dates.set(date, date);
    return date;
  }

  #list(values: readonly string[]): readonly string[] {
    const [only, ...others] = values;
    if (only === undefined || others.length > 0) return values;
    const known = this.#lists.get(only);
    if (known !== undefined) return known;
    if (this.#lists.size < mostValues) this.#lists.set(only, values);
    return values;
  }
}
