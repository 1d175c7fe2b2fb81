/** Kinds of tax identifier that Ficha can check. `other` is evidence, never a strong identifier. */
export type TaxIdKind = 'nif' | 'nie' | 'cif' | 'siren' | 'partita-iva' | 'codice-fiscale' | 'other';

export interface NormalisedTaxId {
  readonly kind: TaxIdKind;
  /** Upper case letters and digits, without a country prefix; a SIRET becomes its SIREN. */
  readonly value: string;
  /** Its check digits are right. Always false for `other`. */
  readonly valid: boolean;
  /** Whose it is: of a person, of a company, or of either. */
  readonly holder: 'person' | 'company' | 'either';
}

const nifLetters = 'TRWAGMYFPDXBNJZSQVHLCKE';
const cifLetters = 'JABCDEFGHI';

/** Luhn sum of digits; a valid number is divisible by 10. */
const luhn = (digits: string): number =>
  Array.from(digits)
    .reverse()
    .reduce((sum, digit, place) => {
      const value = Number(digit) * (place % 2 === 0 ? 1 : 2);
      return sum + (value > 9 ? value - 9 : value);
    }, 0);

const nifValid = (value: string): boolean => nifLetters[Number(value.slice(0, 8)) % 23] === value[8];
const nieValid = (value: string): boolean => nifValid(`${'XYZ'.indexOf(value[0] ?? '')}${value.slice(1)}`);

const cifValid = (value: string): boolean => {
  const check = (10 - (luhn(`${value.slice(1, 8)}0`) % 10)) % 10;
  const last = value[8] ?? '';
  const letterOnly = 'NPQRSW'.includes(value[0] ?? '');
  return (!letterOnly && last === String(check)) || (!'ABEH'.includes(value[0] ?? '') && last === cifLetters[check]);
};

const oddValues = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];

/** Where a character stands: digits 0-9, letters A-Z as 0-25. */
const rank = (character: string): number => (/\d/.test(character) ? Number(character) : character.charCodeAt(0) - 65);

const codiceFiscaleValid = (value: string): boolean => {
  const sum = Array.from(value.slice(0, 15)).reduce((total, character, place) => {
    const at = rank(character);
    return total + (place % 2 === 0 ? (oddValues[at] ?? 0) : at);
  }, 0);
  return String.fromCharCode(65 + (sum % 26)) === value[15];
};

/** La Poste has more establishments than Luhn leaves numbers: there the sum of the digits is divisible by 5. */
const siretValid = (value: string): boolean =>
  luhn(value) % 10 === 0 ||
  (value.startsWith('356000000') && Array.from(value).reduce((sum, digit) => sum + Number(digit), 0) % 5 === 0);

interface Rule {
  readonly kind: TaxIdKind;
  readonly shape: RegExp;
  readonly countries: readonly string[];
  readonly holder: NormalisedTaxId['holder'];
  readonly valid: (value: string) => boolean;
  readonly short?: (value: string) => string;
}

const rules: readonly Rule[] = [
  { kind: 'nif', shape: /^\d{8}[A-Z]$/, countries: ['ES'], holder: 'person', valid: nifValid },
  // K: Spaniards under 14 without a card, L: Spaniards abroad, M: foreigners without NIE
  {
    kind: 'nif',
    shape: /^[KLM]\d{7}[A-Z]$/,
    countries: ['ES'],
    holder: 'person',
    valid: (value) => nifValid(`0${value.slice(1)}`),
  },
  { kind: 'nie', shape: /^[XYZ]\d{7}[A-Z]$/, countries: ['ES'], holder: 'person', valid: nieValid },
  { kind: 'cif', shape: /^[ABCDEFGHJNPQRSUVW]\d{7}[0-9A-J]$/, countries: ['ES'], holder: 'company', valid: cifValid },
  {
    kind: 'codice-fiscale',
    shape: /^[A-Z]{6}[0-9LMNPQRSTUV]{2}[A-Z][0-9LMNPQRSTUV]{2}[A-Z][0-9LMNPQRSTUV]{3}[A-Z]$/,
    countries: ['IT'],
    holder: 'person',
    valid: codiceFiscaleValid,
  },
  {
    kind: 'siren',
    shape: /^\d{14}$/,
    countries: ['FR'],
    holder: 'company',
    valid: siretValid,
    short: (value) => value.slice(0, 9),
  },
  { kind: 'partita-iva', shape: /^\d{11}$/, countries: ['IT'], holder: 'either', valid: (value) => luhn(value) % 10 === 0 },
  { kind: 'siren', shape: /^\d{9}$/, countries: ['FR'], holder: 'company', valid: (value) => luhn(value) % 10 === 0 },
];

/** Typed to get past a form: digits in a row, and the sample of every manual. */
const filledIn = new Set(
  '123456789 12345678 1234567890 987654321 01234567 11111111H 99999999R 12345678X 01234567L XXXXXXXXX NODISPONIBLE SINNIF NONIF'.split(
    ' ',
  ),
);

/**
 * One tax identifier from what somebody wrote, with or without an EU VAT prefix; undefined when it is empty or a placeholder.
 * @param country ISO 3166-1 alpha-2 of its holder, to tell apart shapes that several countries use
 * @see Real Decreto 1065/2007 (NIF), D.M. 23/12/1976 (codice fiscale), INSEE (SIREN, Luhn), EU VAT formats (VIES)
 */
export function normaliseTaxId(written: string, country?: string): NormalisedTaxId | undefined {
  const text = written.toUpperCase().replaceAll(/[^A-Z0-9]/g, '');
  if (text.length < 5 || /^(.)\1+[A-Z]?$/.test(text) || /^[XYZ]?0+[A-Z]?$/.test(text) || filledIn.has(text)) return undefined;
  const prefix = /^(ES|IT|FR)(?=[A-Z0-9]{8,14}$)/.exec(text)?.[1];
  const readings =
    prefix === undefined
      ? [{ value: text, country }]
      : [
          { value: bare(text.slice(2), prefix), country: prefix },
          { value: text, country },
        ];
  for (const reading of readings) {
    const found = rules.find(
      ({ shape, countries }) =>
        shape.test(reading.value) && (reading.country === undefined || countries.includes(reading.country)),
    );
    if (found === undefined) continue;
    const valid = found.valid(reading.value);
    // without a country a bare number of digits may be anything: only right check digits say what it is
    if (!valid && reading.country === undefined && /^\d+$/.test(reading.value)) continue;
    return {
      kind: found.kind,
      value: valid && found.short ? found.short(reading.value) : reading.value,
      valid,
      holder: found.holder,
    };
  }
  return { kind: 'other', value: text, valid: false, holder: 'either' };
}

/** French VAT numbers carry two characters before the SIREN. */
const bare = (rest: string, prefix: string): string =>
  prefix === 'FR' && /^[0-9A-Z]{2}\d{9}$/.test(rest) ? rest.slice(2) : rest;
