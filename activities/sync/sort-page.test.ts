import { createHash } from 'node:crypto';
import { fc, test } from '@fast-check/vitest';
import canonicalize from 'canonicalize';
import { describe, expect } from 'vitest';
import { type SortedPage, sortedParts } from './sort-page.ts';

const person = (raw: unknown, externalId = 'a') => ({
  kind: 'person' as const,
  externalId,
  raw,
  canonical: { givenName: 'Ana' },
});

/** The parts of a page as one. */
async function sortPage(page: Parameters<typeof sortedParts>[0]): Promise<SortedPage> {
  const parts: SortedPage[] = [];
  for await (const part of sortedParts(page)) parts.push(part);
  return { valid: parts.flatMap(({ valid }) => valid), rejected: parts.flatMap(({ rejected }) => rejected) };
}

/** Any JSON, with the characters that PostgreSQL cannot hold among its texts and keys. */
const anyRaw = fc
  .jsonValue({ maxDepth: 4, stringUnit: fc.constantFrom('a', '\0', '\ud800', '\udc00', '\\', '"', 'u0000', '😀') })
  .map((value): unknown => JSON.parse(JSON.stringify(value))); // as an answer brings it: no -0

/** What PostgreSQL's jsonb can hold of a text. */
const mended = (text: string): string => text.replaceAll(/\0|\p{Surrogate}/gu, '\ufffd');
const mendedIn = (value: unknown): unknown => {
  if (typeof value === 'string') return mended(value);
  if (Array.isArray(value)) return value.map(mendedIn);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [mended(key), mendedIn(one)]));
};

describe('a page is sorted', () => {
  test.prop([anyRaw], { numRuns: 500 })(
    'what cannot be stored is mended, the rest is as it came, and the hash is of both',
    async (raw) => {
      const { valid, rejected } = await sortPage({ records: [person(raw)], rejected: [] });
      const [record] = valid;
      expect(rejected).toEqual([]);
      const held: unknown = JSON.parse(record?.rawText ?? '');
      expect(held).toEqual(mendedIn(raw));
      const text = canonicalize({ canonical: { givenName: 'Ana' }, raw: held }) ?? '';
      expect(record?.contentHash).toBe(createHash('sha256').update(text).digest('hex'));
    },
  );

  test('an id with half a character is mended too', async () => {
    const { valid } = await sortPage({ records: [person({}, 'a\ud800\0')], rejected: [] });
    expect(valid.map(({ externalId }) => externalId)).toEqual(['a\ufffd\ufffd']);
  });

  test('of two records of one id the later counts, and what no schema allows is aside with its reason, however long the page', async () => {
    const many = Array.from({ length: 120 }, (_, place) => person({ place }, `id-${place % 60}`));
    const broken = { ...person({}, 'broken'), canonical: { givenName: Number.NaN } };
    const { valid, rejected } = await sortPage({ records: [...many, broken], rejected: [] });
    expect(valid.map(({ raw }) => raw)).toEqual(Array.from({ length: 60 }, (_, place) => ({ place: place + 60 })));
    expect(rejected).toMatchObject([{ externalId: 'broken', reasonCode: 'invalid-record' }]);
  });
});
