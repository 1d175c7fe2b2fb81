import { folded } from './headings.ts';

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'.split('');

/** Names of countries in the four languages, folded, to ISO 3166-1 alpha-2. */
const codes: ReadonlyMap<string, string> = new Map(
  ['es', 'it', 'fr', 'en'].flatMap((language) => {
    const names = new Intl.DisplayNames([language], { type: 'region', fallback: 'none' });
    return letters.flatMap((first) =>
      letters.flatMap((second) => {
        const name = names.of(first + second);
        // France is also FX and East Germany DD in the standard's past: the locale says which code holds today
        const today = name === undefined ? undefined : new Intl.Locale(`und-${first}${second}`).region;
        return name === undefined || today === undefined ? [] : [[folded(name), today] as const];
      }),
    );
  }),
);

const others: Readonly<Record<string, string>> = {
  esp: 'ES',
  ita: 'IT',
  fra: 'FR',
  uk: 'GB',
  usa: 'US',
  inglaterra: 'GB',
  england: 'GB',
  holanda: 'NL',
};

/** The country that a text names, by code or by name in Spanish, Italian, French or English. */
export function countryOf(text: string): string | undefined {
  const name = folded(text);
  if (others[name] !== undefined) return others[name];
  if (/^[a-z]{2}$/.test(name)) return [...codes.values()].includes(name.toUpperCase()) ? name.toUpperCase() : undefined;
  return codes.get(name);
}
