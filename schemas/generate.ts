import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compile } from 'json-schema-to-typescript';

/**
 * Writes schemas/types.ts: one exported type per schema, named as its title. `--check` writes nothing and fails when the file
 * is not what the schemas say.
 */
const folder = fileURLToPath(new URL('.', import.meta.url));
const target = join(folder, 'types.ts');

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type JsonObject = { readonly [key: string]: Json };

interface SchemaFile {
  readonly id: string;
  readonly title: string;
  readonly schema: JsonObject;
}

const readAll = (): SchemaFile[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.schema.json'))
    .sort()
    .map((file) => {
      const schema = JSON.parse(readFileSync(join(folder, file), 'utf8')) as JsonObject;
      const { $id: id, title } = schema;
      if (typeof id !== 'string' || typeof title !== 'string' || !id.endsWith(`/schemas/${file}`)) {
        throw new Error(`schemas/${file}: give it a title and the $id https://ficha.dev/schemas/${file}`);
      }
      return { id, title, schema };
    });

/** `$ref` to another file, or into the own one, as a place in the single document that holds them all. */
const place = (reference: string, from: SchemaFile, titles: ReadonlyMap<string, string>): string => {
  const url = new URL(reference, from.id);
  const fragment = url.hash.replace(/^#/, '');
  url.hash = '';
  const title = titles.get(url.href);
  if (title === undefined) throw new Error(`${from.id}: $ref ${reference} names no schema`);
  return `#/$defs/${title}${fragment}`;
};

const rewritten = (value: Json, from: SchemaFile, titles: ReadonlyMap<string, string>): Json => {
  if (Array.isArray(value)) return value.map((item: Json) => rewritten(item, from, titles));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== '$id' && key !== '$schema')
      .map(([key, inner]) => [
        key,
        key === '$ref' && typeof inner === 'string' ? place(inner, from, titles) : rewritten(inner, from, titles),
      ]),
  );
};

const generated = async (): Promise<string> => {
  const files = readAll();
  const titles = new Map(files.map(({ id, title }) => [id, title]));
  if (new Set(titles.values()).size !== files.length) throw new Error('two schemas have the same title');
  const definitions = Object.fromEntries(files.map((file) => [file.title, rewritten(file.schema, file, titles)]));
  const whole = {
    title: 'EverySchema',
    type: 'object',
    properties: Object.fromEntries(files.map(({ title }) => [title, { $ref: `#/$defs/${title}` }])),
    additionalProperties: false,
    $defs: definitions,
  };
  const text = await compile(whole as Parameters<typeof compile>[0], 'EverySchema', {
    bannerComment: '// Generated from schemas/**/*.schema.json by `npm run generate`. Not edited by hand.',
    ignoreMinAndMaxItems: true,
    style: { singleQuote: true, printWidth: 130, trailingComma: 'all' },
  });
  return text.replace(/export interface EverySchema \{[^}]*\}\n/, '');
};

const text = await generated();
if (!process.argv.includes('--check')) {
  writeFileSync(target, text);
} else if (readFileSync(target, 'utf8') !== text) {
  process.stderr.write('schemas/types.ts is not what the schemas say: run npm run generate\n');
  process.exitCode = 1;
}
