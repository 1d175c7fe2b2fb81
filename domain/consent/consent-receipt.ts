import type { ConsentPolicy } from '../../schemas/types.ts';
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

const statusOf: Readonly<Record<string, string>> = {
  granted: 'dpv:ConsentGiven',
  pending: 'dpv:ConsentRequested',
  expired: 'dpv:ConsentExpired',
};

type Language = 'es' | 'it' | 'fr' | 'en';
const languageOf = (code: string | null): Language => (['es', 'it', 'fr', 'en'] as const).find((one) => one === code) ?? 'en';

/** A no takes a yes back, or was the first word; what no word says has a term of its own. @see https://w3id.org/dpv#ConsentStatus */
const termOf = ({ worth, at }: ProvenEvent, events: readonly ProvenEvent[]): string =>
  worth === 'denied'
    ? events.some((before) => before.answer === 'granted' && before.at < at)
      ? 'dpv:ConsentWithdrawn'
      : 'dpv:ConsentRefused'
    : (statusOf[worth] ?? 'dpv:ConsentUnknown');

const eventOf = (event: ProvenEvent, events: readonly ProvenEvent[]) => ({
  event_id: event.id,
  event_time: event.at,
  received_time: event.receivedAt,
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
  return {
    purpose: configured?.title[language] ?? purpose,
    purpose_id: purpose,
    purpose_type: configured?.dpv ?? 'dpv:Purpose',
    channel,
    lawful_basis: configured?.legalBasis ?? events.at(-1)?.legalBasis ?? 'consent',
    notice:
      shown === undefined
        ? null
        : { version: shown.textVersion, language: shown.language, ...(text === undefined ? {} : { text }) },
    storage_duration_months: configured?.expiresAfterMonths ?? null,
    pii_controllers: ['controller'],
    events: events.map((event) => eventOf(event, events)),
  };
}

/**
 * The consent record of one person as a receipt that they can keep: record metadata, principal, processing by purpose and channel with its
 * notice, controller, and every event. No name or address: the principal is the opaque id.
 * @param events of one person, oldest first
 * @see ISO/IEC TS 27560:2023; Consent Records and Receipts as per ISO/IEC TS 27560:2023 using DPV, W3C DPVCG, 1 August 2024
 */
export function consentReceipt(policy: ConsentPolicy, clientId: string, events: readonly ProvenEvent[], issuedAt: string) {
  const groups = new Map<string, ProvenEvent[]>();
  for (const event of events) {
    const key = `${event.purpose} ${event.channel}`;
    groups.set(key, [...(groups.get(key) ?? []), event]);
  }
  return {
    '@context': { dpv: 'https://w3id.org/dpv#' },
    '@type': 'dpv:ConsentReceipt',
    schema_version: 'ISO/IEC TS 27560:2023',
    record_id: `urn:uuid:${clientId}`,
    issued_at: issuedAt,
    pii_principal_id: clientId,
    parties: { controller: policy.controller },
    pii_processing: [...groups.values()].map((of) => processingOf(policy, of[0]?.purpose ?? '', of[0]?.channel ?? '', of)),
  };
}
