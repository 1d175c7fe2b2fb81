import { draftPlan, type LocatedRecord, type PlanLine, planHash } from '../../domain/privacy/plan.ts';
import type { Db } from '../../store/database.ts';
import { type WorkLine, workLines } from '../../store/read/plan-lines.ts';
import { type PrivacyRequestRow, requiredRequest } from '../../store/read/privacy-requests.ts';
import { recordsOfSubject } from '../../store/read/subject-records.ts';
import { dropLines, savePlan } from '../../store/write/plan-lines.ts';
import { freezePlan, moveRequest } from '../../store/write/privacy-requests.ts';
import { recordHash } from '../../store/write/tombstones.ts';
import type { Deps } from '../deps.ts';
import { withSystem } from './line-work.ts';
import { foreignInPlan } from './plan-coverage.ts';
import { retentionPolicyOf } from './policies.ts';

/** What each system can do and which records are fields of others there, asked once. */
const abilitiesOf = async (deps: Deps, systemIds: Iterable<string>) => {
  const entries = [...new Set(systemIds)].map((systemId) =>
    withSystem(deps, systemId, ({ capabilities, carriedBy }) =>
      Promise.resolve([systemId, { capabilities, carriedBy }] as const),
    ),
  );
  return new Map(await Promise.all(entries));
};

/** The located records with what the policy must know of them; of one that only its system knows, the kind alone. */
const located = async (deps: Deps, request: PrivacyRequestRow, lines: readonly WorkLine[]): Promise<LocatedRecord[]> => {
  const abilities = await abilitiesOf(
    deps,
    lines.map(({ systemId }) => systemId),
  );
  const known = new Map(
    (await recordsOfSubject(deps.db, request.clientId)).map((record) => [
      recordHash(deps.keys, record.systemId, record.kind, record.externalId).toString('hex'),
      record,
    ]),
  );
  return lines.map(({ recordHash: hash, systemId, kind }) => {
    const facts = known.get(hash);
    const { capabilities: able, carriedBy } = abilities.get(systemId) ?? {};
    return {
      recordHash: hash,
      systemId,
      kind,
      erasable: able?.erase ?? false,
      exportable: able?.export ?? false,
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
    const { type, country } = request;
    const today = deps.now().toISOString().slice(0, 10);
    await deps.db.transaction(async (tx) => dropLines(tx, await foreignInPlan(tx, deps, request)));
    const lines = await workLines(deps.db, requestId);
    const terms = { type, policy: retentionPolicyOf(deps), country: country ?? undefined, today };
    const plan = draftPlan(await located(deps, request, lines), terms);
    return await deps.db.transaction(async (tx) => {
      await savePlan(tx, requestId, plan);
      const hash = (await freeze(tx, requestId)).toString('hex');
      await moveRequest(tx, requestId, { to: 'planned', at: deps.now(), facts: { planHash: hash, lines: lines.length } });
      return { planHash: hash, lines: lines.length };
    });
  },
});
