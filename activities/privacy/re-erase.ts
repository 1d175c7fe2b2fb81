import type { LinkedSystem } from '../../connectors/kit/contract.ts';
import { verdictOn } from '../../domain/privacy/retention-policy.ts';
import { FichaError } from '../../domain/record/error.ts';
import { requiredRequest } from '../../store/read/privacy-requests.ts';
import { openTombstoneHits, type TombstoneHitRow } from '../../store/read/tombstones.ts';
import { beginEffect, effectKey, finishEffect } from '../../store/write/effects.ts';
import { addEvidence } from '../../store/write/evidence.ts';
import { openPrivacyTask } from '../../store/write/privacy-questions.ts';
import { settleTombstoneHit } from '../../store/write/tombstones.ts';
import type { Deps } from '../deps.ts';
import { withSystem } from './line-work.ts';
import { retentionPolicyOf } from './policies.ts';

/** A telephone alone tells nobody: it is a person who must say whether the newcomer is the erased one (rule 1). */
const isCertain = ({ matched }: TombstoneHitRow): boolean => matched.some((kind) => kind !== 'phone');

/** Whether the policy would erase a record of this kind unasked. */
const isErased = async (deps: Deps, { requestId, kind }: TombstoneHitRow): Promise<boolean> => {
  const { country } = await requiredRequest(deps.db, requestId);
  const today = deps.now().toISOString().slice(0, 10);
  return verdictOn({ kind }, retentionPolicyOf(deps), country ?? undefined, today).action === 'delete';
};

const askPerson = (deps: Deps, hit: TombstoneHitRow, code: string): Promise<void> =>
  deps.db.transaction(async (tx) => {
    const about = hit.recordHash.toString('hex');
    const subject = { systemId: hit.linkedSystemId, kind: hit.kind, recordHash: about, code };
    await openPrivacyTask(tx, { requestId: hit.requestId, reason: 'returned-record', about, subject, at: deps.now() });
  });

/** Looks, erases when it is still there, looks again. True when the system no longer holds it. */
const eraseAgain = async (deps: Deps, hit: TombstoneHitRow, system: LinkedSystem): Promise<boolean> => {
  const { requestId, linkedSystemId: systemId } = hit;
  const ref = { kind: hit.kind, externalId: deps.keys.decrypt(hit.externalId, 'tombstone_hit.external_id').toString('utf8') };
  const before = await system.verify(ref);
  if (before.result === 'gone') {
    await deps.db.transaction((tx) => settleTombstoneHit(tx, hit.id, deps.now())); // an emptied shell that the system still lists
    return true;
  }
  const key = effectKey({
    requestId,
    systemId,
    recordHash: hit.recordHash.toString('hex'),
    verb: `erase-again ${hit.id} ${hit.at}`,
  });
  await beginEffect(deps.db, key, deps.now());
  const answer = await system.erase(ref, { key: key.toString('hex') });
  const after = await system.verify(ref);
  await deps.db.transaction(async (tx) => {
    const at = deps.now();
    await addEvidence(tx, { requestId, systemId, verb: 'erase', result: answer.result, countBefore: before.count, at });
    await addEvidence(tx, { requestId, systemId, verb: 'verify', result: after.result, countAfter: after.count, at });
    await finishEffect(tx, key, at);
    if (after.result === 'gone') await settleTombstoneHit(tx, hit.id, at);
  });
  return after.result === 'gone';
};

const settleHit = async (deps: Deps, hit: TombstoneHitRow): Promise<'gone' | 'asked'> => {
  if (!isCertain(hit)) {
    await askPerson(deps, hit, 'telephone-only');
    return 'asked';
  }
  const able = await withSystem(deps, hit.linkedSystemId, async (system) => {
    if (!system.capabilities.erase || !(await isErased(deps, hit))) return 'by-hand';
    return (await eraseAgain(deps, hit, system)) ? 'gone' : 'still-there';
  });
  if (able !== 'gone') await askPerson(deps, hit, able);
  return able === 'gone' ? 'gone' : 'asked';
};

export const reEraseActivities = (deps: Deps) => ({
  /**
   * Erases again, in their systems, up to `limit` records that came back after their person's erasure, and those alone. What
   * cannot be erased unasked goes to a person's desk. `last` is where to go on from; null at the end.
   */
  settleHits: async ({ after, limit }: { readonly after: string; readonly limit: number }) => {
    const hits = await openTombstoneHits(deps.db, after, limit);
    let gone = 0;
    for (const hit of hits) {
      try {
        if ((await settleHit(deps, hit)) === 'gone') gone += 1;
      } catch (error) {
        if (!(error instanceof FichaError)) throw error;
        await askPerson(deps, hit, error.code); // one system that is down must not hold up the others; the hit stays open
      }
    }
    return { settled: gone, last: hits.length < limit ? null : (hits.at(-1)?.id ?? null) };
  },
});
