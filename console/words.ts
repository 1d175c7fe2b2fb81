import en from './strings/en.json' with { type: 'json' };
import es from './strings/es.json' with { type: 'json' };
import fr from './strings/fr.json' with { type: 'json' };
import it from './strings/it.json' with { type: 'json' };

/** Languages of the console, as the menu shows them. */
export const languages = ['es', 'it', 'fr', 'en'] as const;
export type Language = (typeof languages)[number];
export type Key = keyof typeof en;

export const strings: Readonly<Record<Language, Readonly<Record<Key, string>>>> = { es, it, fr, en };

const isKey = (name: string): name is Key => Object.hasOwn(en, name);

/** Says things in one language. */
export interface Words {
  readonly language: Language;
  (key: Key, values?: Readonly<Record<string, string | number>>): string;
  /** A code of the API in words; the code itself when there are none for it. */
  code(group: string, code: string | null | undefined): string;
  /** A sentence that a code names, with its values; undefined when there is none for it. */
  sentence(group: string, code: string, values?: Readonly<Record<string, string | number>>): string | undefined;
  number(value: number, options?: Intl.NumberFormatOptions): string;
  money(amount: number, currency: string | null): string;
  /** A day, from ISO 8601. */
  day(iso: string): string;
  /** A day and a time, UTC; the page's script shows it in the reader's own zone. */
  time(iso: string): string;
}

/** The words of a language. Dates and numbers come as its readers write them. */
export function wordsIn(language: Language): Words {
  const own = strings[language];
  const locale = language === 'en' ? 'en-GB' : language; // days before months, as everybody writes them where Ficha is used
  const say = (key: Key, values: Readonly<Record<string, string | number>> = {}): string =>
    own[key].replace(/\{(\w+)\}/g, (whole, name: string) => {
      const value = values[name];
      return value === undefined ? whole : typeof value === 'number' ? new Intl.NumberFormat(language).format(value) : value;
    });
  return Object.assign(say, {
    language,
    code: (group: string, code: string | null | undefined) =>
      code === null || code === undefined ? '' : ((own as Readonly<Record<string, string>>)[`${group}.${code}`] ?? code),
    sentence: (group: string, code: string, values: Readonly<Record<string, string | number>> = {}) => {
      const key = `${group}.${code}`;
      return isKey(key) ? say(key, values) : undefined;
    },
    number: (value: number, options: Intl.NumberFormatOptions = {}) => new Intl.NumberFormat(language, options).format(value),
    money: (amount: number, currency: string | null) =>
      new Intl.NumberFormat(language, currency === null ? {} : { style: 'currency', currency }).format(amount),
    day: (iso: string) => new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' }).format(new Date(iso)),
    time: (iso: string) =>
      `${new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' }).format(new Date(iso))} UTC`,
  });
}

const isLanguage = (name: string | undefined): name is Language => languages.some((language) => language === name);

/** The language chosen before, else the first of the browser's that is one of ours, else English. */
export function languageFor(chosen: string | undefined, accepted: string | undefined): Language {
  if (isLanguage(chosen)) return chosen;
  const wanted = (accepted ?? '').split(',').map((part) => part.trim().slice(0, 2).toLowerCase());
  return wanted.find(isLanguage) ?? 'en';
}
