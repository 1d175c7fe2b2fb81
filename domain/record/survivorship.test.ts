import { fc, test as property } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { type Candidate, survivor } from './survivorship.ts';

const says = (value: unknown, over: Partial<Candidate> = {}): Candidate => ({
  sourceRecordId: '1',
  linkedSystemId: 'erp',
  value,
  at: '2026-01-01T00:00:00.000Z',
  sourceRank: 100,
  ...over,
});

test('the source of the better rank wins, and what lost is kept', () => {
  const golden = survivor('taxId', [says('A', { sourceRank: 20 }), says('B', { sourceRank: 10, sourceRecordId: '2' })]);
  expect(golden).toMatchObject({ value: 'B', rule: 'source-rank', losing: [{ value: 'A' }] });
});
test('the more complete name wins, accents and small letters count', () => {
  expect(survivor('familyName', [says('Garcia'), says('García', { sourceRank: 900 })])?.value).toBe('García');
  expect(survivor('familyName', [says('PEÑA'), says('Peña', { sourceRank: 900 })])?.value).toBe('Peña');
});
test('addresses of every record are kept, each once', () => {
  expect(
    survivor('emails', [says(['a@x.example', 'b@x.example']), says(['b@x.example', 'c@x.example'], { sourceRank: 1 })])?.value,
  ).toEqual(['b@x.example', 'c@x.example', 'a@x.example']);
});
test('nobody says anything: there is no value', () => expect(survivor('role', [])).toBeUndefined());

const candidates = fc.array(
  fc.record({
    sourceRecordId: fc.nat({ max: 99 }).map(String),
    linkedSystemId: fc.constantFrom('erp', 'sheet'),
    value: fc.constantFrom('Ana', 'ANA', 'Ana María', 'Anna'),
    at: fc.constantFrom(null, '2026-01-01T00:00:00.000Z', '2026-02-01T00:00:00.000Z'),
    sourceRank: fc.constantFrom(10, 20),
  }),
  { minLength: 1, maxLength: 6 },
);
property.prop([candidates, fc.constantFrom('givenName', 'taxId', 'role')], { numRuns: 1_000 })(
  'the order of the records never matters',
  (all, field) => {
    expect(survivor(field, [...all].reverse())?.value).toEqual(survivor(field, all)?.value);
  },
);
