import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { newAjv } from '../platform/validate.ts';

interface Operation {
  readonly requestBody?: { readonly content: { readonly 'application/json': { readonly schema: object } } };
  readonly parameters?: readonly { readonly name: string; readonly in: 'path' | 'query' }[];
}

const document = JSON.parse(readFileSync(new URL('../docs/reference/openapi.json', import.meta.url), 'utf8')) as {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
};

test('every body in the OpenAPI document is a schema that compiles, and every place in a path is a parameter', () => {
  expect(document.openapi).toBe('3.1.1');
  expect(Object.keys(document.paths).length).toBeGreaterThan(25);
  for (const [path, operations] of Object.entries(document.paths)) {
    for (const { requestBody, parameters = [] } of Object.values(operations)) {
      if (requestBody) expect(() => newAjv().compile(requestBody.content['application/json'].schema), path).not.toThrow();
      expect(
        parameters.filter((one) => one.in === 'path').map(({ name }) => name),
        path,
      ).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
    }
  }
});
