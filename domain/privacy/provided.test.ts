import { expect, test } from 'vitest';
import { privacyPolicy } from './privacy-policy.ts';
import { onlyProvided } from './provided.ts';

const rule = privacyPolicy.notPortable ?? { fields: [], interactionKinds: [] };
const exported = (kind: 'person' | 'interaction', externalId: string, fields: Readonly<Record<string, unknown>>) => ({
  kind,
  externalId,
  fields,
  attachments: [],
});
const parts = {
  systems: [
    {
      systemId: 'crm',
      title: 'CRM',
      records: [
        exported('person', '1', {
          email: 'ana@example.org',
          hs_lead_score: '71',
          properties: { leadScore: 9, phone: '+34 600', 'Churn probability': 0.2, underscored: 'yes' },
          internal_notes: 'difficult',
          orders: [{ number: 'F-1', segment: 'B' }],
        }),
        exported('interaction', 'n', { text: 'seems annoyed' }),
        exported('interaction', 'm', { text: 'where is my order?' }),
      ],
    },
  ],
  records: [
    { systemId: 'crm', kind: 'person', externalId: '1', canonical: { fullName: 'Ana', notes: 'difficult' } },
    { systemId: 'crm', kind: 'interaction', externalId: 'n', canonical: { interactionKind: 'note', text: 'seems annoyed' } },
    {
      systemId: 'crm',
      kind: 'interaction',
      externalId: 'm',
      canonical: { interactionKind: 'message', text: 'where is my order?' },
    },
  ] as const,
};

test('what the person gave and what was observed goes along, what the controller made of it does not', () => {
  const { systems, records } = onlyProvided(parts, rule);
  expect(systems[0]?.records.map(({ externalId, fields }) => [externalId, fields])).toEqual([
    ['1', { email: 'ana@example.org', properties: { phone: '+34 600', underscored: 'yes' }, orders: [{ number: 'F-1' }] }],
    ['m', { text: 'where is my order?' }],
  ]);
  expect(records).toEqual([
    { systemId: 'crm', kind: 'person', externalId: '1', canonical: { fullName: 'Ana' } },
    parts.records[2],
  ]);
});

test('a controller with another view says so in the policy', () => {
  expect(onlyProvided(parts, { fields: [], interactionKinds: [] })).toEqual(parts);
});
