import { normaliseEmail } from '../domain/record/normalise/email.ts';
import { activeLinkedSystems } from '../store/read/linked-systems.ts';
import { type ListedIdentifier, listIdentifiers } from '../store/write/suppression-list.ts';
import { recordVendorConsent, type VendorConsent } from '../store/write/vendor-consent.ts';
import { noteHeard, type OpenEvent, openWebhookEvents, settleWebhookEvents } from '../store/write/webhook-events.ts';
import { beating } from './beating.ts';
import type { Deps } from './deps.ts';
import { storeReceived } from './webhooks/store-received.ts';

/** How far `workInWebhooks` came. */
export interface WorkedIn {
  /** Where the next batch starts; null when none is left. */
  readonly after: string | null;
  /** The last event of the batch; the one that the batch starts after when it is empty. */
  readonly last: string;
  readonly saidSomething: boolean;
}

export interface WebhookOrder {
  readonly systemId: string;
  readonly after: string;
  /** After the pull, the last event that came before it: what is about nobody that is there is listed and done. Null before the pull. */
  readonly upTo: string | null;
}

const batchSize = 500;
/** Everything that an event says about consent: a complaint is an objection to every purpose on that channel. */
function consentOf(systemId: string, { id, kind, ref, email, consent, at, receivedAt }: OpenEvent): VendorConsent | undefined {
  const about = { id, systemId, ref, email: addressOf(email), at: at > receivedAt ? receivedAt : at, receivedAt };
  if (kind === 'complaint') return { ...about, purpose: '*', channel: 'email', answer: 'denied', how: 'complaint' };
  if (consent === undefined || consent.answer === 'unknown') return undefined;
  return { ...about, purpose: consent.purpose, channel: consent.channel, answer: consent.answer, how: 'webhook' };
}

const addressOf = (email: string | undefined): string | null =>
  email === undefined ? null : (normaliseEmail(email)?.value ?? null);

/** Lines of the suppression list: bounces and complaints at once; the no of somebody who is not there, once nobody was found. */
function listingOf(event: OpenEvent, unmet: boolean): ListedIdentifier | undefined {
  const value = addressOf(event.email);
  if (value === null) return undefined;
  const line = { kind: 'email', value, since: event.at } as const;
  const { kind, consent } = event;
  if (kind === 'hard-bounce' || kind === 'complaint') return { ...line, purpose: '*', channel: 'email', reason: kind };
  if (!unmet || consent?.answer !== 'denied') return undefined;
  return { ...line, purpose: consent.purpose, channel: consent.channel, reason: 'opt-out' };
}

/** Activities of `followWebhooks`. */
export const webhookActivities = ({ db, keys, now, privacyPolicies }: Deps) => ({
  /**
   * Works one batch of a system's webhooks into source records, ledger and suppression list. Before the pull, what is about a record that is not there
   * yet waits for it; what says that something changed waits for the pull too.
   */
  workInWebhooks: async ({ systemId, after, upTo }: WebhookOrder): Promise<WorkedIn> =>
    await beating(() =>
      db.transaction(async (tx) => {
        const events = await openWebhookEvents(tx, keys, systemId, { after, upTo, limit: batchSize });
        await storeReceived(tx, keys, systemId, events, now(), privacyPolicies?.consent);
        const said = events.flatMap((event) => consentOf(systemId, event) ?? []);
        const met = await recordVendorConsent(tx, keys, said, now());
        const unmet = new Set(said.flatMap(({ id }) => (met.has(id) ? [] : [id])));
        const lines = events.flatMap((event) => listingOf(event, upTo !== null && unmet.has(event.id)) ?? []);
        await listIdentifiers(tx, keys, lines);
        const over = events.filter(({ id, kind }) => upTo !== null || kind === 'record' || met.has(id));
        await settleWebhookEvents(
          tx,
          over.map(({ id }) => id),
          now(),
        );
        if (events.length > 0) await noteHeard(tx, systemId, now());
        const last = events.at(-1)?.id ?? after;
        return { after: events.length < batchSize ? null : last, last, saidSomething: met.size > 0 };
      }),
    ),

  /** Whether the system is in use: of a paused one only what people said is taken. */
  mayPull: async ({ systemId }: { readonly systemId: string }): Promise<boolean> =>
    (await activeLinkedSystems(db)).some(({ id }) => id === systemId),
});

export type WebhookActivities = ReturnType<typeof webhookActivities>;
