/** Countries whose postcodes are five digits, and where a spreadsheet may have eaten the zero in front. */
const fiveDigits = new Set(['ES', 'IT', 'FR', 'DE']);

/**
 * A postcode in the form that is compared: capitals and digits, no spaces; undefined when it is empty or a placeholder.
 * @param country ISO 3166-1 alpha-2; ES, IT, FR and DE get back a zero that was lost, US loses its +4, PT keeps its seven digits
 */
export function normalisePostcode(written: string, country?: string): string | undefined {
  const text = written.toUpperCase().replaceAll(/[^A-Z0-9]/g, '');
  if (text === '' || /^(.)\1*$/.test(text) || text === '12345' || text === 'NA') return undefined;
  if (country === undefined) return text;
  // IT-00184, F-75001, D-10115: the letters of the car plate in front
  const bare = fiveDigits.has(country) ? text.replace(/^[A-Z]{1,2}(?=\d{5}$)/, '') : text;
  if (fiveDigits.has(country)) return /^\d{4}$/.test(bare) ? `0${bare}` : bare;
  if (country === 'US') return /^\d{9}$/.test(bare) ? bare.slice(0, 5) : /^\d{4}$/.test(bare) ? `0${bare}` : bare;
  return bare;
}
