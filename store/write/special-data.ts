import type { AuditAction } from '../../domain/record/audit-action.ts';
import { FichaError } from '../../domain/record/error.ts';
import { canonicalJson } from '../../domain/record/canonical-json.ts';
import type { KeyRing } from '../../platform/keys.ts';
import { type Db, sql } from '../database.ts';
import { appendAudit, appendAudits, type AuditNote } from './audit.ts';
import { openReviewTasks } from './review-tasks.ts';

/** What a linked system holds of a special category about one person; null: nothing any more. */
export interface FoundSpecial {
  readonly externalId: string;
  readonly field: string;
  readonly category: string;
  readonly value: unknown;
}

const contextOf = (systemId: string, externalId: string, field: string): string =>
  `special-value/${systemId}/${externalId}/${field}`;

/**
 * Keeps values of special categories aside, each sealed, beside the records that they came with. The same value again changes nothing, not
 * even what was decided of it; another value waits anew. Call it in the transaction that stored the records.
 */
export async function keepSpecial(
  tx: Db,
  keys: KeyRing,
  systemId: string,
  found: readonly FoundSpecial[],
  at: Date,
): Promise<void> {
  if (found.length === 0) return;
  const lines = found.map(({ externalId, field, category, value }) => {
    const text = canonicalJson(value);
    const context = contextOf(systemId, externalId, field);
    return {
      external_id: externalId,
      field,
      category,
      gone: value === null,
      hash: keys.mac('suppression', `${context}:${text}`).toString('hex'),
      sealed: keys.encrypt(Buffer.from(text), context).toString('base64'),
    };
  });
  await tx.query(sql`
    with found as materialized (
      select r.id as record_id, r.client_id, x.*
        from jsonb_to_recordset(${JSON.stringify(lines)}::jsonb)
             as x(external_id text, field text, category text, gone boolean, hash text, sealed text)
       cross join lateral (
         select id, client_id from source_record
          where linked_system_id = ${systemId} and kind = 'person' and external_id = x.external_id limit 1) r),
    gone as (
      delete from special_value v using found f where f.gone and v.source_record_id = f.record_id and v.field = f.field),
    kept as (
      insert into special_value as known (source_record_id, field, category, sealed, value_hash, since)
      select record_id, field, category, decode(sealed, 'base64'), decode(hash, 'hex'), ${at}::timestamptz from found where not gone
      on conflict (source_record_id, field) do update
         set category = excluded.category, sealed = excluded.sealed, value_hash = excluded.value_hash, state = 'held', value = null,
             basis = null, settled_by = null, since = excluded.since
       where known.value_hash <> excluded.value_hash or known.category <> excluded.category
      returning known.source_record_id)
    insert into consent_queue (client_id)
    select distinct f.client_id from kept k join found f on f.record_id = k.source_record_id where f.client_id is not null
    on conflict do nothing`);
}

/** One value beside a client's records, as far as a decision needs it. */
export interface SpecialRow {
  readonly id: string;
  readonly clientId: string;
  readonly systemId: string;
  readonly externalId: string;
  readonly field: string;
  readonly category: string;
  readonly state: 'held' | 'released' | 'dropped';
  readonly basis: string | null;
  readonly settledBy: string | null;
  readonly sealed: Buffer;
}

/** Values of special categories beside the records of these clients. Index: source_record_client, special_value unique key. */
async function valuesOf(tx: Db, clientIds: readonly string[]): Promise<readonly SpecialRow[]> {
  const { rows } = await tx.query<SpecialRow>(sql`
    select v.id, r.client_id as "clientId", r.linked_system_id as "systemId", r.external_id as "externalId", v.field, v.category, v.state,
           v.basis, v.settled_by as "settledBy", v.sealed
      from source_record r join special_value v on v.source_record_id = r.id
     where r.client_id = any(${[...clientIds]}::uuid[])
     order by v.id for update of v`);
  return rows;
}

const release = async (tx: Db, keys: KeyRing, row: SpecialRow, basis: string, by: string | null, at: Date): Promise<void> => {
  const value = keys.decrypt(row.sealed, contextOf(row.systemId, row.externalId, row.field)).toString('utf8');
  await tx.query(sql`
    update special_value set state = 'released', value = ${value}::jsonb, basis = ${basis}, settled_by = ${by}, since = ${at}
     where id = ${row.id}`);
};

const taskKey = ({ clientId, category }: SpecialRow): string => `special/${clientId}/${category}`;

const noteOn = (action: AuditAction, { id, clientId, category, systemId }: SpecialRow, by: string, at: Date): AuditNote => ({
  actor: by,
  action,
  subject: clientId,
  facts: { valueId: id, category, systemId },
  at,
});

/**
 * Releases what may be held and keeps aside what may not, of these clients: by their word, or by the basis that the policy or the DPO
 * recorded. What waits opens one task for each client and category, withdrawn when it may be held.
 * @param basisFor why a value may be held, where its person or the policy says so
 */
export async function settleSpecial(
  tx: Db,
  keys: KeyRing,
  clientIds: readonly string[],
  basisFor: (row: SpecialRow) => { readonly basis: string; readonly by: string | null } | undefined,
  at: Date,
): Promise<void> {
  const rows = await valuesOf(tx, clientIds);
  if (rows.length === 0) return;
  const byDpo = ({ settledBy }: SpecialRow) => settledBy !== null && settledBy !== 'policy';
  const open = rows.filter((row) => row.state !== 'dropped' && !(row.state === 'released' && byDpo(row)));
  const free = open.flatMap((row) => {
    const found = basisFor(row);
    return found === undefined ? [] : [{ row, ...found }];
  });
  const freed = new Set(free.map(({ row }) => row.id));
  const released = free.filter(({ row }) => row.state === 'held');
  for (const { row, basis, by } of released) await release(tx, keys, row, basis, by, at);
  const held = open.filter(({ id }) => !freed.has(id));
  const withdrawn = held.filter(({ state }) => state === 'released');
  await tx.query(sql`
    update special_value set state = 'held', value = null, basis = null, settled_by = null, since = ${at}
     where id = any(${withdrawn.map(({ id }) => id)}::uuid[])`);
  await openReviewTasks(
    tx,
    held.map((row) => ({
      kind: 'consent',
      reason: 'special-without-basis',
      subject: { clientId: row.clientId, category: row.category },
      subjectKey: taskKey(row),
    })),
  );
  await withdrawTasks(tx, rows, held, at);
  await appendAudits(tx, [
    ...released.map(({ row, by }) => noteOn('special-data.release', row, by ?? 'ficha', at)),
    ...held.filter(({ state }) => state === 'released').map((row) => noteOn('special-data.hold', row, 'ficha', at)),
  ]);
}

async function withdrawTasks(tx: Db, rows: readonly SpecialRow[], held: readonly SpecialRow[], at: Date): Promise<void> {
  const waiting = new Set(held.map(taskKey));
  const over = [...new Set(rows.map(taskKey))].filter((key) => !waiting.has(key));
  await tx.query(sql`
    update review_task set state = 'withdrawn', settled_at = ${at}, settled_by = 'ficha'
     where kind = 'consent' and state = 'open' and subject_key = any(${over}::text[])`);
}

export interface SpecialAnswer {
  readonly id: string;
  readonly answer: 'release' | 'drop';
  readonly basis?: string;
  readonly by: string;
  readonly at: Date;
}

/**
 * Carries out the DPO's word on one value that is kept aside: held under the basis that they record, or dropped until the system shows
 * another one.
 * @throws FichaError `unknown-value`, `task-is-over`
 */
export async function answerSpecial(tx: Db, keys: KeyRing, { id, answer, basis = '', by, at }: SpecialAnswer): Promise<void> {
  const { rows } = await tx.query<{ readonly clientId: string | null }>(sql`
    select r.client_id as "clientId" from special_value v join source_record r on r.id = v.source_record_id where v.id = ${id}`);
  const clientId = rows[0]?.clientId;
  const all = clientId ? await valuesOf(tx, [clientId]) : [];
  const row = all.find((one) => one.id === id);
  if (row === undefined) {
    throw new FichaError(
      'unknown-value',
      'no value of a client has this id; `ficha consent special list` shows what is kept aside',
    );
  }
  if (row.state !== 'held') throw new FichaError('task-is-over', `this value is not kept aside any more: it is ${row.state}`);
  if (answer === 'release') await release(tx, keys, row, basis, by, at);
  else await tx.query(sql`update special_value set state = 'dropped', settled_by = ${by}, since = ${at} where id = ${id}`);
  await withdrawTasks(
    tx,
    all,
    all.filter((one) => one.id !== id && one.state === 'held'),
    at,
  );
  await appendAudit(tx, noteOn(`special-data.${answer}`, row, by, at));
}
