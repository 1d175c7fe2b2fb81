import { lineKind, plannedCountries, plannedCountryOf, withoutTrunkPrefix } from './phone-plan.ts';

/** What one written number says of the country whose numbers a file holds. */
export interface CountryVotes {
  /** It carries this country's prefix. */
  readonly prefix: string | undefined;
  /** It carries no prefix, and can be a number of these countries; undefined when it carries one. */
  readonly national: readonly string[] | undefined;
}

/** Votes of one number, among the countries of `plannedCountries`. */
export function phoneCountryVotes(written: string): CountryVotes {
  const text = written.trim();
  const digits = text.replaceAll(/\D+/g, '');
  if (text.startsWith('+')) return { prefix: plannedCountryOf(digits), national: undefined };
  if (/^00[1-9]/.test(digits)) return { prefix: plannedCountryOf(digits.slice(2)), national: undefined };
  if (digits.length < 6) return { prefix: undefined, national: undefined };
  return {
    prefix: undefined,
    national: plannedCountries.filter((country) => lineKind(country, withoutTrunkPrefix(country, digits)) !== undefined),
  };
}
