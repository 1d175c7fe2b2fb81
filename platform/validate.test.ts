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
    { path: 'birthDate', rule: 'format', message: 'must match format "date"' },
    { path: 'country', rule: 'pattern', message: 'must match pattern "^[A-Z]{2}$"' },
  ]);
  expect(problemsInWords(validatorFor('record/sale')({}))).toContain('"currency" is missing');
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
