import { draftPlan, planHash } from '../../domain/privacy/plan.ts';
import { requiredRequest } from '../../store/read/privacy-requests.ts';
import { askedIdentifiers, systemsToAsk } from '../../store/read/subject-records.ts';
import type { Db } from '../../store/database.ts';
import { type ListedIdentifier, listIdentifiers } from '../../store/write/suppression-list.ts';
import { addEvidence } from '../../store/write/evidence.ts';
import { objectToMarketing, suppressionsBySystem } from '../../store/write/privacy-hold.ts';
import { freezePlan, moveRequest, saveDecision } from '../../store/write/privacy-requests.ts';
import type { Deps } from '../deps.ts';
import { retentionPolicyOf } from './policies.ts';

/** Who decides where the law leaves nothing to decide. */
const BY_LAW = 'gdpr-21-3';

/** Of a person of whom Ficha knows nothing, what they gave: it must not be written to when it comes in later. */
const unknownAddresses = async (tx: Db, { keys }: Deps, requestId: string, since: Date): Promise<ListedIdentifier[]> =>
  (await askedIdentifiers(tx, keys, requestId)).flatMap(({ kind, value }) =>
    kind === 'tax-id' || kind === 'external-id'
      ? []
      : [{ kind, value, purpose: '*', channel: 'any', reason: 'opt-out' as const, since }],
  );

export const objectActivities = (deps: Deps) => ({
  /**
   * Puts an objection to marketing into force, at once and without anybody's approval: no to every purpose on every channel. What
   * the linked systems are told is the consent ledger's work. Safe to repeat.
   * @see Regulation (EU) 2016/679, art. 21(2) and (3)
   */
  objectAtOnce: async ({ requestId }: { readonly requestId: string }): Promise<void> => {
    await deps.db.transaction(async (tx) => {
      const { clientId, state, country } = await requiredRequest(tx, requestId);
      if (state !== 'received' && state !== 'locating') return;
      const at = deps.now();
      const terms = { type: 'objection', policy: retentionPolicyOf(deps), country: country ?? undefined } as const;
      const plan = draftPlan([], { ...terms, today: at.toISOString().slice(0, 10) });
      await objectToMarketing(tx, { clientId, requestId, at });
      await listIdentifiers(tx, deps.keys, await unknownAddresses(tx, deps, requestId, at));
      await moveRequest(tx, requestId, { to: 'locating', at });
      for (const { id: systemId } of await systemsToAsk(tx, clientId)) {
        await addEvidence(tx, { requestId, systemId, verb: 'locate', result: 'by-consent-ledger', countAfter: 0, at });
      }
      await freezePlan(tx, requestId, planHash(requestId, plan));
      await moveRequest(tx, requestId, { to: 'planned', at });
      await saveDecision(tx, requestId, { by: BY_LAW, at });
      await moveRequest(tx, requestId, { to: 'approved', at, actor: BY_LAW });
      await moveRequest(tx, requestId, { to: 'acting', at });
    });
  },

  /** Writes down, system by system, what became of the objection there. @returns how many suppressions are still open */
  evidenceOfObjection: async ({ requestId }: { readonly requestId: string }): Promise<{ readonly open: number }> =>
    await deps.db.transaction(async (tx) => {
      const { clientId } = await requiredRequest(tx, requestId);
      const at = deps.now();
      let open = 0;
      for (const { systemId, total, open: left } of await suppressionsBySystem(tx, clientId)) {
        const result = left === 0 ? 'applied' : 'open';
        await addEvidence(tx, {
          requestId,
          systemId,
          verb: 'suppress',
          result,
          countBefore: total,
          countAfter: total - left,
          at,
        });
        open += left;
      }
      return { open };
    }),
});
