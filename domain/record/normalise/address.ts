import { cityNames, joinedTypes, noNumber, numberWords, smallWords, streetTypes, unitWords, wordForms } from './address-words.ts';
import { fold } from './fold.ts';
import { isPlaceholder } from './placeholder.ts';
import { normalisePostcode } from './postcode.ts';

/** A postal address as somebody wrote it; any part may be missing. */
export interface WrittenAddress {
  /** Type, name and number, in any order: "C/ Mayor, 5, 2º B", "1515 Adela Ln". */
  readonly street?: string | undefined;
  readonly city?: string | undefined;
  readonly postcode?: string | undefined;
  /** ISO 3166-1 alpha-2. */
  readonly country?: string | undefined;
}

/** An address in the parts that are compared; a part that is not known is left out. */
export interface NormalisedAddress {
  /** The street's own words, folded: no type, no small words, no number; "C/ de Alcalá" and "Calle Alcalá" are both "alcala". */
  readonly street?: string;
  /** calle, via, rue, street...: one word for its spellings, where it is written. */
  readonly streetType?: string;
  /** House number with its letter: "12", "12b". */
  readonly number?: string;
  readonly postcode?: string;
  readonly city?: string;
}

const oneWord = /^[A-Za-z]{3,}$/;

/** A city folded, in one of its languages, without what stands in brackets; undefined for a placeholder. */
export function normaliseCity(written: string): string | undefined {
  if (oneWord.test(written)) {
    const city = written.toLowerCase();
    return isPlaceholder(city) ? undefined : (cityNames.get(city) ?? city);
  }
  const words = fold(written)
    .replaceAll(/\([^)]*\)/g, ' ')
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .replaceAll(/\b(?:cedex(?: \d+)?|\d{4,})\b/g, ' ')
    .replaceAll(/\bste?\b/g, (saint) => (saint === 'st' ? 'saint' : 'sainte'))
    .replaceAll(/\s+/g, ' ')
    .trim();
  if (words === '' || isPlaceholder(words)) return undefined;
  return cityNames.get(words) ?? words;
}

interface Street {
  readonly street?: string;
  readonly streetType?: string;
  readonly number?: string;
}

const houseNumber = /^\d{1,5}[a-z]?$/;

/** Words of the street up to the door: "c mayor 5 2 b" keeps the first number that stands behind a name, or the one before all. */
function streetOf(written: string): Street {
  const words = fold(written)
    .replaceAll(noNumber, ' ')
    .replaceAll(/\bc\/|\bcl\//g, 'calle ')
    .replaceAll(/['’`´]/g, ' ')
    .replaceAll(/(\d)\s*-\s*\d+/g, '$1')
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
    .split(' ')
    .filter((word) => word !== '' && !numberWords.has(word));
  const kept: string[] = [];
  let streetType: string | undefined;
  let number: string | undefined;
  for (const [place, word] of words.entries()) {
    if (houseNumber.test(word) && number === undefined) {
      number = word;
      continue;
    }
    const type = streetTypes.get(word);
    const isLast = place === words.length - 1;
    // "st james st" is a street of that name: a type is a type at either end, once
    if (type !== undefined && streetType === undefined && words.length > 1 && (kept.length === 0 || isLast || number === '')) {
      streetType = type;
      continue;
    }
    if (number !== undefined && kept.length > 0 && (unitWords.has(word) || houseNumber.test(word))) break;
    if (type !== undefined && kept.length > 0 && number !== undefined && streetType === undefined) {
      streetType = type;
      break;
    }
    if (!smallWords.has(word)) kept.push(wordForms.get(word) ?? word);
  }
  return finished(kept, streetType, number);
}

function finished(kept: readonly string[], streetType: string | undefined, number: string | undefined): Street {
  let type = streetType;
  const words = kept.filter((word, place) => place === 0 || word.length > 1);
  const parted = words.map((word) => {
    const joined = type === undefined ? joinedTypes.find(([shape]) => shape.test(word)) : undefined;
    if (joined === undefined) return word;
    type = joined[1];
    return word.replace(joined[0], '$1');
  });
  const street = parted.join(' ');
  return {
    ...(street === '' ? {} : { street }),
    ...(type === undefined ? {} : { streetType: type }),
    ...(number === undefined ? {} : { number: number.replace(/^0+(?=\d)/, '') }),
  };
}

/** "123 Main Street, Las Vegas NV 89132" in one field: what stands behind the first comma is city and postcode, where none are given. */
function parted(address: WrittenAddress): WrittenAddress {
  const { street = '', city, postcode } = address;
  if (city !== undefined && postcode !== undefined) return address;
  const comma = street.search(/,\s*(?=\D{3,})/);
  if (comma <= 0 || !/\p{L}{3}/u.test(street.slice(0, comma)) || !/\d/.test(street.slice(0, comma))) return address;
  const rest = street.slice(comma + 1);
  const code = /\b(\d{5}(?:-\d{4})?|\d{4}-\d{3}|[A-Za-z]{1,2}\d[A-Za-z\d]? ?\d[A-Za-z]{2})\b/.exec(rest)?.[1];
  const place = (code === undefined ? rest : rest.replace(code, ' ')).split(',').find((part) => /\p{L}{3,}/u.test(part));
  return {
    ...address,
    street: street.slice(0, comma),
    city: city ?? place?.trim().replace(/\s[A-Z]{2}\s*$/, ''),
    postcode: postcode ?? code,
  };
}

/** One address in comparable parts. Placeholders are left out; nothing is guessed that is not written. */
export function normaliseAddress(written: WrittenAddress): NormalisedAddress {
  const { street, city, postcode, country } = written.street === undefined ? written : parted(written);
  const code = postcode === undefined ? undefined : normalisePostcode(postcode, country);
  const town = city === undefined ? undefined : normaliseCity(city);
  return {
    ...(street === undefined || isPlaceholder(street) ? {} : streetOf(street)),
    ...(code === undefined ? {} : { postcode: code }),
    ...(town === undefined ? {} : { city: town }),
  };
}
