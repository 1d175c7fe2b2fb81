import { expect, test } from 'vitest';
import type { ConsentPolicy } from '../../schemas/types.ts';
import { consentPolicy } from './consent-policy.ts';
import { consentReceipt, type ProvenEvent } from './consent-receipt.ts';

/** Terms of the Data Privacy Vocabulary 2 that may stand in a policy or a receipt. @see https://w3id.org/dpv */
const dpvTerms = [
  'dpv:DirectMarketing',
  'dpv:Marketing',
  'dpv:Personalisation',
  'dpv:ServiceProvision',
  'dpv:ConsentGiven',
  'dpv:ConsentRefused',
  'dpv:ConsentWithdrawn',
  'dpv:ConsentRequested',
  'dpv:ConsentExpired',
  'dpv:ConsentReceipt',
];

/** Terms of its extension for the GDPR: bases and rights by article. @see https://w3id.org/dpv/legal/eu/gdpr */
const gdprTerms = ['A6-1-a', 'A6-1-b', 'A7-3', 'A15', 'A16', 'A17', 'A18', 'A20', 'A21', 'A77'].map((term) => `eu-gdpr:${term}`);

/** The age from which a child consents alone (GDPR art. 8(1)). @see European Commission, SWD(2020) 115, p. 17 */
const agesOfLaw = {
  13: ['BE', 'EE', 'FI', 'LV', 'MT', 'PT', 'SE'],
  14: ['AT', 'BG', 'CY', 'ES', 'IT', 'LT'],
  15: ['CZ', 'FR', 'GR'],
  16: ['DE', 'HR', 'HU', 'IE', 'LU', 'NL', 'PL', 'RO', 'SK'],
} as const;

test('a country has the age of its law where a source says it, and 16 holds elsewhere', () => {
  const ages = Object.fromEntries(
    Object.entries(agesOfLaw).flatMap(([age, countries]) => countries.map((country) => [country, Number(age)])),
  );
  expect(consentPolicy.ageOfConsent).toEqual({ ...ages, default: 16 });
  expect(consentPolicy.ageOfConsentSource).toContain('SWD(2020) 115');
});

/** One thing said of marketing by e-mail. */
const event = (answer: string, at: string, worth = answer): ProvenEvent => ({
  id: at,
  purpose: 'marketing',
  channel: 'email',
  answer,
  worth,
  at,
  receivedAt: at,
  linkedSystemId: null,
  legalBasis: 'consent',
  how: 'telephone',
  textVersion: null,
  language: null,
  givenBy: null,
  evidence: null,
});

test('a receipt speaks in terms that the vocabulary has; a first no is refused, one after a yes withdrawn', () => {
  const receipt = consentReceipt(
    consentPolicy,
    'client',
    [event('denied', '1'), event('pending', '2'), event('granted', '3', 'expired'), event('granted', '4'), event('denied', '5')],
    { fields: ['emails', 'givenName'], special: ['health'], systems: [] },
    '6',
  );
  expect(receipt.pii_processing[0]?.events.map(({ event_state }) => event_state)).toEqual([
    'dpv:ConsentRefused',
    'dpv:ConsentRequested',
    'dpv:ConsentExpired',
    'dpv:ConsentGiven',
    'dpv:ConsentWithdrawn',
  ]);
  expect(receipt.pii_information).toEqual([
    { pii_type: 'contact', special: false },
    { pii_type: 'identity', special: false },
    { pii_type: 'health', special: true },
  ]);
  const named = JSON.stringify([receipt, consentPolicy.purposes]).match(/dpv:[A-Z]\w+/g) ?? [];
  expect(named.filter((term) => !dpvTerms.includes(term))).toEqual([]);
  const articles = JSON.stringify(receipt).match(/eu-gdpr:[\w-]+/g) ?? [];
  expect(articles).toContain('eu-gdpr:A6-1-a');
  expect(articles.filter((term) => !gdprTerms.includes(term))).toEqual([]);
});

test('a yes of a purpose that expires says for how long it holds', () => {
  const newsletter = { ...consentPolicy.purposes['newsletter'], expiresAfterMonths: 24 } as ConsentPolicy['purposes'][string];
  const yes = { ...event('granted', '1'), purpose: 'newsletter' };
  const policy = { ...consentPolicy, purposes: { newsletter } };
  const held = { fields: [], special: [], systems: [] };
  const [processing] = consentReceipt(policy, 'client', [yes, { ...yes, answer: 'denied' }], held, '6').pii_processing;
  expect(processing?.events.map(({ validity_duration }) => validity_duration)).toEqual(['P24M', null]);
});
