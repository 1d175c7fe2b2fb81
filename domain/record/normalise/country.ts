const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const languages = ['en', 'es', 'fr', 'it', 'pt', 'de'];

/** What people write that no list of names has. */
const others: Readonly<Record<string, string>> = {
  uk: 'GB',
  england: 'GB',
  scotland: 'GB',
  wales: 'GB',
  inglaterra: 'GB',
  inghilterra: 'GB',
  angleterre: 'GB',
  usa: 'US',
  'estados unidos de america': 'US',
  holanda: 'NL',
  holland: 'NL',
  esp: 'ES',
  ita: 'IT',
  fra: 'FR',
  prt: 'PT',
  deu: 'DE',
  gbr: 'GB',
  el: 'GR',
};

const simple = (text: string): string =>
  text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z]+/g, ' ')
    .trim();

let names: ReadonlyMap<string, string> | undefined;

/** Names of countries in six languages to their codes, made when first needed (CLDR, as Node carries it). */
function namesOfCountries(): ReadonlyMap<string, string> {
  if (names !== undefined) return names;
  const found = new Map<string, string>();
  for (const language of languages) {
    const display = new Intl.DisplayNames([language], { type: 'region', fallback: 'none' });
    for (const first of alphabet) {
      for (const second of alphabet) {
        const name = display.of(first + second);
        if (name !== undefined) found.set(simple(name), found.get(simple(name)) ?? first + second);
      }
    }
  }
  names = new Map([...found, ...Object.entries(others)]);
  return names;
}

/** ISO 3166-1 alpha-2 of a country from its code or its name in en, es, fr, it, pt or de; undefined when it is none of them. */
export function normaliseCountry(written: string): string | undefined {
  if (/^[A-Z]{2}$/.test(written) && written !== 'UK' && written !== 'EL') return written;
  const text = simple(written);
  if (text.length === 2) return others[text] ?? text.toUpperCase();
  return text === '' ? undefined : namesOfCountries().get(text);
}
