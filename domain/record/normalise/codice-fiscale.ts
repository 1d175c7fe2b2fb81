import { wordsOf } from './fold.ts';

/** What an Italian codice fiscale says of the person, for comparing with what a record says. */
export interface CodiceFiscaleFacts {
  /** The year has two digits in it: both centuries that it can be, the later first; ISO dates. */
  readonly birthDates: readonly [string, string];
  readonly sex: 'female' | 'male';
  /** Cadastral code of the place of birth: H501 is Rome, Z... is abroad. */
  readonly birthPlace: string;
  readonly familyNameCode: string;
  readonly givenNameCode: string;
}

const monthLetters = 'ABCDEHLMPRST';
const digitLetters = 'LMNPQRSTUV';
/** Where digits stand; two people of one code have letters there instead (omocodia). */
const digitPlaces = new Set([6, 7, 9, 10, 12, 13, 14]);

const withDigits = (value: string): string =>
  Array.from(value, (letter, place) =>
    digitPlaces.has(place) && digitLetters.includes(letter) ? String(digitLetters.indexOf(letter)) : letter,
  ).join('');

/**
 * Reads birth date, sex, place and the letters of the names out of a codice fiscale; undefined when it is not of that shape or its date
 * cannot be.
 * @param value 16 upper case letters and digits, as `normaliseTaxId` gives them
 * @see Decreto Ministeriale 23 dicembre 1976, n. 13813
 */
export function codiceFiscaleFacts(value: string): CodiceFiscaleFacts | undefined {
  const [, family, given, year, monthLetter, dayText, place] =
    /^([A-Z]{3})([A-Z]{3})(\d{2})([A-Z])(\d{2})([A-Z]\d{3})[A-Z]$/.exec(withDigits(value)) ?? [];
  if (family === undefined || given === undefined || year === undefined || place === undefined) return undefined;
  const month = monthLetters.indexOf(monthLetter ?? '') + 1;
  const coded = Number(dayText);
  const day = coded > 40 ? coded - 40 : coded;
  if (month === 0 || day < 1 || day > 31) return undefined;
  const end = `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
  return {
    birthDates: [`20${end}`, `19${end}`],
    sex: coded > 40 ? 'female' : 'male',
    birthPlace: place,
    familyNameCode: family,
    givenNameCode: given,
  };
}

const lettersOf = (name: string): { readonly consonants: string; readonly vowels: string } => {
  const letters = wordsOf(name)
    .join('')
    .toUpperCase()
    .replaceAll(/[^A-Z]/g, '');
  return { consonants: letters.replaceAll(/[AEIOU]/g, ''), vowels: letters.replaceAll(/[^AEIOU]/g, '') };
};

/** The three letters that a family name has in a codice fiscale: Rossi is RSS, Fo is FOX. */
export function familyNameCode(name: string): string {
  const { consonants, vowels } = lettersOf(name);
  return `${consonants}${vowels}XXX`.slice(0, 3);
}

/** The three letters of given names: of four or more consonants the second is left out. Matteo is MTT, Gianfranco is GFR. */
export function givenNameCode(name: string): string {
  const { consonants, vowels } = lettersOf(name);
  if (consonants.length >= 4) return `${consonants[0]}${consonants[2]}${consonants[3]}`;
  return `${consonants}${vowels}XXX`.slice(0, 3);
}
