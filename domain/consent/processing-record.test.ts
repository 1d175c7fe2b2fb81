import { expect, test } from 'vitest';
import { canonicalFields } from '../../connectors/kit/canonical-fields.ts';
import type { RecordKind } from '../record/source-record.ts';
import { consentPolicy } from './consent-policy.ts';
import { categorised, processingRecord } from './processing-record.ts';
import words from './processing-words.json' with { type: 'json' };

const kinds: readonly RecordKind[] = ['person', 'company', 'sale', 'interaction', 'consent', 'document'];
const at = '2026-06-01T00:00:00.000Z';

test('every field of every kind of record has a category, and the page has a word for each in four languages', () => {
  const named = kinds.flatMap((kind) => categorised(kind, canonicalFields(kind)));
  expect(named.length).toBeGreaterThan(50);
  for (const language of ['es', 'it', 'fr', 'en'] as const) {
    const keys = Object.keys(words[language]);
    expect(keys, language).toEqual(Object.keys(words.en));
    expect(named.filter(({ category }) => !keys.includes(`data.${category}`))).toEqual([]);
  }
  expect(categorised('person', ['emails', 'notes', 'taxId']).map(({ category }) => category)).toEqual([
    'contact',
    'special',
    'tax-id',
  ]);
});

test('a system is a recipient with what it holds, in its own words too; one outside the Union is a transfer', () => {
  const about = {
    name: 'mailer',
    title: 'Mailer',
    language: 'en' as const,
    docs: '',
    region: ['us'],
    transferBasis: 'standard clauses',
    secrets: [],
    settings: [],
    scopes: [],
    erases: true,
    eraseModes: [],
    eraseNotes: [],
    residue: [],
    gaps: [],
    keeps: [],
    personal: [{ stream: 'person', field: 'email_address', category: 'contact' }],
  };
  const line = { linkedSystemId: 'm', title: 'Our mailer', connector: 'mailer', kind: 'person', records: 2, fields: ['emails'] };
  const special = [{ linkedSystemId: 'm', field: 'merge_fields.DIET', category: 'health', held: 1, aside: 2 }];
  const record = processingRecord({ policy: consentPolicy, said: [], held: [line], special, connectors: [about] }, at);
  expect(record.transfers).toEqual(record.recipients);
  expect(record.recipients).toMatchObject([
    { title: 'Our mailer', categories: ['contact'], vendorFields: about.personal, special: [{ category: 'health', aside: 2 }] },
  ]);
});

test('a purpose that a system brought and nobody described is named as such', () => {
  const said = [
    { purpose: 'raffle', people: 3, linkedSystemIds: ['m'] },
    { purpose: '*', people: 1, linkedSystemIds: [] },
  ];
  expect(
    processingRecord({ policy: consentPolicy, said, held: [], special: [], connectors: [] }, at).unconfiguredPurposes,
  ).toEqual(['raffle']);
});
