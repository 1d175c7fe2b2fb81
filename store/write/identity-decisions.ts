import { FichaError } from '../../domain/record/error.ts';
import { type Db, sql } from '../database.ts';
import { appendAudit } from './audit.ts';

/** Two records and what a person said of them. */
export interface PairLink {
  readonly one: string;
  readonly other: string;
  readonly kind: 'must-link' | 'cannot-link';
}

/** A person's decision on clients, spelled out pair by pair. */
export interface NewIdentityDecision {
  readonly kind: 'split' | 'merge' | 'link' | 'review';
  readonly answer: 'same' | 'different';
  readonly by: string;
  readonly at: Date;
  readonly clientIds: readonly string[];
  readonly reviewTaskId?: string;
  readonly pairs: readonly PairLink[];
}

const ordered = ({ one, other, kind }: PairLink) =>
  BigInt(one) < BigInt(other) ? { a: one, b: other, kind } : { a: other, b: one, kind };

async function queueAgain(tx: Db, ids: readonly string[]): Promise<void> {
  await tx.query(sql`insert into resolution_queue (source_record_id) select unnest(${[...ids]}::bigint[])`);
}

/**
 * Writes a decision with its constraints, in force at once and over every re-run, and queues what must be resolved again. An earlier
 * decision on the same pair is ended by this one and comes back when this one is undone. Audited in the same transaction (rule 7).
 * @param decision.pairs n >= 1, each pair of records once
 * @returns its id
 */
export async function writeIdentityDecision(tx: Db, decision: NewIdentityDecision): Promise<string> {
  const pairs = JSON.stringify(decision.pairs.map(ordered));
  const records = [...new Set(decision.pairs.flatMap(({ one, other }) => [one, other]))];
  const { rows } = await tx.query<{ readonly id: string }>(sql`
    insert into identity_decision (kind, answer, review_task_id, client_ids, records, decided_by, at)
    values (${decision.kind}, ${decision.answer}, ${decision.reviewTaskId ?? null}, ${[...decision.clientIds]}::uuid[],
            ${records.length}, ${decision.by}, ${decision.at})
    returning id`);
  const id = rows[0]?.id ?? '';
  await tx.query(sql`
    update match_constraint c set undone_at = ${decision.at}, ended_by = ${id}
      from jsonb_to_recordset(${pairs}::jsonb) as x(a bigint, b bigint)
     where c.record_a = x.a and c.record_b = x.b and c.undone_at is null`);
  await tx.query(sql`
    insert into match_constraint (record_a, record_b, kind, decided_by, at, decision_id)
    select x.a, x.b, x.kind, ${decision.by}, ${decision.at}, ${id}
      from jsonb_to_recordset(${pairs}::jsonb) as x(a bigint, b bigint, kind text)`);
  await queueAgain(tx, records);
  await appendAudit(tx, {
    actor: decision.by,
    action: `identity.${decision.kind}`,
    subject: decision.clientIds[0] ?? null,
    facts: { decision: id, answer: decision.answer, records: records.length, clients: [...decision.clientIds] },
    at: decision.at,
  });
  return id;
}

/**
 * Takes a decision back: its constraints end, those that it had ended hold again, and its records are resolved again.
 * @throws FichaError `unknown-decision`, `already-undone`
 */
export async function undoIdentityDecision(
  tx: Db,
  { decisionId, by, at }: { readonly decisionId: string; readonly by: string; readonly at: Date },
): Promise<void> {
  const { rows } = await tx.query<{ readonly undoneAt: string | null; readonly taskId: string | null }>(sql`
    select undone_at as "undoneAt", review_task_id as "taskId" from identity_decision where id = ${decisionId} for update`);
  const [found] = rows;
  if (found === undefined)
    throw new FichaError('unknown-decision', 'no decision has this id; `ficha client how <client-id>` lists those of a client');
  if (found.undoneAt !== null) throw new FichaError('already-undone', 'this decision was taken back before; nothing changed');
  await tx.query(sql`update identity_decision set undone_by = ${by}, undone_at = ${at} where id = ${decisionId}`);
  const { rows: touched } = await tx.query<{ readonly a: string; readonly b: string }>(sql`
    select record_a as a, record_b as b from match_constraint where decision_id = ${decisionId} or ended_by = ${decisionId}`);
  await tx.query(sql`
    update match_constraint set undone_at = ${at} where decision_id = ${decisionId} and undone_at is null`);
  await tx.query(sql`
    update match_constraint c set undone_at = null, ended_by = null
     where c.ended_by = ${decisionId}
       and not exists (select from identity_decision d where d.id = c.decision_id and d.undone_at is not null)
       and not exists (select from match_constraint o where o.record_a = c.record_a and o.record_b = c.record_b and o.undone_at is null)`);
  const records = [...new Set(touched.flatMap(({ a, b }) => [a, b]))];
  await queueAgain(tx, records);
  await appendAudit(tx, {
    actor: by,
    action: 'identity.undo',
    subject: decisionId,
    facts: { records: records.length, ...(found.taskId === null ? {} : { task: found.taskId }) },
    at,
  });
}
