import type { LinkedSystem } from '../../connectors/kit/contract.ts';
import { draftPlan, type LocatedRecord, type PlanLine, planHash } from '../../domain/privacy/plan.ts';
import type { Db } from '../../store/database.ts';
import { type WorkLine, workLines } from '../../store/read/plan-lines.ts';
import { type PrivacyRequestRow, requiredRequest } from '../../store/read/privacy-requests.ts';
import { systemsSearched } from '../../store/read/evidence.ts';
import { recordsOfSubject, systemsToAsk } from '../../store/read/subject-records.ts';
import { dropLines, savePlan } from '../../store/write/plan-lines.ts';
import { askOnce } from '../../store/write/privacy-questions.ts';
import { freezePlan, moveRequest } from '../../store/write/privacy-requests.ts';
import { recordHash } from '../../store/write/tombstones.ts';
import type { Deps } from '../deps.ts';
import { askAboutBlocked } from './blocked-before.ts';
import { withSystem } from './line-work.ts';
import { foreignInPlan } from './plan-coverage.ts';
import { retentionPolicyOf } from './policies.ts';

/** What each system can do and which records are fields of others there, asked once. */
type Abilities = ReadonlyMap<string, Pick<LinkedSystem, 'capabilities' | 'carriedBy' | 'anonymises'>>;

const abilitiesOf = async (deps: Deps, systemIds: Iterable<string>): Promise<Abilities> => {
  const entries = [...new Set(systemIds)].map((systemId) =>
    withSystem(deps, systemId, ({ capabilities, carriedBy, anonymises }) =>
      Promise.resolve([
        systemId,
        { capabilities, ...(carriedBy ? { carriedBy } : {}), ...(anonymises ? { anonymises } : {}) },
      ] as const),
    ),
  );
  return new Map(await Promise.all(entries));
};

/** The located records with what the policy must know of them; of one that only its system knows, the kind alone. */
const located = async (
  deps: Deps,
  request: PrivacyRequestRow,
  lines: readonly WorkLine[],
  abilities: Abilities,
): Promise<LocatedRecord[]> => {
  const known = new Map(
    (await recordsOfSubject(deps.db, request.clientId)).map((record) => [
      recordHash(deps.keys, record.systemId, record.kind, record.externalId).toString('hex'),
      record,
    ]),
  );
  return lines.map(({ recordHash: hash, systemId, kind }) => {
    const facts = known.get(hash);
    const { capabilities: able, carriedBy, anonymises } = abilities.get(systemId) ?? {};
    return {
      recordHash: hash,
      systemId,
      kind,
      erasable: able?.erase ?? false,
      exportable: able?.export ?? false,
      copy: able?.copies?.includes(kind) ?? false,
      anonymisable: facts !== undefined && able?.export === true && anonymises?.({ kind, externalId: facts.externalId }) === true,
      carried: facts !== undefined && carriedBy?.({ kind, externalId: facts.externalId }) !== undefined,
      ...(typeof facts?.saleKind === 'string' ? { saleKind: facts.saleKind } : {}),
      ...(typeof facts?.at === 'string' ? { at: facts.at } : {}),
    };
  });
};

const asPlanned = ({ recordHash: hash, systemId, kind, action, legalBasis, until, position }: WorkLine): PlanLine => ({
  recordHash: hash,
  systemId,
  kind,
  action,
  legalBasis,
  until,
  position,
});

/**
 * Systems in which the connector says that a person must look: where it keeps files that were not all read; and where something of it is
 * erased, if more hangs from it than a call can erase.
 */
const beyondReach = (plan: readonly PlanLine[], abilities: Abilities, searched: ReadonlySet<string>): readonly string[] =>
  [...abilities].flatMap(([systemId, { capabilities }]) => {
    const verbs = new Set((capabilities.gaps ?? []).map(({ verb }) => verb));
    const erases = plan.some((line) => line.systemId === systemId && line.action !== 'keep-until');
    return (verbs.has('search-files') && !searched.has(systemId)) || (verbs.has('erase') && erases) ? [systemId] : [];
  });

/** Fixes the plan as it is stored, under its hash. */
const freeze = async (tx: Db, requestId: string): Promise<Buffer> => {
  const hash = planHash(requestId, (await workLines(tx, requestId)).map(asPlanned));
  await freezePlan(tx, requestId, hash);
  return hash;
};

export const planActivities = (deps: Deps) => ({
  /**
   * Drafts the plan over everything that was located and freezes it by its hash. A plan that is the same as before keeps its
   * hash, so nobody has to be asked again.
   */
  draftPlan: async ({ requestId }: { readonly requestId: string }) => {
    const request = await requiredRequest(deps.db, requestId);
    const { type, country, anonymise } = request;
    const today = deps.now().toISOString().slice(0, 10);
    await deps.db.transaction(async (tx) => {
      await dropLines(tx, await foreignInPlan(tx, deps, request));
      await askAboutBlocked(tx, deps, request);
    });
    const lines = await workLines(deps.db, requestId);
    const terms = { type, anonymise, policy: retentionPolicyOf(deps), country: country ?? undefined, today };
    const asked = type === 'erasure' ? (await systemsToAsk(deps.db, request.clientId)).map(({ id }) => id) : [];
    const abilities = await abilitiesOf(deps, [...asked, ...lines.map(({ systemId }) => systemId)]);
    const plan = draftPlan(await located(deps, request, lines, abilities), terms);
    const searched = await systemsSearched(deps.db, requestId, 'searched');
    const byHand = type === 'erasure' ? beyondReach(plan, abilities, searched) : [];
    return await deps.db.transaction(async (tx) => {
      await savePlan(tx, requestId, plan);
      for (const systemId of byHand)
        await askOnce(tx, { requestId, reason: 'beyond-reach', about: systemId, subject: { systemId }, at: deps.now() });
      const hash = (await freeze(tx, requestId)).toString('hex');
      await moveRequest(tx, requestId, { to: 'planned', at: deps.now(), facts: { planHash: hash, lines: lines.length } });
      return { planHash: hash, lines: lines.length };
    });
  },
});
