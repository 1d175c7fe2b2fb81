import { readFileSync } from 'node:fs';
import { triedDry } from './dry-run.ts';

/** One route of the command API, as its own code says it. */
export interface Route {
  readonly method: string;
  readonly path: string;
  /** Roles that may call it; undefined when the link in the path is the right. */
  readonly allowed: readonly string[] | undefined;
  /** File name under schemas/command without its ending. */
  readonly schema: string | undefined;
}

type Json = Readonly<Record<string, unknown>>;

const problem = {
  description: 'What is wrong and the way out; no personal data',
  content: {
    'application/json': {
      schema: {
        type: 'object',
        properties: { code: { type: 'string' }, message: { type: 'string' }, errorId: { type: 'string' } },
        required: ['code', 'message'],
      },
    },
  },
};

const schemaOf = (name: string): Json => {
  const {
    $schema: _dialect,
    $id: _id,
    ...schema
  } = JSON.parse(readFileSync(new URL(`../schemas/command/${name}.schema.json`, import.meta.url), 'utf8')) as Json; // our own schema
  return schema;
};

const parametersIn = (path: string): readonly Json[] =>
  [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({ name, in: 'path', required: true, schema: { type: 'string' } }));

const dryRun: Json = {
  name: 'dryRun',
  in: 'query',
  description: 'Check and do everything, and keep nothing',
  schema: { const: 'true' },
};

function operation({ method, path, allowed, schema }: Route): Json {
  const parameters = [...parametersIn(path), ...(triedDry.includes(`${method} ${path}`) ? [dryRun] : [])];
  const description = schema === undefined ? undefined : schemaOf(schema)['description'];
  return {
    ...(description === undefined ? {} : { description }),
    ...(allowed === undefined ? { security: [] } : { 'x-roles': allowed }),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(schema === undefined
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: schemaOf(schema) } } } }),
    responses: { '2XX': { description: 'Done, or taken and on its way' }, '4XX': problem, '5XX': problem },
  };
}

/**
 * The command API as OpenAPI 3.1, whose schemas are JSON Schema 2020-12, as ours are.
 * @see https://spec.openapis.org/oas/v3.1.1.html
 */
export function openApi(routes: readonly Route[], version: string): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes) {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route) };
  }
  return {
    openapi: '3.1.1',
    info: { title: 'Ficha command API', version, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    security: [{ bearer: [] }],
    paths,
    components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } },
  };
}
