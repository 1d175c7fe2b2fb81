import { activityInfo } from '@temporalio/activity';
import { consentPolicy as shipped } from '../domain/consent/consent-policy.ts';
import { asOneSubject, type ConsentEvent } from '../domain/consent/consent-state.ts';
import { objectsToProfiling } from '../domain/consent/profiling.ts';
import { asDenials } from '../domain/consent/listed-lines.ts';
import { suppressionFate, suppressionsOwed } from '../domain/consent/suppressions-owed.ts';
import { FichaError } from '../domain/record/error.ts';
import { consentEventsOf } from '../store/read/consent.ts';
import { activeLinkedSystems } from '../store/read/linked-systems.ts';
import { allSuppressionsInForce, linesOfClients } from '../store/read/suppression.ts';
import { appendAudits } from '../store/write/audit.ts';
import { openReviewTasks, type ReviewTask } from '../store/write/review-tasks.ts';
import { markProfiling } from '../store/write/profiling.ts';
import { settleSpecial } from '../store/write/special-data.ts';
import {
  adoptSuppressions,
  type Lifted,
  liftSuppressions,
  makeDue,
  type Owed,
  takeConsentQueue,
} from '../store/write/suppression.ts';
import { systemsWithDueSuppressions } from '../store/write/suppression-work.ts';
import { beating } from './beating.ts';
import { noteOn } from './consent/audit-note.ts';
import { type Carried, carryOutAll } from './consent/carry-out-all.ts';
import { specialBasis } from './consent/special-basis.ts';
import type { Deps } from './deps.ts';

const everyChannel: readonly string[] = ['email', 'sms', 'phone', 'post', 'messaging'];
/** One event of a ledger; without an id, what the suppression list holds. */
type Said = ConsentEvent & { readonly id?: string };

function byClient<One>(found: readonly (One & { readonly clientId: string })[]): ReadonlyMap<string, readonly One[]> {
  const groups = new Map<string, One[]>();
  for (const one of found) groups.set(one.clientId, [...(groups.get(one.clientId) ?? []), one]);
  return groups;
}

/** After a split: a system still holds a suppression that the client's own ledger does not ask for. */
const leftBehindTask = ({ id, clientId, systemId }: Lifted): ReviewTask => ({
  kind: 'consent',
  reason: 'suppression-left-behind',
  subject: { suppressionId: id, clientId, systemId },
  subjectKey: id,
});

/** Activities of `propagateConsent`. */
export const consentActivities = ({ db, keys, openSystem, now, log, privacyPolicies }: Deps) => {
  const policy = privacyPolicies?.consent ?? shipped;
  /** Channels on which each system in use can contact; one that does not open now is taken to use all, and asked when it does. */
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

  const derive = async (limit: number): Promise<{ readonly derived: number }> => {
    const channels = await contactChannels();
    return await db.transaction(async (tx) => {
      const { taken, clients } = await takeConsentQueue(tx, limit);
      const clientIds = clients.map(({ clientId }) => clientId);
      const events = await consentEventsOf(tx, clientIds);
      await settleSpecial(tx, keys, clientIds, specialBasis(policy, events), now());
      const said = byClient<Said>(events);
      const lines = byClient(await linesOfClients(tx, keys, clientIds));
      const ledgers = new Map(
        clientIds.map((id): [string, readonly Said[]] => {
          const own = asOneSubject<Said>(id, said.get(id) ?? []);
          return [id, [...own, ...asDenials(id, lines.get(id) ?? [], own)]];
        }),
      );
      const ledger = (clientId: string): readonly Said[] => ledgers.get(clientId) ?? [];
      const owed = clients.flatMap(({ clientId, systemIds }): Owed[] =>
        systemIds.flatMap((systemId) =>
          suppressionsOwed(ledger(clientId), channels.get(systemId) ?? everyChannel).map((one) => ({
            clientId,
            systemId,
            ...one,
          })),
        ),
      );
      await markProfiling(
        tx,
        clientIds.map((clientId) => ({ clientId, objects: objectsToProfiling(policy, said.get(clientId) ?? []) })),
      );
      await adoptSuppressions(tx, clientIds);
      const free = clients.flatMap(({ clientId, held }) => (held ? [] : [clientId]));
      const lifts = (await allSuppressionsInForce(tx, free)).flatMap((row) => {
        const fate = suppressionFate(ledger(row.clientId), row);
        return fate.kind === 'lifted' ? [{ id: row.id, eventId: fate.by?.id ?? null }] : [];
      });
      const due = await makeDue(tx, owed, now());
      const lifted = await liftSuppressions(tx, lifts, now());
      await openReviewTasks(tx, lifted.filter(({ leftBehind }) => leftBehind).map(leftBehindTask));
      await appendAudits(tx, [
        ...due.map((one) => noteOn('suppression.due', one, now())),
        ...lifted.map((one) => noteOn('suppression.lift', one, now())),
      ]);
      return { derived: taken };
    });
  };

  return {
    /** Compares up to `limit` queued clients with the ledger: what must be suppressed where, what is lifted. 0 when none is queued. */
    deriveSuppressions: async ({ limit }: { readonly limit: number }): Promise<{ readonly derived: number }> => {
      return await beating(() => derive(limit));
    },

    /** Systems that have something to suppress or to allow again. */
    systemsToSuppress: async (): Promise<readonly string[]> => await systemsWithDueSuppressions(db),

    /**
     * Carries out every due suppression of one linked system, each read back, and takes back those that a fresh consent lifted. A vendor
     * that refuses, or says yes and changes nothing, opens a task for a person. What fails stays due; the rest goes on.
     * @throws FichaError `suppressions-unfinished` when some are still due
     */
    applySuppressions: async ({ systemId }: { readonly systemId: string }): Promise<Carried> => {
      const { workflowExecution, activityId } = activityInfo();
      const claimant = `${workflowExecution?.runId ?? 'none'}/${activityId}`;
      const system = await openSystem(systemId);
      try {
        return await beating(() => carryOutAll({ db, system, now, log }, claimant));
      } finally {
        await system.close();
      }
    },
  };
};

export type ConsentActivities = ReturnType<typeof consentActivities>;
