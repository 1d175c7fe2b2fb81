import metadata from 'libphonenumber-js/max/metadata';

/** Countries whose numbers are read without the library, which needs about 20 µs for each; `phone.test.ts` compares both. */
export const plannedCountries = ['ES', 'IT', 'FR', 'PT', 'DE', 'GB', 'US'] as const;

type PlannedCountry = (typeof plannedCountries)[number];

/** What the national part of a number is; toll-free and the like are left to the library. */
export type LineKind = 'fixed' | 'mobile' | 'either';

interface Shape {
  readonly pattern: RegExp;
  readonly lengths: ReadonlySet<number>;
}

interface Plan {
  readonly callingCode: string;
  /** What is dialled before the number inside the country, and is no part of it; empty where there is none. */
  readonly trunkPrefix: string;
  readonly general: Shape;
  readonly fixed: Shape;
  /** Undefined where mobile numbers look like fixed ones. */
  readonly mobile: Shape | undefined;
}

const trunkPrefixes: Readonly<Record<PlannedCountry, string>> = { ES: '', IT: '', PT: '', FR: '0', DE: '0', GB: '0', US: '1' };

/** Places in the library's metadata of one country: calling code, pattern, lengths, patterns by kind (fixed, mobile...). */
const place = { callingCode: 0, pattern: 2, lengths: 3, kinds: 11 } as const;

const shape = (pattern: unknown, lengths: unknown): Shape => ({
  pattern: new RegExp(`^(?:${String(pattern)})$`),
  lengths: new Set(lengths as readonly number[]), // an array of numbers in every version of the metadata
});

function planOf(country: PlannedCountry): Plan {
  const entry = metadata.countries[country] as unknown as readonly unknown[]; // the package's type says only `object`
  const [fixed, mobile] = entry[place.kinds] as readonly (readonly unknown[] | 0 | undefined)[];
  if (!fixed) throw new Error(`phone-plan: the metadata of ${country} have no fixed numbers`);
  const lengths = entry[place.lengths];
  return {
    callingCode: String(entry[place.callingCode]),
    trunkPrefix: trunkPrefixes[country],
    general: shape(entry[place.pattern], lengths),
    fixed: shape(fixed[0], fixed[1] ?? lengths),
    mobile: mobile && mobile[0] ? shape(mobile[0], mobile[1] ?? lengths) : undefined,
  };
}

const plans = new Map<string, Plan>(plannedCountries.map((country) => [country, planOf(country)]));
const byCallingCode = [...plans].map(([country, { callingCode }]) => ({ country, callingCode }));

const fits = ({ pattern, lengths }: Shape, digits: string): boolean => lengths.has(digits.length) && pattern.test(digits);

/** What a national number is in a planned country; undefined when it is neither fixed nor mobile there. */
export function lineKind(country: string, national: string): LineKind | undefined {
  const plan = plans.get(country);
  if (plan === undefined || !fits(plan.general, national)) return undefined;
  const mobile = plan.mobile !== undefined && fits(plan.mobile, national);
  if (fits(plan.fixed, national)) return mobile || plan.mobile === undefined ? 'either' : 'fixed';
  return mobile ? 'mobile' : undefined;
}

/** The national part of digits dialled inside a planned country. */
export function withoutTrunkPrefix(country: string, digits: string): string {
  const prefix = plans.get(country)?.trunkPrefix ?? '';
  return prefix !== '' && digits.startsWith(prefix) ? digits.slice(prefix.length) : digits;
}

export const callingCodeOf = (country: string): string | undefined => plans.get(country)?.callingCode;

/** The planned country that international digits (without + or 00) begin with. */
export const plannedCountryOf = (digits: string): string | undefined =>
  byCallingCode.find(({ callingCode }) => digits.startsWith(callingCode))?.country;
