import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv, type ValidateFunction } from 'ajv';

type Json = Readonly<Record<string, unknown>>;

interface Parameter extends Json {
  readonly name: string;
  readonly in: 'query' | 'path' | 'header' | 'body' | 'formData' | 'cookie';
  readonly required?: boolean;
  readonly schema?: Json;
}

interface Operation {
  readonly method: string;
  readonly pattern: RegExp;
  readonly fixed: number;
  readonly pointer: string;
  readonly pathItem: Json;
  readonly operation: Json;
}

/** Says what is wrong with one request by the vendor's description; undefined when it conforms. */
export type RequestCheck = (request: {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
}) => string | undefined;

const shared = fileURLToPath(new URL('../../../../shared/specs/', import.meta.url));
const methods = ['get', 'post', 'put', 'patch', 'delete'];

/** Words of OpenAPI 3.0 and Swagger 2 that JSON Schema spells otherwise or does not know. */
const untranslated = [
  'example',
  'examples',
  'discriminator',
  'xml',
  'externalDocs',
  'deprecated',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'readOnly',
  'writeOnly',
  'format',
  '$schema',
  '$id',
  'collectionFormat',
  'nullable',
];

/** Vendors write patterns of other languages too; one that this one cannot read is left out. */
function isForeignPattern(key: string, value: unknown): boolean {
  if (key !== 'pattern' || typeof value !== 'string') return false;
  try {
    new RegExp(value, 'u');
    return false;
  } catch {
    return true;
  }
}

/** The document as JSON Schema reads it: `nullable` becomes a type, what ajv would trip over goes. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value as Json).filter(
    ([key, inner]) =>
      (!untranslated.includes(key) && !isForeignPattern(key, inner)) ||
      (typeof inner === 'object' && inner !== null && !Array.isArray(inner) && !key.startsWith('ex') && key !== 'discriminator'),
  );
  const result = Object.fromEntries(entries.map(([key, inner]) => [key, plain(inner)]));
  const { nullable } = value as Json;
  if (nullable !== true) return result;
  return typeof result['type'] === 'string'
    ? { ...result, type: [result['type'], 'null'], ...(Array.isArray(result['enum']) ? { enum: [...result['enum'], null] } : {}) }
    : result;
}

const at = (document: unknown, pointer: string): unknown =>
  pointer
    .replace(/^#\//, '')
    .split('/')
    .reduce<unknown>(
      (here, part) => (here as Json | undefined)?.[decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~')],
      document,
    );

const escaped = (text: string): string => text.replaceAll('~', '~0').replaceAll('/', '~1');

function operationsOf(document: Json): Operation[] {
  return Object.entries((document['paths'] ?? {}) as Readonly<Record<string, Json>>).flatMap(([path, pathItem]) =>
    methods.flatMap((method) => {
      const operation = pathItem[method] as Json | undefined;
      if (operation === undefined) return [];
      const pattern = new RegExp(
        `^${
          path
            .split('?')[0]
            ?.replaceAll(/[.*+^$()|[\]\\]/g, '\\$&')
            .replaceAll(/\{[^}]+\}/g, '[^/]+') ?? ''
        }/?$`,
      );
      const fixed = path.replaceAll(/\{[^}]+\}/g, '').length;
      return [
        { method: method.toUpperCase(), pattern, fixed, pointer: `/paths/${escaped(path)}/${method}`, pathItem, operation },
      ];
    }),
  );
}

/** `page[size]` and `page.size` are parts of `page`. */
const isPartOf = (name: string, whole: string): boolean => name.startsWith(`${whole}[`) || name.startsWith(`${whole}.`);

const typed = (text: string, schema: Json): unknown => {
  const type = schema['type'];
  if (type === 'integer' || type === 'number') return text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text);
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  return type === 'array' ? text.split(',').map((part) => typed(part, (schema['items'] ?? {}) as Json)) : text;
};

/** Checks requests against one OpenAPI 3 or Swagger 2 document. */
export function openApiCheck(text: string): RequestCheck {
  const document = plain(JSON.parse(text)) as Json; // an object: the document of one API
  const ajv = new Ajv({ strict: false, validateFormats: false, logger: false, allErrors: false });
  ajv.addSchema(document, 'spec', undefined, false);
  const operations = operationsOf(document);
  const compiled = new Map<string, ValidateFunction>();
  const validate = (key: string, schema: Json): ValidateFunction => {
    const known = compiled.get(key) ?? ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"spec#/')) as Json);
    compiled.set(key, known);
    return known;
  };
  const resolved = <Value extends Json>(value: Value | { readonly $ref: string }): Value =>
    ('$ref' in value && typeof value.$ref === 'string' ? at(document, value.$ref) : value) as Value; // a $ref names one of the same kind
  return ({ method, path, query, body }) => {
    const [found] = operations
      .filter((one) => one.method === method && one.pattern.test(path))
      .sort((one, other) => other.fixed - one.fixed);
    if (found === undefined) return `${method} of this path is not in the description`;
    const { operation, pathItem, pointer } = found;
    const parameters = [
      ...((pathItem['parameters'] ?? []) as Parameter[]),
      ...((operation['parameters'] ?? []) as Parameter[]),
    ].map((one) => resolved<Parameter>(one));
    for (const name of new Set(query.keys())) {
      const parameter = parameters.find((one) => one.in === 'query' && (one.name === name || isPartOf(name, one.name)));
      if (parameter === undefined) return `query parameter "${name}" is not in the description`;
      const schema = resolved(parameter.schema ?? parameter);
      const check = validate(
        `${pointer}?${name}`,
        parameter.schema === undefined
          ? {
              type: schema['type'] ?? 'string',
              ...(schema['enum'] === undefined ? {} : { enum: schema['enum'] }),
              ...(schema['maximum'] === undefined ? {} : { maximum: schema['maximum'] }),
            }
          : schema,
      );
      if (!isPartOf(name, parameter.name) && !check(typed(query.get(name) ?? '', schema)))
        return `query parameter "${name}" ${ajv.errorsText(check.errors)}`;
    }
    const given = [...query.keys()];
    const missing = parameters.find(
      ({ in: place, required, name }) =>
        place === 'query' && required === true && !given.some((one) => one === name || isPartOf(one, name)),
    );
    if (missing !== undefined) return `query parameter "${missing.name}" is missing`;
    const requestBody = operation['requestBody'] === undefined ? undefined : resolved(operation['requestBody'] as Json);
    const content = requestBody?.['content'] as Readonly<Record<string, { readonly schema?: Json }>> | undefined;
    const of = (pattern: RegExp) => Object.entries(content ?? {}).find(([type]) => pattern.test(type))?.[1];
    const described = of(/[/+]json$/) ?? of(/form-urlencoded$/);
    const schema = described?.schema ?? parameters.find((one) => one.in === 'body')?.schema;
    if (schema === undefined) return undefined;
    if (body === undefined) return requestBody?.['required'] === true ? 'the body is missing' : undefined;
    const check = validate(pointer, schema);
    return check(body) ? undefined : `body ${ajv.errorsText(check.errors)}`;
  };
}

/** Those paths of a description that fit; of one that is not at hand, none. */
export const pathsOf = (spec: string | undefined, fitting: RegExp): Json => {
  const { paths } = JSON.parse(spec ?? '{"paths":{}}') as { readonly paths: Json }; // a description has paths
  return Object.fromEntries(Object.entries(paths).filter(([path]) => fitting.test(path)));
};

/** A description with more paths than its copy has, such as those that were trimmed away. */
export const withPaths = (spec: string | undefined, paths: Json): string | undefined => {
  if (spec === undefined) return undefined;
  const document = JSON.parse(spec) as { readonly paths: Json }; // a description has paths
  return JSON.stringify({ ...document, paths: { ...document.paths, ...paths } });
};

/**
 * The text of a vendor's own description, which is not ours to publish; undefined where it is not at hand.
 * @public for authors of twins (docs/connectors/author-guide.md)
 */
export const vendorSpec = (name: string): string | undefined =>
  existsSync(join(shared, name)) ? readFileSync(join(shared, name), 'utf8') : undefined;
