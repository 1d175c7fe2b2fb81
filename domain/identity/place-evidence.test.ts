import { expect, test } from 'vitest';
import { streetOf } from './place-evidence.ts';

test.each([
  ['bath 23', 'bat pace 23', 'the type is written so that nobody knows it, the name with a slip'],
  ['mckinley 2', 'mckinleycircuit 2', 'the type without a gap'],
  ['colebatch 12', 'colebatchplace 12', 'the type without a gap'],
] as const)('%s and %s can be one street: %s', (one, other, _why) => {
  expect(streetOf([one], [other])).toBe('similar');
  expect(streetOf([other], [one])).toBe('similar');
});

test.each([
  ['bath 23', 'bat pace 24', 'another number'],
  ['bath 23', 'mill pace 23', 'another name'],
  ['bath 23', 'bat hill pace 23', 'two words more are a longer name'],
  ['bath', 'bat pace', 'no number'],
] as const)('%s and %s are two: %s', (one, other, _why) => {
  expect(streetOf([one], [other])).toBe('differ');
});
