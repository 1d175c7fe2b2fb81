import english from './nicknames/en.json' with { type: 'json' };
import spanish from './nicknames/es.json' with { type: 'json' };
import french from './nicknames/fr.json' with { type: 'json' };
import italian from './nicknames/it.json' with { type: 'json' };

/** Languages that Ficha holds nicknames of. */
export type NameLanguage = 'es' | 'it' | 'fr' | 'en';

/** Each language's file: a given name, folded, to the short and pet forms of it, one space between. */
const files: Readonly<Record<NameLanguage, Readonly<Record<string, string>>>> = {
  es: spanish,
  it: italian,
  fr: french,
  en: english,
};

/** A written form to the names it may stand for: "lola" to "dolores", "ale" to "alejandra", "alessandro"... */
const standsFor = new Map<string, Set<string>>();
const languages = new Map<string, Set<NameLanguage>>();

const note = <Value>(map: Map<string, Set<Value>>, key: string, value: Value): void => {
  const known = map.get(key);
  if (known === undefined) map.set(key, new Set([value]));
  else known.add(value);
};

for (const [language, names] of Object.entries(files) as [NameLanguage, Readonly<Record<string, string>>][]) {
  for (const [name, forms] of Object.entries(names)) {
    note(standsFor, name, name);
    note(languages, name, language);
    for (const form of forms.split(' ')) {
      note(standsFor, form, name);
      note(languages, form, language);
    }
  }
}

const groups = new Map([...standsFor].map(([form, names]) => [form, [...names].sort()] as const));
const none: readonly string[] = [];

/**
 * The given names that a written form may stand for, itself included when it is one, in alphabetical order; empty when Ficha knows none.
 * "pepe" is [jose, jose luis, ...], "ale" is a man's or a woman's name.
 * @param givenName one folded word, or a compound name with one space between; see `fold`
 */
export function nicknameGroups(givenName: string): readonly string[] {
  return groups.get(givenName) ?? none;
}

/**
 * One canonical key of a written form, for blocking: the first of its groups. Two forms that can be one name may still have two keys
 * (ambiguous short forms): compare with `maybeSameGivenName`.
 */
export function nicknameGroup(givenName: string): string | undefined {
  return groups.get(givenName)?.[0];
}

/** Whether two folded given names can be the same one: equal, or short forms of a common name, in any of the four languages. */
export function maybeSameGivenName(one: string, other: string): boolean {
  if (one === other) return true;
  const others = standsFor.get(other);
  return others !== undefined && (standsFor.has(one) ? nicknameGroups(one).some((name) => others.has(name)) : false);
}

/** The languages in whose files a folded given name stands, in alphabetical order: "marco" is [fr, it]. */
export function nameLanguages(givenName: string): readonly NameLanguage[] {
  return [...(languages.get(givenName) ?? [])].sort();
}
