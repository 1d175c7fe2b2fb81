import { isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { isPlaceholderDigits } from './placeholder.ts';

/** A telephone number that can exist. */
export interface NormalisedPhone {
  /** E.164: +34600111222. */
  readonly value: string;
  readonly isMobile: boolean;
}

/**
 * One telephone number from what somebody wrote; undefined when it cannot exist or is a placeholder.
 * @param country ISO 3166-1 alpha-2, for numbers without +prefix; without it they cannot be read
 * @see ITU-T E.164
 */
export function normalisePhone(written: string, country?: string): NormalisedPhone | undefined {
  const text = written
    .trim()
    .replace(/^00(?=[1-9])/, '+')
    .replace(/^\+\s*00/, '+');
  if (isPlaceholderDigits(text.replaceAll(/\D/g, ''))) return undefined;
  const region = country !== undefined && isSupportedCountry(country) ? country : undefined;
  const parsed = parsePhoneNumberFromString(text, region === undefined ? {} : { defaultCountry: region });
  if (parsed === undefined || !parsed.isValid() || isPlaceholderDigits(parsed.nationalNumber)) return undefined;
  const type = parsed.getType();
  return { value: parsed.number, isMobile: type === 'MOBILE' || type === 'FIXED_LINE_OR_MOBILE' };
}
