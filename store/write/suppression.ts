import { type Db, sql } from '../database.ts';

/** A client whose outward state must be compared with the ledger, and where they can be contacted. */
export interface QueuedClient {
  readonly clientId: string;
  /** Linked systems that hold a person record of this client. */
  readonly systemIds: readonly string[];
}

/**
 * Takes up to `limit` queued clients off the queue, with the systems that hold them; another drain skips them. When the transaction
 * fails they are queued still.
 */
export async function takeConsentQueue(tx: Db, limit: number): Promise<QueuedClient[]> {
  const { rows } = await tx.query<QueuedClient>(sql`
    with taken as (
      delete from consent_queue
       where client_id in (select client_id from consent_queue order by client_id limit ${limit} for update skip locked)
      returning client_id)
    select t.client_id as "clientId",
           coalesce((select array_agg(distinct r.linked_system_id order by r.linked_system_id) from source_record r
             where r.client_id = t.client_id and r.kind = 'person' and r.deleted_at is null), '{}') as "systemIds"
      from taken t join client c on c.id = t.client_id and c.state = 'active'`);
  return rows;
}

/** One suppression that a client's ledger asks for. */
export interface Owed {
  readonly clientId: string;
  readonly purpose: string;
  readonly channel: string;
  readonly systemId: string;
}

/** What changed when the ledger was compared with the suppressions of these clients. */
export interface SuppressionChanges {
  readonly due: readonly Owed[];
  readonly lifted: number;
}

/**
 * Makes the suppressions of these clients what the ledger asks for: missing ones become due, those whose client has a record that was
 * not suppressed yet become due again, those that the ledger no longer denies are lifted. A system that cannot be opened now, or holds
 * no record of the client now, keeps its suppressions.
 */
export async function setSuppressionsOwed(
  tx: Db,
  clientIds: readonly string[],
  owed: readonly Owed[],
  denied: readonly Omit<Owed, 'systemId'>[],
  at: Date,
): Promise<SuppressionChanges> {
  const lines = JSON.stringify(
    owed.map(({ clientId, purpose, channel, systemId }) => ({ client_id: clientId, purpose, channel, system: systemId })),
  );
  const { rows: due } = await tx.query<Owed>(sql`
    insert into suppression (client_id, purpose, channel, linked_system_id, since)
    select x.client_id, x.purpose, x.channel, x.system, ${at}::timestamptz
      from jsonb_to_recordset(${lines}::jsonb) as x(client_id uuid, purpose text, channel text, system text)
    on conflict (client_id, purpose, channel, linked_system_id) do update
       set state = 'due', attempts = 0, lifted_at = null,
           since = case when suppression.lifted_at is null then suppression.since else excluded.since end
     where suppression.lifted_at is not null
        or exists (select from source_record r
                    where r.client_id = suppression.client_id and r.linked_system_id = suppression.linked_system_id
                      and r.kind = 'person' and r.deleted_at is null and not r.id = any(suppression.applied_to))
    returning client_id as "clientId", purpose, channel, linked_system_id as "systemId"`);
  const { rowCount: lifted } = await tx.query(sql`
    update suppression s set lifted_at = ${at}::timestamptz
     where s.client_id = any(${[...clientIds]}::uuid[]) and s.lifted_at is null
       and not exists (
         select from jsonb_to_recordset(${JSON.stringify(
           denied.map(({ clientId, purpose, channel }) => ({ client_id: clientId, purpose, channel })),
         )}::jsonb) as x(client_id uuid, purpose text, channel text)
          where x.client_id = s.client_id and x.purpose = s.purpose and x.channel = s.channel)`);
  return { due, lifted };
}

/** A suppression to carry out, with the records that it is about. */
export interface DueSuppression {
  readonly id: string;
  readonly clientId: string;
  readonly purpose: string;
  readonly channel: string;
  readonly records: readonly { readonly id: string; readonly externalId: string }[];
}

/** Up to `limit` due suppressions of one system, longest waiting first, after `afterId`. Index: suppression_due. */
export async function dueSuppressions(
  db: Db,
  systemId: string,
  afterId: string | null,
  limit: number,
): Promise<DueSuppression[]> {
  const { rows } = await db.query<DueSuppression>(sql`
    select s.id, s.client_id as "clientId", s.purpose, s.channel,
           coalesce((select jsonb_agg(jsonb_build_object('id', r.id::text, 'externalId', r.external_id) order by r.id)
              from source_record r
             where r.client_id = s.client_id and r.linked_system_id = s.linked_system_id and r.kind = 'person'
               and r.deleted_at is null), '[]') as records
      from suppression s join client c on c.id = s.client_id and c.state = 'active'
     where s.linked_system_id = ${systemId} and s.state = 'due' and s.lifted_at is null
       and (${afterId}::uuid is null or s.id > ${afterId}::uuid)
     order by s.id
     limit ${limit}`);
  return rows;
}

/** Systems that have a due suppression. Index: suppression_due. */
export async function systemsWithDueSuppressions(db: Db): Promise<string[]> {
  const { rows } = await db.query<{ readonly id: string }>(sql`
    select distinct s.linked_system_id as id
      from suppression s
      join linked_system l on l.id = s.linked_system_id and l.state = 'active'
      join client c on c.id = s.client_id and c.state = 'active'
     where s.state = 'due' and s.lifted_at is null order by 1`);
  return rows.map(({ id }) => id);
}

/** How a suppression ended in its system. */
export interface SuppressionOutcome {
  readonly state: 'applied' | 'refused' | 'unsupported' | 'absent' | 'failed';
  readonly detail: string | null;
  readonly appliedTo: readonly string[];
}

/** Notes what the system said when it was read back. */
export async function settleSuppression(tx: Db, id: string, outcome: SuppressionOutcome, at: Date): Promise<void> {
  await tx.query(sql`
    update suppression
       set state = ${outcome.state}, detail = ${outcome.detail}, applied_to = ${[...outcome.appliedTo]}::bigint[],
           attempts = attempts + 1, read_back_at = ${at}::timestamptz
     where id = ${id}`);
}
