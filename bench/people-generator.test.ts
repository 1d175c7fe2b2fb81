import { expect, test } from 'vitest';
import { generatePeople } from './people-generator.ts';

const rows = (count: number, seed: number) => [...generatePeople(count, seed)];

test('one seed gives one set of people, another seed another', () => {
  expect(rows(2_000, 7)).toEqual(rows(2_000, 7));
  expect(rows(2_000, 7)).not.toEqual(rows(2_000, 8));
});

test('there are as many records as asked for, each id once, none of them with a comma', () => {
  const people = rows(3_001, 1);
  expect(people).toHaveLength(3_001);
  expect(new Set(people.map(({ uniqueId }) => uniqueId)).size).toBe(3_001);
  expect(people.some((row) => Object.values(row).some((value) => String(value).includes(',')))).toBe(false);
});

test('the traps are there: shared telephones, namesakes, swapped names, placeholders, missing fields', () => {
  const people = rows(20_000, 3);
  const usersOf = (value: (row: (typeof people)[number]) => string): number => {
    const users = new Map<string, Set<string>>();
    for (const row of people) if (value(row) !== '') users.set(value(row), (users.get(value(row)) ?? new Set()).add(row.cluster));
    return [...users.values()].filter(({ size }) => size > 1 && size < 10).length;
  };
  expect(usersOf(({ phone }) => phone.replace('+34', '').replaceAll(' ', ''))).toBeGreaterThan(200);
  expect(usersOf(({ email }) => (email.includes('@') ? email : ''))).toBeGreaterThan(50);
  expect(usersOf(({ givenName, surname, postcode }) => `${givenName} ${surname} ${postcode}`)).toBeGreaterThan(20);
  expect(people.filter(({ birthDate }) => birthDate === '').length / people.length).toBeCloseTo(0.35, 1);
  expect(people.filter(({ email }) => email === 'no@no.com').length).toBeGreaterThan(50);
});
