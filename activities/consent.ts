import { createHash } from 'node:crypto';
import type { Channel, LinkedSystem, RecordRef, SuppressionOrder } from '../connectors/kit/contract.ts';
import { asOneSubject } from '../domain/consent/consent-state.ts';
import { suppressionsOwed } from '../domain/consent/suppressions-owed.ts';
import { FichaError } from '../domain/record/error.ts';
import { consentEventsOf, type LedgerEvent } from '../store/read/consent.ts';
import { activeLinkedSystems } from '../store/read/linked-systems.ts';
import { appendAudits } from '../store/write/audit.ts';
import { openReviewTasks } from '../store/write/review-tasks.ts';
import {
  type DueSuppression,
  dueSuppressions,
  type Owed,
  setSuppressionsOwed,
  settleSuppression,
  type SuppressionOutcome,
  systemsWithDueSuppressions,
  takeConsentQueue,
} from '../store/write/suppression.ts';
import { beating } from './beating.ts';
import type { Deps } from './deps.ts';

const keyOf = (suppressionId: string, recordId: string): string =>
  createHash('sha256').update(`suppress|${suppressionId}|${recordId}`).digest('hex');

const everyChannel: readonly Channel[] = ['email', 'sms', 'phone', 'post', 'messaging'];

/** What the system says of this record now, for exactly this channel and purpose or for every purpose. */
async function isDenied(system: LinkedSystem, ref: RecordRef, { channel, purpose }: SuppressionOrder): Promise<boolean> {
  const readings = await system.readConsent(ref);
  return readings.some((said) => said.channel === channel && [purpose, '*'].includes(said.purpose) && said.answer === 'denied');
}

type RecordOutcome = { readonly state: SuppressionOutcome['state']; readonly detail: string | null };

/** Looks, suppresses, reads back: only what the system then says counts (rule 5). */
async function suppressRecord(system: LinkedSystem, ref: RecordRef, order: SuppressionOrder): Promise<RecordOutcome> {
  if (await isDenied(system, ref, order)) return { state: 'applied', detail: 'already' };
  const { result, code } = await system.suppress(ref, order);
  switch (result) {
    case 'absent':
    case 'unsupported':
    case 'refused':
      return { state: result, detail: code ?? null };
    case 'applied':
    case 'already':
    case 'would-apply':
      return (await isDenied(system, ref, order))
        ? { state: 'applied', detail: null }
        : { state: 'refused', detail: 'silently-ignored' };
  }
}

const severity: readonly SuppressionOutcome['state'][] = ['refused', 'failed', 'unsupported', 'applied', 'absent'];

/** One suppression over all records that the system holds of the client; the worst answer stands for all. */
async function carryOut(system: LinkedSystem, due: DueSuppression): Promise<SuppressionOutcome> {
  const outcomes: (RecordOutcome & { readonly recordId: string })[] = [];
  for (const { id, externalId } of due.records) {
    // suppression rows are made from the channels that connectors declare
    const order = { channel: due.channel as Channel, purpose: due.purpose, key: keyOf(due.id, id) };
    outcomes.push({ recordId: id, ...(await suppressRecord(system, { kind: 'person', externalId }, order)) });
  }
  const worst = severity.find((state) => outcomes.some((one) => one.state === state)) ?? 'absent';
  return {
    state: worst,
    detail: outcomes.find(({ state }) => state === worst)?.detail ?? null,
    appliedTo: outcomes.filter(({ state }) => state === 'applied').map(({ recordId }) => recordId),
  };
}

function byClient(events: readonly LedgerEvent[]): ReadonlyMap<string, readonly LedgerEvent[]> {
  const groups = new Map<string, LedgerEvent[]>();
  for (const event of events) groups.set(event.clientId, [...(groups.get(event.clientId) ?? []), event]);
  return groups;
}

/** Activities of `propagateConsent`. */
export const consentActivities = ({ db, openSystem, now, log }: Deps) => {
  const contactChannels = async (): Promise<ReadonlyMap<string, readonly string[]>> => {
    const channels = new Map<string, readonly string[]>();
    for (const { id } of await activeLinkedSystems(db)) {
      try {
        const system = await openSystem(id);
        channels.set(id, system.capabilities.contacts);
        await system.close();
      } catch (error) {
        if (!(error instanceof FichaError)) throw error;
        log.warn({ systemId: id, code: error.code }, 'a linked system does not open; its suppressions wait');
      }
    }
    return channels;
  };

  return {
    /** Compares up to `limit` queued clients with the ledger and writes what must be suppressed where; 0 when the queue is empty. */
    deriveSuppressions: async ({ limit }: { readonly limit: number }): Promise<{ readonly derived: number }> => {
      const channels = await contactChannels();
      return await db.transaction(async (tx) => {
        const taken = await takeConsentQueue(tx, limit);
        const clientIds = taken.map(({ clientId }) => clientId);
        const events = byClient(await consentEventsOf(tx, clientIds));
        const denied = clientIds.flatMap((clientId) => {
          const said = asOneSubject(clientId, events.get(clientId) ?? []);
          return suppressionsOwed(said, everyChannel).map((one) => ({ clientId, ...one }));
        });
        const systemsOf = new Map(taken.map(({ clientId, systemIds }) => [clientId, systemIds]));
        const owed = denied.flatMap((one): Owed[] =>
          (systemsOf.get(one.clientId) ?? [])
            .filter((systemId) => channels.get(systemId)?.includes(one.channel))
            .map((systemId) => ({ ...one, systemId })),
        );
        const { due, lifted } = await setSuppressionsOwed(tx, clientIds, owed, denied, now());
        await appendAudits(
          tx,
          due.map(({ clientId, purpose, channel, systemId }) => ({
            actor: 'ficha',
            action: 'suppression-due',
            subject: clientId,
            facts: { purpose, channel, systemId },
            at: now(),
          })),
        );
        if (lifted > 0) log.info({ count: lifted }, 'suppressions lifted by a newer consent');
        return { derived: taken.length };
      });
    },

    /** Systems that have something to suppress. */
    systemsToSuppress: async (): Promise<readonly string[]> => await systemsWithDueSuppressions(db),

    /**
     * Carries out every due suppression of one linked system, each read back. A vendor that refuses, or says yes and changes nothing,
     * opens a task for a person.
     */
    applySuppressions: async ({
      systemId,
    }: {
      readonly systemId: string;
    }): Promise<{ readonly applied: number; readonly open: number }> => {
      const system = await openSystem(systemId);
      try {
        return await beating(async () => {
          let applied = 0;
          let open = 0;
          for (let after: string | null = null; ; ) {
            const batch: readonly DueSuppression[] = await dueSuppressions(db, systemId, after, 50);
            for (const due of batch) {
              const outcome = await carryOut(system, due);
              await settle(systemId, due, outcome);
              if (outcome.state === 'applied') applied += 1;
              else if (outcome.state !== 'absent') open += 1;
            }
            after = batch.at(-1)?.id ?? null;
            if (after === null) return { applied, open };
          }
        });
      } finally {
        await system.close();
      }
    },
  };

  async function settle(systemId: string, due: DueSuppression, outcome: SuppressionOutcome): Promise<void> {
    await db.transaction(async (tx) => {
      await settleSuppression(tx, due.id, outcome, now());
      if (outcome.state !== 'applied' && outcome.state !== 'absent') {
        const subject = { suppressionId: due.id, clientId: due.clientId, systemId };
        await openReviewTasks(tx, [{ kind: 'consent', reason: `suppression-${outcome.state}`, subject, subjectKey: due.id }]);
      }
      const facts = { purpose: due.purpose, channel: due.channel, systemId, state: outcome.state };
      await appendAudits(tx, [{ actor: 'ficha', action: 'suppression-read-back', subject: due.clientId, facts, at: now() }]);
    });
  }
};

export type ConsentActivities = ReturnType<typeof consentActivities>;
