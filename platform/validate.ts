import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import ajvFormats from 'ajv-formats';
import { FichaError } from '../domain/record/error.ts';
import { closest } from '../domain/record/closest.ts';

/** One thing wrong with a value: where, which rule, and the way out. It names fields and never holds a value (rule 9). */
export interface Problem {
  /** Dotted place, `emails.0`; empty for the whole value. */
  readonly path: string;
  /** Keyword of JSON Schema: `required`, `maxLength`, `additionalProperties`... */
  readonly rule: string;
  readonly message: string;
}

/** Answers every problem of a value; none when it is valid. The value is not changed. */
export type Validator = (value: unknown) => readonly Problem[];

const base = 'https://ficha.dev/schemas/';
const folder = fileURLToPath(new URL('../schemas/', import.meta.url));

/** Strict ajv of draft 2020-12 with the formats; unknown keywords and loose types in a schema are errors. */
export const newAjv = (options: { readonly coerce?: boolean } = {}): Ajv2020 => {
  const coerce = options.coerce ?? false;
  const ajv = new Ajv2020({ strict: true, allErrors: true, verbose: true, coerceTypes: coerce, useDefaults: coerce });
  ajvFormats.default(ajv);
  return ajv;
};

let loaded: Ajv2020 | undefined;

/** Every schema of `schemas/`, read once and compiled at first use. */
const everySchema = (): Ajv2020 => {
  if (loaded === undefined) {
    const ajv = newAjv();
    for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.schema.json'),
    )) {
      ajv.addSchema(JSON.parse(readFileSync(join(folder, file), 'utf8')) as Record<string, unknown>);
    }
    loaded = ajv;
  }
  return loaded;
};

const isFieldName = (name: string): boolean => /^[A-Za-z_][A-Za-z0-9_.:-]{0,63}$/.test(name) || /^\d{1,6}$/.test(name);

/** A key may be data too (an address as a key): what does not look like a field's name is not repeated. */
const shown = (name: string): string => (isFieldName(name) ? name : '(unnamed)');

const pathOf = (pointer: string): string =>
  pointer
    .split('/')
    .slice(1)
    .map((part) => shown(part.replaceAll('~1', '/').replaceAll('~0', '~')))
    .join('.');

const fieldsOf = (schema: unknown): readonly string[] =>
  typeof schema === 'object' && schema !== null && 'properties' in schema ? Object.keys(schema.properties ?? {}) : [];

const listed = (values: readonly unknown[]): string => values.map((value) => JSON.stringify(value)).join(', ');

const formatWords: Readonly<Record<string, string>> = {
  uuid: 'must be an id as Ficha shows them (a UUID)',
  uri: 'must be an address such as https://acme.example',
  date: 'must be a day such as 2026-01-31',
  'date-time': 'must be a time such as 2026-01-31T12:00:00Z',
};

/** A pattern says little to a person: where the schema has examples, they are shown. */
const patternWords = ({ parentSchema, message }: ErrorObject): string => {
  const examples: unknown = parentSchema?.['examples'];
  return Array.isArray(examples)
    ? `must be written like ${examples.map(String).join(' or ')}`
    : (message ?? 'is not written as it must be');
};

/** The rule in words, from the schema alone: nothing here comes from the value but the names of its fields. */
const said = (error: ErrorObject): string => {
  const params = error.params as Readonly<Record<string, unknown>>;
  switch (error.keyword) {
    case 'required':
      return `"${String(params['missingProperty'])}" is missing`;
    case 'additionalProperties':
    case 'unevaluatedProperties': {
      const name = String(params['additionalProperty'] ?? params['unevaluatedProperty']);
      const fields = fieldsOf(error.parentSchema);
      const near = closest(name, fields);
      const hint = near === undefined ? ` Fields: ${fields.join(', ')}` : ` Did you mean "${near}"?`;
      return `"${shown(name)}" is not a known field.${hint}`;
    }
    case 'enum':
      return `must be one of ${listed((params['allowedValues'] as readonly unknown[] | undefined) ?? [])}`;
    case 'const':
      return `must be ${listed([params['allowedValue']])}`;
    case 'type':
      return `must be of type ${String(params['type'])}`;
    case 'format':
      return formatWords[String(params['format'])] ?? error.message ?? 'is not written as it must be';
    case 'pattern':
      return patternWords(error);
    case 'uniqueItems':
      return 'must not say the same twice';
    case 'minItems':
    case 'maxItems':
      return `must have at ${error.keyword === 'minItems' ? 'least' : 'most'} ${String(params['limit'])}`;
    default:
      return error.message ?? `breaks the rule ${error.keyword}`;
  }
};

/** The errors of one ajv run as problems. */
export const problemsOf = (errors: readonly ErrorObject[] | null | undefined): readonly Problem[] =>
  // `if` only says that its `then` failed, which says so itself
  (errors ?? [])
    .filter(({ keyword }) => keyword !== 'if')
    .map((error) => ({ path: pathOf(error.instancePath), rule: error.keyword, message: said(error) }));

/** A validator over an ajv function that was compiled with `newAjv`. */
export const validatorOf =
  (validate: ValidateFunction): Validator =>
  (value) =>
    validate(value) ? [] : problemsOf(validate.errors);

/**
 * The validator of one schema of `schemas/`.
 * @param schemaId its folder and name, `record/person`, or the whole $id
 * @throws FichaError `schema-unknown`
 */
export function validatorFor(schemaId: string): Validator {
  const id = schemaId.startsWith(base) ? schemaId : `${base}${schemaId}.schema.json`;
  const validate = everySchema().getSchema(id);
  if (validate === undefined) {
    throw new FichaError('schema-unknown', `there is no schema ${schemaId} under schemas/`);
  }
  return validatorOf(validate as ValidateFunction);
}

/** Problems on one line, for a message: `emails.0: must be of type string; "country" is missing`. */
export const problemsInWords = (problems: readonly Problem[]): string =>
  problems.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; ');
