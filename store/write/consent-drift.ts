import { type Db, sql } from '../database.ts';

/** A suppression that its system once confirmed, with the records it was confirmed on. */
export interface Confirmed {
  readonly id: string;
  readonly clientId: string;
  readonly purpose: string;
  readonly channel: string;
  readonly records: readonly { readonly id: string; readonly kind: 'person' | 'company'; readonly externalId: string }[];
}

/** Suppressions of one system that hold and were read back, after one; 1 <= limit <= 500. Index: suppression primary key. */
export async function confirmedSuppressions(db: Db, systemId: string, after: string, limit: number): Promise<Confirmed[]> {
  const { rows } = await db.query<Confirmed>(sql`
    select s.id, s.client_id as "clientId", s.purpose, s.channel,
           coalesce((select jsonb_agg(jsonb_build_object('id', r.id::text, 'kind', r.kind, 'externalId', r.external_id) order by r.id)
              from source_record r where r.id = any(s.applied_to) and r.deleted_at is null), '[]') as records
      from suppression s join client c on c.id = s.client_id and c.state in ('active', 'restricted')
     where s.linked_system_id = ${systemId} and s.lifted_at is null and s.state = 'applied' and s.id > ${after}::uuid
     order by s.id limit ${limit}`);
  return rows;
}

/** Notes that a system allows again what was suppressed on these records, and makes the suppression due there at once. */
export async function noteDrift(
  tx: Db,
  systemId: string,
  { id, clientId, purpose, channel, records }: Confirmed,
  at: Date,
): Promise<void> {
  await tx.query(sql`
    update suppression
       set state = 'due', attempts = 0,
           applied_to = array(select unnest(applied_to) except select unnest(${records.map((record) => record.id)}::bigint[]))
     where id = ${id} and lifted_at is null`);
  // carrying it out again begins anew, and finds nothing of its own to report
  await tx.query(sql`
    update suppression_act set confirmed_at = null
     where source_record_id = any(${records.map((record) => record.id)}::bigint[]) and purpose = ${purpose} and channel = ${channel}`);
  await tx.query(sql`
    insert into consent_drift (client_id, linked_system_id, purpose, channel, found_at)
    values (${clientId}, ${systemId}, ${purpose}, ${channel}, ${at})`);
}

/**
 * Once for each suppression that was confirmed before a look at its system: where Ficha's copy still says that contact is allowed, though
 * the look is over, it is due to be read back again. Somebody may have allowed it in between, and then nothing changed from look to look.
 * Index: suppression_act_unseen.
 * @returns how many are due
 */
export async function doubtConfirmed(tx: Db, systemId: string, lookBegan: Date): Promise<number> {
  const { rowCount } = await tx.query(sql`
    with seen as (
      update suppression_act a set seen_at = ${lookBegan}
        from source_record p
       where p.id = a.source_record_id and p.linked_system_id = ${systemId} and a.seen_at is null
         and a.confirmed_at < ${lookBegan}::timestamptz and a.ended_at is null
      returning a.source_record_id as record_id, a.purpose, a.channel, p.client_id, p.external_id),
    doubtful as (
      select distinct s.client_id, s.purpose, s.channel from seen s
       where exists (
         select from source_record c
          where c.linked_system_id = ${systemId} and c.kind = 'consent' and c.client_external_id = s.external_id and c.deleted_at is null
            and c.canonical ->> 'channel' = s.channel and s.purpose in ('*', c.canonical ->> 'purpose')
            and c.canonical ->> 'answer' <> 'denied'))
    update suppression s set state = 'due', attempts = 0
      from doubtful d
     where s.client_id = d.client_id and s.linked_system_id = ${systemId} and s.purpose = d.purpose and s.channel = d.channel
       and s.state = 'applied' and s.lifted_at is null`);
  return rowCount;
}
