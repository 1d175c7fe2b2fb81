import { expect, test } from 'vitest';
import type { ResolvableRecord } from '../../store/read/match.ts';
import { goldenClient, goldenOf } from './golden.ts';

const record = (id: string, phones: readonly string[], country?: string): ResolvableRecord => ({
  id,
  systemId: `system-${id}`,
  externalId: id,
  kind: 'person',
  sourceRank: Number(id),
  changedAt: null,
  clientId: null,
  deleted: false,
  seenAt: '2026-01-01T00:00:00.000Z',
  owns: false,
  canonical: { fullName: 'Ana Gil', phones, ...(country === undefined ? {} : { country }) },
});
const phonesOf = (...records: readonly ResolvableRecord[]): unknown =>
  goldenClient(
    { clientId: '01890000-0000-7000-8000-000000000000', absorbed: [], changed: new Set() },
    'person',
    records,
    goldenOf(),
  ).golden['phones'];

test('one number that systems write in their own ways is shown once, as it can be called from anywhere', () => {
  const ways = [record('1', ['646 498 650'], 'ES'), record('2', ['+34646498650']), record('3', ['0034 646-498-650'])];
  expect(phonesOf(...ways)).toEqual(['+34646498650']);
});

test('what is no number that can be read stays as it was written, and is not lost', () => {
  expect(phonesOf(record('1', ['ask at the desk']), record('2', ['646 498 650']))).toEqual(['ask at the desk', '646 498 650']);
});
