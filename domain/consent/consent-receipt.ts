import type { ConsentPolicy } from '../../schemas/types.ts';
import { fieldCategory } from '../record/field-category.ts';
import { purposeOf } from './consent-policy.ts';

/** One event of a ledger with everything that proves it. */
export interface ProvenEvent {
  readonly id: string;
  readonly purpose: string;
  readonly channel: string;
  readonly answer: string;
  /** What the answer is worth now. */
  readonly worth: string;
  readonly at: string;
  readonly receivedAt: string;
  readonly linkedSystemId: string | null;
  readonly legalBasis: string;
  readonly how: string | null;
  readonly textVersion: string | null;
  readonly language: string | null;
  readonly givenBy: string | null;
  readonly evidence: string | null;
}

/** What is held of the person whose receipt it is, and where. */
export interface HeldOfPerson {
  /** Names of the fields of their golden record. */
  readonly fields: readonly string[];
  /** Special categories of which a value may be held. */
  readonly special: readonly string[];
  /** The linked systems that hold a record of them. */
  readonly systems: readonly {
    readonly linkedSystemId: string;
    readonly title: string;
    readonly regions: readonly string[];
    readonly transferBasis: string | null;
  }[];
}

const statusOf: Readonly<Record<string, string>> = {
  granted: 'dpv:ConsentGiven',
  pending: 'dpv:ConsentRequested',
  expired: 'dpv:ConsentExpired',
};

type Language = 'es' | 'it' | 'fr' | 'en';
const languageOf = (code: string | null): Language => (['es', 'it', 'fr', 'en'] as const).find((one) => one === code) ?? 'en';

/** Legal bases that the vocabulary names, by the words of a policy. @see https://w3id.org/dpv/legal/eu/gdpr */
const basisOf: Readonly<Record<string, string>> = {
  consent: 'eu-gdpr:A6-1-a',
  'explicit consent': 'eu-gdpr:A9-2-a',
  contract: 'eu-gdpr:A6-1-b',
  'legal obligation': 'eu-gdpr:A6-1-c',
  'legitimate interest': 'eu-gdpr:A6-1-f',
};

/** What the person may ask for at any time. @see https://w3id.org/dpv/legal/eu/gdpr */
const rights: readonly string[] = ['A7-3', 'A15', 'A16', 'A17', 'A18', 'A20', 'A21', 'A77'].map(
  (article) => `eu-gdpr:${article}`,
);

/** A no takes a yes back, or was the first word; what no word says has a term of its own. @see https://w3id.org/dpv#ConsentStatus */
const termOf = ({ worth, at }: ProvenEvent, events: readonly ProvenEvent[]): string =>
  worth === 'denied'
    ? events.some((before) => before.answer === 'granted' && before.at < at)
      ? 'dpv:ConsentWithdrawn'
      : 'dpv:ConsentRefused'
    : (statusOf[worth] ?? 'dpv:ConsentUnknown');

/** ISO 8601; null: until it is taken back. Only a yes has an end. */
const validityOf = ({ answer }: ProvenEvent, months: number | undefined): string | null =>
  answer === 'granted' && months !== undefined ? `P${months}M` : null;

const eventOf = (event: ProvenEvent, events: readonly ProvenEvent[], months: number | undefined) => ({
  event_id: event.id,
  event_time: event.at,
  received_time: event.receivedAt,
  validity_duration: validityOf(event, months),
  event_type: event.answer,
  event_state: termOf(event, events),
  entity: event.givenBy ?? 'person',
  method: event.how,
  source: event.linkedSystemId ?? 'ficha',
  evidence: event.evidence,
});

function processingOf(policy: ConsentPolicy, purpose: string, channel: string, events: readonly ProvenEvent[]) {
  const configured = purposeOf(policy, purpose);
  const shown = events.findLast(({ textVersion }) => textVersion !== null);
  const language = languageOf(shown?.language ?? null);
  const text = configured?.texts?.find(({ version }) => version === shown?.textVersion)?.text[language];
  const basis = configured?.legalBasis ?? events.at(-1)?.legalBasis ?? 'consent';
  return {
    purpose: configured?.title[language] ?? purpose,
    purpose_id: purpose,
    purpose_type: configured?.dpv ?? 'dpv:Purpose',
    channel,
    lawful_basis: basis,
    lawful_basis_type: basisOf[basis] ?? 'dpv:LegalBasis',
    optional: configured?.optional ?? true,
    notice:
      shown === undefined
        ? null
        : { version: shown.textVersion, language: shown.language, ...(text === undefined ? {} : { text }) },
    storage_duration_months: configured?.expiresAfterMonths ?? null,
    pii_controllers: ['controller'],
    events: events.map((event) => eventOf(event, events, configured?.expiresAfterMonths)),
  };
}

const typesOf = ({ fields, special }: HeldOfPerson) => [
  ...[...new Set(fields.map((field) => fieldCategory('person', field)))].sort().map((pii_type) => ({ pii_type, special: false })),
  ...special.map((pii_type) => ({ pii_type, special: true })),
];

/**
 * The consent record of one person as a receipt that they can keep: record metadata, principal, what kinds of data are held and where, how to
 * take a yes back, processing by purpose and channel with its notice, controller, and every event. No name or address: the principal is the
 * opaque id.
 * @param events of one person, oldest first
 * @see ISO/IEC TS 27560:2023; Consent Records and Receipts as per ISO/IEC TS 27560:2023 using DPV, W3C DPVCG, 1 August 2024
 */
export function consentReceipt(
  policy: ConsentPolicy,
  clientId: string,
  events: readonly ProvenEvent[],
  held: HeldOfPerson,
  issuedAt: string,
) {
  const groups = new Map<string, ProvenEvent[]>();
  for (const event of events) {
    const key = `${event.purpose} ${event.channel}`;
    groups.set(key, [...(groups.get(key) ?? []), event]);
  }
  return {
    '@context': { dpv: 'https://w3id.org/dpv#', 'eu-gdpr': 'https://w3id.org/dpv/legal/eu/gdpr#' },
    '@type': 'dpv:ConsentReceipt',
    schema_version: 'ISO/IEC TS 27560:2023',
    record_id: `urn:uuid:${clientId}`,
    issued_at: issuedAt,
    pii_principal_id: clientId,
    parties: { controller: policy.controller },
    jurisdiction: policy.controller.jurisdiction ?? 'EU',
    privacy_rights: rights,
    withdrawal_method: {
      ways: ['the preference page of any message', 'the one-click unsubscribe of any message', 'telling the controller'],
      contact: policy.controller.contact,
    },
    pii_information: typesOf(held),
    recipients: held.systems.map(({ linkedSystemId, title, regions, transferBasis }) => ({
      party_id: linkedSystemId,
      party_name: title,
      storage_locations: regions,
      transfer_basis: transferBasis,
    })),
    pii_processing: [...groups.values()].map((of) => processingOf(policy, of[0]?.purpose ?? '', of[0]?.channel ?? '', of)),
  };
}
