import { openWith } from '../../platform/subject-key.ts';
import type { Db, Tx } from '../../store/database.ts';
import { hasActed } from '../../store/read/evidence.ts';
import { workLines } from '../../store/read/plan-lines.ts';
import { type PrivacyRequestRow, requiredRequest } from '../../store/read/privacy-requests.ts';
import { subjectKeyOf } from '../../store/read/subject-keys.ts';
import { type AskedIdentifier, askedIdentifiers, identifiersOfSubject } from '../../store/read/subject-records.ts';
import { keepOptOuts } from '../../store/write/erased-client.ts';
import { holdClient } from '../../store/write/privacy-hold.ts';
import { noteApproval } from '../../store/write/privacy-life.ts';
import { withdrawPrivacyTasks } from '../../store/write/privacy-questions.ts';
import { moveRequest, saveDecision } from '../../store/write/privacy-requests.ts';
import { destroySubjectKey } from '../../store/write/subject-keys.ts';
import { holdArrivals, layTombstones, type Tombstone, tombstonesOf } from '../../store/write/tombstones.ts';
import type { Deps } from '../deps.ts';
import { foreignInPlan, forgottenByPlan } from './plan-coverage.ts';
import { privacyPolicyOf } from './policies.ts';

/** What the data-protection officer said of a plan. */
export type PlanDecision =
  | { readonly kind: 'approved'; readonly by: string; readonly planHash: string }
  | { readonly kind: 'refused'; readonly by: string; readonly reason: string }
  | { readonly kind: 'cancelled'; readonly by: string };

type Applied = 'approved' | 'refused' | 'cancelled' | 'plan-changed' | 'second-needed';

const withoutExternalId = ({ kind, value }: AskedIdentifier) => (kind === 'external-id' ? [] : [{ kind, value, shared: false }]);

/**
 * The tombstones of an erasure: every planned record, and every identifier that nobody else carries. A shared mailbox or a
 * family's telephone must not stop the others from arriving (rule 1).
 */
const tombstonesFor = async (tx: Db, { keys }: Deps, request: PrivacyRequestRow): Promise<Tombstone[]> => {
  const subjectKey = await subjectKeyOf(tx, keys, request.id);
  const records = (await workLines(tx, request.id)).flatMap(({ systemId, kind, sealedId }) =>
    sealedId === null
      ? []
      : tombstonesOf(keys, { systemId, kind, externalId: openWith(subjectKey, sealedId).toString('utf8'), identifiers: [] }),
  );
  // of whom nothing is held, nothing is kept
  const asked = records.length === 0 ? [] : (await askedIdentifiers(tx, keys, request.id)).flatMap(withoutExternalId);
  const identifiers = [...(await identifiersOfSubject(tx, request.clientId)).filter(({ shared }) => !shared), ...asked];
  const ofPerson = tombstonesOf(keys, { systemId: '', kind: 'person', externalId: '', identifiers }).filter(
    ({ kind }) => kind !== 'record',
  );
  return [...records, ...ofPerson];
};

/** Whether an erasure of this size waits for a second person, and nobody but this one has approved it yet. */
const needsSecond = async (tx: Db, deps: Deps, request: PrivacyRequestRow, { by, planHash }: Approval): Promise<boolean> => {
  if (request.type !== 'erasure') return false;
  const lines = (await workLines(tx, request.id)).length;
  if (lines <= privacyPolicyOf(deps).twoPersonOverLines) return false;
  return (await noteApproval(tx, request.id, { by, at: deps.now(), planHash })) < 2;
};

type Approval = PlanDecision & { readonly kind: 'approved' };
type Refusal = Exclude<PlanDecision, Approval>;

const approve = async (tx: Tx, deps: Deps, request: PrivacyRequestRow, decision: Approval): Promise<Applied> => {
  await holdArrivals(tx);
  if (request.planHash !== decision.planHash || (await forgottenByPlan(tx, deps, request)) > 0) return 'plan-changed';
  if ((await foreignInPlan(tx, deps, request)).length > 0) return 'plan-changed';
  const at = deps.now();
  if (await needsSecond(tx, deps, request, decision)) return 'second-needed';
  if (request.type === 'restriction') await holdClient(tx, { clientId: request.clientId, requestId: request.id, at });
  if (request.type === 'erasure') {
    await layTombstones(tx, request.id, await tombstonesFor(tx, deps, request), at);
    // a sync that sees the first deletions takes records from the client: what is not kept now may not be found later
    await keepOptOuts(tx, deps.keys, request.clientId, await identifiersOfSubject(tx, request.clientId));
  }
  await saveDecision(tx, request.id, { by: decision.by, at });
  const facts = { planHash: decision.planHash };
  await moveRequest(tx, request.id, { to: 'approved', at, actor: decision.by, facts });
  return 'approved';
};

/**
 * Ends a request before anything was done: it is refused with reasons, or the person takes it back. One that has acted in a system cannot
 * end so: its key would go, and nobody could finish what is half done. Its plan waits for an approval again.
 */
const end = async (tx: Db, deps: Deps, request: PrivacyRequestRow, decision: Refusal): Promise<Applied> => {
  if (await hasActed(tx, request.id)) return 'plan-changed';
  const at = deps.now();
  const reason = decision.kind === 'refused' ? { reason: decision.reason } : {};
  await saveDecision(tx, request.id, { by: decision.by, at, ...reason });
  await withdrawPrivacyTasks(tx, request.id, at);
  await destroySubjectKey(tx, request.id, at);
  await moveRequest(tx, request.id, { to: decision.kind, at, actor: decision.by });
  return decision.kind;
};

export const decideActivities = (deps: Deps) => ({
  /**
   * Puts a decision into force. An approval must name the hash of the plan as it stands, and the plan must cover everything that
   * Ficha holds of the person by now; else the answer is `plan-changed` and nothing happened. A large erasure waits for a second person: `second-needed`. From an approved erasure on,
   * tombstones keep the person out, before the first write anywhere (rule 6).
   */
  applyDecision: ({ requestId, decision }: { readonly requestId: string; readonly decision: PlanDecision }) =>
    deps.db.transaction(async (tx): Promise<Applied> => {
      const request = await requiredRequest(tx, requestId);
      const there = request.state === 'approved' || request.state === 'refused' || request.state === 'cancelled';
      if (there && decision.kind === request.state) return decision.kind;
      return decision.kind === 'approved' ? await approve(tx, deps, request, decision) : await end(tx, deps, request, decision);
    }),
});
