import { consentPolicy as shipped } from '../domain/consent/consent-policy.ts';
import { activeLinkedSystems } from '../store/read/linked-systems.ts';
import { appendAudits } from '../store/write/audit.ts';
import { type Confirmed, confirmedSuppressions, noteDrift } from '../store/write/consent-drift.ts';
import { queueEndedConsents } from '../store/write/consent-policy.ts';
import { forgetContacts } from '../store/write/contacts-made.ts';
import { proposeRetention } from '../store/write/retention-proposals.ts';
import { openReviewTasksOnce } from '../store/write/review-tasks.ts';
import type { LinkedSystem } from '../connectors/kit/contract.ts';
import { beating } from './beating.ts';
import { isDenied } from './consent/carry-out.ts';
import { noteOn } from './consent/audit-note.ts';
import type { Deps } from './deps.ts';

const dayMs = 86_400_000;
/** A round that was missed is made up for within a week; a day more covers clocks. */
const lookBackMs = 8 * dayMs;
/** No cap looks back further than a year. */
const contactMemoryMs = 366 * dayMs;

/** Those of a suppression's records that the system allows again. */
async function allowedAgain(system: LinkedSystem, confirmed: Confirmed): Promise<Confirmed['records']> {
  const channel = system.capabilities.contacts.find((one) => one === confirmed.channel);
  if (channel === undefined) return [];
  const found: Confirmed['records'][number][] = [];
  for (const record of confirmed.records) {
    const readings = await system.readConsent({ kind: record.kind, externalId: record.externalId });
    // nothing said is no yes, and no "no" either: some systems forget a mark with the address that it hung on
    if (!isDenied(readings, { purpose: confirmed.purpose, channel })) found.push(record);
  }
  return found;
}

/**
 * Those of a batch that the system says no for, asked together where it can; the others are asked one by one, which tells why. A system that
 * cannot answer for many does not answer for one either.
 */
async function obeyedTogether({ many }: LinkedSystem, batch: readonly Confirmed[]): Promise<ReadonlySet<Confirmed>> {
  const obeyed = new Set<Confirmed>();
  if (many === undefined) return obeyed;
  const alike = batch.filter(
    ({ channel, purpose, records }) =>
      channel === many.channel && [many.purpose, '*'].includes(purpose) && records.length === 1 && records[0]?.kind === many.kind,
  );
  for (let start = 0; start < alike.length; start += many.size) {
    const some = alike.slice(start, start + many.size);
    const said = await many.read(some.flatMap(({ records }) => records.map(({ kind, externalId }) => ({ kind, externalId }))));
    for (const one of some) if (said.get(one.records[0]?.externalId ?? '') === 'denied') obeyed.add(one);
  }
  return obeyed;
}

/** Activities of `keepConsentPromises`. */
export const consentRoundActivities = ({ db, openSystem, now, privacyPolicies }: Deps) => ({
  /**
   * What time alone ended: yeses that expired and those that a birthday ended are compared with the systems again, and whoever came of
   * age is to be asked themselves. Old contacts are forgotten.
   */
  endConsentsByTime: async (): Promise<{ readonly cameOfAge: number }> =>
    await db.transaction(async (tx) => {
      const aged = await queueEndedConsents(tx, new Date(now().getTime() - lookBackMs));
      await openReviewTasksOnce(
        tx,
        aged.map(({ clientId }) => ({
          kind: 'consent',
          reason: 're-consent',
          subject: { clientId },
          subjectKey: `re-consent/${clientId}`,
        })),
      );
      await forgetContacts(tx, new Date(now().getTime() - contactMemoryMs));
      return { cameOfAge: aged.length };
    }),

  /** Proposes up to `limit` people whose retention time is over; a person decides each. */
  proposeErasures: async ({ limit }: { readonly limit: number }): Promise<{ readonly proposed: number }> => ({
    proposed: await db.transaction((tx) => proposeRetention(tx, privacyPolicies?.consent ?? shipped, limit, now())),
  }),

  /** Linked systems whose state is compared with the ledger. */
  systemsToReconcile: async (): Promise<readonly string[]> => (await activeLinkedSystems(db)).map(({ id }) => id),

  /**
   * Asks one system whether it still obeys up to `limit` suppressions that it once confirmed, many at once where it can. One that it does not obey is noted as drift
   * and due again at once.
   */
  reconcileSystem: async (of: { readonly systemId: string; readonly after: string; readonly limit: number }) => {
    const system = await openSystem(of.systemId);
    try {
      return await beating(async () => {
        const batch = await confirmedSuppressions(db, of.systemId, of.after, of.limit);
        let drifted = 0;
        const obeyed = await obeyedTogether(system, batch);
        for (const confirmed of batch.filter((one) => !obeyed.has(one))) {
          const records = await allowedAgain(system, confirmed);
          if (records.length === 0) continue;
          drifted += 1;
          await db.transaction(async (tx) => {
            await noteDrift(tx, of.systemId, { ...confirmed, records }, now());
            await appendAudits(tx, [noteOn('consent.drift', { ...confirmed, systemId: of.systemId }, now())]);
          });
        }
        return { drifted, last: batch.length < of.limit ? null : (batch.at(-1)?.id ?? null) };
      });
    } finally {
      await system.close();
    }
  },
});

export type ConsentRoundActivities = ReturnType<typeof consentRoundActivities>;
