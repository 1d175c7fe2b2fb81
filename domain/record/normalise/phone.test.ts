import { fc, test as property } from '@fast-check/vitest';
import { getExampleNumber, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import examples from 'libphonenumber-js/mobile/examples';
import { describe, expect, test } from 'vitest';
import { normalisePhone } from './phone.ts';
import { phoneCountryVotes } from './phone-country.ts';
import { plannedCountries } from './phone-plan.ts';
import { isPlaceholderDigits } from './placeholder.ts';

const country = fc.constantFrom(...plannedCountries);

/** What the library says, as the oracle of the fast way. */
function byLibrary(text: string, defaultCountry: (typeof plannedCountries)[number]) {
  const parsed = parsePhoneNumberFromString(text, { defaultCountry });
  if (parsed === undefined || !parsed.isValid() || isPlaceholderDigits(parsed.nationalNumber)) return undefined;
  return { value: parsed.number, isMobile: ['MOBILE', 'FIXED_LINE_OR_MOBILE'].includes(parsed.getType() ?? '') };
}

/** Digits that often are a number: a real beginning, any end. */
const beginnings = [
  '6',
  '7',
  '9',
  '3',
  '30',
  '06',
  '01',
  '02',
  '07',
  '020',
  '0161',
  '089',
  '0151',
  '2',
  '91',
  '212',
  '1212',
  '415',
  '800',
  '900',
  '34',
  '39',
  '0',
];
const digits = fc
  .tuple(fc.constantFrom(...beginnings), fc.stringMatching(/^\d{5,10}$/))
  .map(([beginning, end]) => beginning + end);

describe('telephone by plan', () => {
  property.prop([country, digits], { numRuns: 3_000 })('a national number is read as the library reads it', (at, written) => {
    fc.pre(!isPlaceholderDigits(written) && !/^00[1-9]/.test(written));
    expect(normalisePhone(written, at)).toEqual(byLibrary(written, at));
  });
  property.prop([country, fc.constantFrom('34', '39', '33', '351', '49', '44', '1', '41', '376'), digits], { numRuns: 3_000 })(
    'an international number too, whatever country is asked for',
    (at, code, written) => {
      const text = `+${code} ${written.slice(0, 3)}-${written.slice(3)}`;
      fc.pre(!isPlaceholderDigits(code + written));
      expect(normalisePhone(text, at)).toEqual(byLibrary(text, at));
    },
  );
  test.each(plannedCountries)('an example of %s is read', (at) => {
    const example = getExampleNumber(at, examples);
    expect(normalisePhone(example?.formatNational() ?? '', at)?.value).toBe(example?.number);
    expect(normalisePhone(`00${example?.number.slice(1)}`)?.value).toBe(example?.number);
  });
  test('an extension is left out', () => {
    expect(normalisePhone('+34 912 345 678 ext. 12')?.value).toBe('+34912345678');
  });
});

test('numbers vote for the countries whose they can be', () => {
  expect(phoneCountryVotes('+34 600 111 222')).toEqual({ prefix: 'ES', national: undefined });
  expect(phoneCountryVotes('0039 02 1234567').prefix).toBe('IT');
  expect(phoneCountryVotes('623145595').national).toContain('ES');
  expect(phoneCountryVotes('702-919-1300').national).toContain('US');
  expect(phoneCountryVotes('702-919-1300').national).not.toContain('ES');
});
