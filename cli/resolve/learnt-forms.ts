import { type DateOrder, dateOrderVote } from '../../domain/record/normalise/date.ts';
import { phoneCountryVotes } from '../../domain/record/normalise/phone-country.ts';

/** How a file writes what can be read in several ways; learnt from all of it, so that the order of its rows does not matter. */
export interface Forms {
  readonly dates: (system: string) => DateOrder;
  /** ISO 3166-1 alpha-2 of numbers without prefix; undefined when the file does not tell. */
  readonly phoneCountry: string | undefined;
}

/** At least this share of the numbers without prefix must be numbers of the country. */
const leastShare = 0.5;

/** Counts how dates and telephones are written. */
export class FormVotes {
  readonly #dates = new Map<string, { dmy: number; mdy: number }>();
  readonly #prefixes = new Map<string, number>();
  readonly #national = new Map<string, number>();
  #nationalNumbers = 0;

  add(system: string, date: string | undefined, phones: readonly string[]): void {
    const order = date === undefined ? undefined : dateOrderVote(date);
    if (order !== undefined) {
      const votes = this.#dates.get(system) ?? { dmy: 0, mdy: 0 };
      votes[order] += 1;
      this.#dates.set(system, votes);
    }
    for (const phone of phones) {
      const { prefix, national } = phoneCountryVotes(phone);
      if (prefix !== undefined) this.#prefixes.set(prefix, (this.#prefixes.get(prefix) ?? 0) + 1);
      if (national === undefined) continue;
      this.#nationalNumbers += 1;
      for (const country of national) this.#national.set(country, (this.#national.get(country) ?? 0) + 1);
    }
  }

  /** @param told what a map file says of the dates of the whole file */
  forms(told: DateOrder | undefined): Forms {
    const total = { dmy: 0, mdy: 0 };
    for (const { dmy, mdy } of this.#dates.values()) {
      total.dmy += dmy;
      total.mdy += mdy;
    }
    const most = ({ dmy, mdy }: typeof total): DateOrder => (mdy > dmy ? 'mdy' : 'dmy');
    return {
      dates: (system) => told ?? most(this.#dates.get(system) ?? total),
      phoneCountry: this.#phoneCountry(),
    };
  }

  /** The country whose numbers they can be; where several fit, the one that the written prefixes speak for. */
  #phoneCountry(): string | undefined {
    const share = (country: string): number => (this.#national.get(country) ?? 0) / this.#nationalNumbers;
    const fitting = [...this.#national.keys()].filter((country) => share(country) >= leastShare);
    // German numbers have many lengths, so that most others could be German too: it comes last
    const late = (country: string): number => (country === 'DE' ? 1 : 0);
    fitting.sort(
      (one, other) =>
        (this.#prefixes.get(other) ?? 0) - (this.#prefixes.get(one) ?? 0) ||
        late(one) - late(other) ||
        share(other) - share(one) ||
        (one < other ? -1 : 1),
    );
    return fitting[0];
  }
}
