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
