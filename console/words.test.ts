import { expect, test } from 'vitest';
import { languageFor, languages, strings, wordsIn } from './words.ts';

const places = (text: string): readonly string[] => [...text.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name).sort();

test.each(languages)('%s says everything that English says, with the same values in it', (language) => {
  expect(Object.keys(strings[language])).toEqual(Object.keys(strings.en));
  for (const [key, text] of Object.entries(strings[language])) {
    expect(text.trim(), key).not.toBe('');
    expect(places(text), key).toEqual(places(strings.en[key as keyof typeof strings.en]));
  }
});

test('values are put in as the language writes numbers; what is not given stays to be seen', () => {
  expect(wordsIn('en')('find.found', { n: 12345 })).toBe('Found: 12,345');
  expect(wordsIn('es')('find.found')).toContain('{n}');
});

test('a code that nobody has words for is shown as it is', () => {
  expect(wordsIn('fr').code('state', 'brand-new')).toBe('brand-new');
  expect(wordsIn('fr').code('state', null)).toBe('');
});

test('the chosen language comes before that of the browser, and English when neither is ours', () => {
  expect(languageFor('it', 'fr')).toBe('it');
  expect(languageFor(undefined, 'de-DE,fr-BE;q=0.8')).toBe('fr');
  expect(languageFor('xx', 'de')).toBe('en');
});
