import { fc, test } from '@fast-check/vitest';
import canonicalize from 'canonicalize';
import { describe, expect } from 'vitest';
import { canonicalJson } from './canonical-json.ts';

/** JSON values whose texts and keys hold any character, escapes and signs beyond the first plane among them. */
const values = fc.oneof(
  fc.jsonValue({ maxDepth: 5, stringUnit: 'binary' }),
  fc.object({
    key: fc.string({ unit: 'binary' }),
    values: [fc.double({ noNaN: true, noDefaultInfinity: true }), fc.date(), fc.string()],
  }),
);

describe('the one text of a JSON value', () => {
  test.prop([values], { numRuns: 2_000 })('is the one of RFC 8785, as another implementation writes it', (value) => {
    expect(canonicalJson(value)).toBe(canonicalize(value));
  });

  test.each([
    undefined,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    { a: [Number.NaN] },
    () => 1,
    { a: 1n },
    '\ud800',
    { 'x\udfff': 1 },
    ['\\\udc00'],
  ])('there is none of %s', (value) => {
    expect(() => canonicalJson(value)).toThrow(expect.objectContaining({ code: 'not-json' }));
  });

  test('a value that holds itself has none', () => {
    const value: { self?: unknown } = {};
    value.self = value;
    expect(() => canonicalJson(value)).toThrow(expect.objectContaining({ code: 'not-json' }));
  });

  test('the text of an escape is no half of a character', () => {
    expect(canonicalJson('\\ud800')).toBe('"\\\\ud800"');
  });
});
