import { readdirSync } from 'node:fs';
import { fc, test as property } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { problemsInWords, validatorFor } from './validate.ts';

const person = validatorFor('record/person');

test('a valid person has no problem', () => {
  expect(person({ givenName: 'Ana', emails: ['ana@example.es'], addresses: [{ city: 'León' }] })).toEqual([]);
});

test('every schema compiles under strict rules', () => {
  const files = readdirSync(new URL('../schemas/', import.meta.url), { recursive: true, encoding: 'utf8' });
  const ids = files.filter((file) => file.endsWith('.schema.json')).map((file) => file.replace('.schema.json', ''));
  expect(ids.length).toBeGreaterThan(6);
  for (const id of ids) expect(() => validatorFor(id)({}), id).not.toThrow();
});

test('a misspelt field gets a suggestion', () => {
  expect(person({ emial: ['x'] })).toEqual([
    { path: '', rule: 'additionalProperties', message: '"emial" is not a known field. Did you mean "emails"?' },
  ]);
  expect(problemsInWords(person({ zzz: 1 }))).toContain('"zzz" is not a known field. Fields: givenName, familyName');
});

test('each problem names its place and rule', () => {
  expect(person({ emails: [7], country: 'Spain', birthDate: '31/12/1980' })).toEqual([
    { path: 'emails.0', rule: 'type', message: 'must be of type string' },
    { path: 'birthDate', rule: 'format', message: 'must be a day such as 2026-01-31' },
    { path: 'country', rule: 'pattern', message: 'must match pattern "^[A-Z]{2}$"' },
  ]);
  expect(problemsInWords(validatorFor('record/sale')({}))).toContain('"currency" is missing');
});

test('an order that is refused says in words how to write it', () => {
  const [id, other] = ['01890000-0000-7000-8000-000000000000', '01890000-0000-7000-8000-000000000001'];
  const words = (schema: string, body: object): string => problemsInWords(validatorFor(`command/${schema}`)(body));
  expect(words('merge-clients', { clientIds: [id, id] })).toBe('clientIds: must not say the same twice');
  expect(words('merge-clients', { clientIds: [other] })).toBe('clientIds: must have at least 2');
  expect(words('undo-decision', { decisionId: 'x' })).toContain('decisionId: must be an id as Ficha shows them (a UUID)');
  expect(words('link-records', { one: 'a', other: 'erp:17', answer: 'same' })).toBe('one: must be written like 4711 or erp:17');
});

test('a schema that is not there is named', () => {
  expect(() => validatorFor('record/persona')).toThrow(/schema-unknown.*record\/persona/);
});

property.prop([fc.emailAddress(), fc.constantFrom('givenName', 'country', 'birthDate', 'taxId', 'language')])(
  'no problem repeats a value or a key that is data',
  (secret, field) => {
    const problems = person({
      [field]: [secret],
      [secret]: secret,
      emails: [{ [secret]: secret }],
      addresses: [{ [secret]: 1 }],
    });
    expect(problems.length).toBeGreaterThan(2);
    expect(JSON.stringify(problems)).not.toContain(secret);
  },
);
