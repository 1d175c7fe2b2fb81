import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../test/support/temporary-folder.ts';
import { aboutOf, sayingsOf } from './about.ts';
import { parseManifest } from './manifest.ts';
import { connectorFolders, loadConnectors, manifestIn, ours, textsIn } from './registry.ts';
import { readTexts, textIn, textLanguages } from './texts.ts';

test.each(connectorFolders(ours))('%s says everything in every language, and has no text that it does not say', (name) => {
  const texts = textsIn(ours, name, 'connectors');
  const sayings = sayingsOf(manifestIn(ours, name, 'connectors'));
  for (const language of textLanguages)
    expect([language, sayings.filter((english) => textIn(texts, language, english) === undefined)]).toEqual([language, []]);
  const written = [...(texts?.asIs ?? []), ...Object.keys(texts?.texts ?? {})];
  expect(written.filter((english) => !sayings.includes(english))).toEqual([]);
});

test('addresses, figures and names of screens in a text are the same in every language', () => {
  const kept = (text: string): readonly string[] =>
    (text.match(/https?:\/\/[^\s;,]+|[A-Z][\w&]*(?: [\w&]+)* > [A-Z]\w+/g) ?? []).map((one) => one.replace(/[.:]$/, '')).sort();
  for (const name of connectorFolders(ours))
    for (const [english, translated] of Object.entries(textsIn(ours, name, 'connectors')?.texts ?? {}))
      for (const text of Object.values(translated)) {
        const addresses = kept(english).filter((one) => one.startsWith('http'));
        expect(
          kept(text).filter((one) => one.startsWith('http')),
          english,
        ).toEqual(addresses);
        expect(text.match(/\d+/g)?.sort() ?? [], text).toEqual(english.match(/\d+/g)?.sort() ?? []);
      }
});

const manifest = parseManifest(
  `
name: acme
title: Acme
version: 1
vendor: { docs: https://docs.acme.example, transferBasis: none }
config: { type: object, properties: { url: { type: string, description: Where it is } } }
entities: { person: {} }
keepsNothing: true
`,
  'acme',
);

test('a connector that lacks one text speaks English, and says so', () => {
  const half = { texts: { none: { es: 'ninguna', it: 'nessuna', fr: 'aucune' } } };
  expect(aboutOf(manifest, half, 'it')).toMatchObject({ language: 'en', transferBasis: 'none' });
  const whole = { texts: { ...half.texts, 'Where it is': { es: 'Dónde está', it: "Dov'è", fr: 'Où il est' } } };
  expect(aboutOf(manifest, whole, 'it')).toMatchObject({
    language: 'it',
    transferBasis: 'nessuna',
    settings: [{ name: 'url', description: "Dov'è" }],
  });
});

test("a user's own connector may have texts; what is wrong with them names the file and the place", async () => {
  const own = temporaryFolder();
  mkdirSync(join(own, 'my-shop'));
  const file = join(own, 'my-shop', 'texts.yaml');
  writeFileSync(
    join(own, 'my-shop', 'manifest.yaml'),
    'name: my-shop\ntitle: Mine\nversion: 1\nvendor: { docs: "https://docs.example", transferBasis: none }\nkeepsNothing: true\nentities: { person: {} }\n',
  );
  writeFileSync(file, 'texts: { none: { es: ninguna, it: nessuna, fr: aucune } }\n');
  expect((await loadConnectors(own)).get('my-shop')?.about?.('fr')).toMatchObject({ language: 'fr', transferBasis: 'aucune' });
  writeFileSync(file, 'texts: { none: { es: ninguna } }\n');
  expect(() => readTexts(file, 'my-shop/texts.yaml')).toThrow(/texts-invalid: my-shop\/texts.yaml: texts.none/);
  writeFileSync(file, '{');
  expect(() => readTexts(file, 'my-shop/texts.yaml')).toThrow(/texts-invalid: my-shop\/texts.yaml: this is not YAML/);
});
