import { expect, test } from 'vitest';
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

test('a receipt speaks in terms that the vocabulary has; a first no is refused, one after a yes withdrawn', () => {
  const said = (answer: string, at: string, worth = answer): ProvenEvent => ({
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
  const receipt = consentReceipt(
    consentPolicy,
    'client',
    [said('denied', '1'), said('pending', '2'), said('granted', '3', 'expired'), said('granted', '4'), said('denied', '5')],
    '6',
  );
  expect(receipt.pii_processing[0]?.events.map((event) => event.event_state)).toEqual([
    'dpv:ConsentRefused',
    'dpv:ConsentRequested',
    'dpv:ConsentExpired',
    'dpv:ConsentGiven',
    'dpv:ConsentWithdrawn',
  ]);
  const named = JSON.stringify([receipt, consentPolicy.purposes]).match(/dpv:[A-Z]\w+/g) ?? [];
  expect(named.filter((term) => !dpvTerms.includes(term))).toEqual([]);
});
