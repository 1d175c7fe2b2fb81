import { expect, test } from 'vitest';
import type { AccessReport } from '../../schemas/types.ts';
import { accessReport, type AccessParts } from './access-report.ts';
import { privacyPolicy } from './privacy-policy.ts';

const parts: AccessParts = {
  systems: [{ systemId: 'erp', title: 'ERP', records: [{}] }],
  records: [{ systemId: 'erp', kind: 'person', externalId: '1', canonical: {} }],
  acquisitionSource: 'trade fair',
  places: new Map([['erp', { regions: ['eu'], safeguard: null }]]),
  handedTo: ['Seguros Norte S.A.'],
  controller: privacyPolicy.controller,
  language: 'en',
};

/** GDPR art. 15(1)(a) to (h), in that order, and 15(2). */
const items: readonly (keyof AccessReport)[] = [
  'purposes',
  'categories',
  'recipients',
  'retention',
  'rights',
  'complaint',
  'source',
  'automatedDecisions',
  'transfers',
  'keptIn',
];

test('an answer of access tells each of the eight items and the safeguards, in each language', () => {
  for (const language of ['es', 'it', 'fr', 'en'] as const) {
    const report = accessReport({ ...parts, language });
    for (const item of items) expect(report[item], `${language} ${item}`).not.toHaveLength(0);
    expect(report.recipients).toEqual(['ERP', 'Seguros Norte S.A.']);
    expect(report.source).toMatch(/ERP, trade fair$/);
  }
});

test('of whom nothing is held is told so, not that it came from nowhere', () => {
  const nobody = { ...parts, systems: [{ systemId: 'erp', title: 'ERP', records: [] }], records: [], acquisitionSource: null };
  expect(accessReport({ ...nobody, handedTo: [] })).toMatchObject({
    source: 'we hold no data of yours',
    recipients: [],
    keptIn: [],
  });
});
