import type { KeyRing } from '../../platform/keys.ts';
import { type Db, join, sql } from '../database.ts';
import type { SubjectIdentifier } from '../read/subject-records.ts';

export interface NamedRecord {
  readonly systemId: string;
  readonly kind: string;
  readonly externalId: string;
}

/** Opt-outs in force for one client: the last word per purpose and channel is no. Indexes: source_record_client, consent_event_subject. */
const optOutsOf = async (tx: Db, clientId: string): Promise<{ purpose: string; channel: string; since: string }[]> => {
  const { rows } = await tx.query<{ purpose: string; channel: string; since: string }>(sql`
    with said as (
      select distinct on (e.subject_id, e.purpose, e.channel) e.purpose, e.channel, e.answer, e.at
        from source_record r join consent_subject s on s.source_record_id = r.id join consent_event e on e.subject_id = s.id
       where r.client_id = ${clientId}
       order by e.subject_id, e.purpose, e.channel, e.at desc, (e.answer = 'denied') desc),
    every as (
      select purpose, channel, at from said where answer = 'denied'
      union all
      select purpose, channel, since from suppression where client_id = ${clientId} and lifted_at is null)
    select purpose, channel, min(at) as since from every group by purpose, channel order by purpose, channel`);
  return rows;
};

/**
 * Keeps a person's opt-outs as keyed hashes of each identifier: an opt-out outlives the erasure.
 * @see LOPDGDD art. 15.2; CNIL on opposition lists
 */
export async function keepOptOuts(
  tx: Db,
  keys: KeyRing,
  clientId: string,
  identifiers: readonly SubjectIdentifier[],
): Promise<number> {
  const rows = (await optOutsOf(tx, clientId)).flatMap(({ purpose, channel, since }) =>
    identifiers.map(({ kind, value }) => {
      const hash = keys.mac('suppression', `${kind}:${value}`);
      return sql`(${hash}, ${kind}, ${purpose}, ${channel}, 'opt-out', ${since})`;
    }),
  );
  if (rows.length === 0) return 0;
  const { rowCount } = await tx.query(sql`
    insert into suppression_list (hash, identifier_kind, purpose, channel, reason, since)
    values ${join(rows)} on conflict (hash, purpose, channel, reason) do nothing`);
  return rowCount;
}

const tuples = (records: readonly NamedRecord[]) =>
  join(records.map(({ systemId, kind, externalId }) => sql`(${systemId}, ${kind}, ${externalId})`));

/**
 * Deletes the records of the plan from Ficha itself: raw and canonical form, keys, decisions, golden fields, identifiers, sales
 * and timeline go with them, and what could not be read of them. Their analytics rows are queued to go.
 * @param records n >= 1, exactly those of the plan
 * @param texts normalised identifiers that nobody else carries: rejected records that hold one go too
 */
export async function deleteRecords(tx: Db, records: readonly NamedRecord[], texts: readonly string[]): Promise<number> {
  if (records.length === 0) return 0;
  await tx.query(sql`
    insert into projection_queue (source_record_id)
    select id from source_record
     where kind in ('sale', 'interaction') and (linked_system_id, kind, external_id) in (values ${tuples(records)})`);
  await tx.query(sql`
    delete from rejected_record
     where (linked_system_id, external_id) in (select v.s, v.e from (values ${tuples(records)}) as v (s, k, e))
        or exists (select 1 from unnest(${texts}::text[]) as text where length(text) >= 6 and position(lower(text) in lower(raw::text)) > 0)`);
  const { rowCount } = await tx.query(sql`
    delete from source_record where (linked_system_id, kind, external_id) in (values ${tuples(records)})`);
  return rowCount;
}

/** Deletes the golden record itself, the last that Ficha holds of the person. False when it is gone already. */
export async function deleteClient(tx: Db, clientId: string): Promise<boolean> {
  await tx.query(sql`update client set company_id = null where company_id = ${clientId}`);
  await tx.query(sql`
    update consent_subject set left_client_id = null
     where left_client_id = ${clientId} or left_client_id in (select alias_id from client_alias where client_id = ${clientId})`);
  await tx.query(sql`
    delete from noted_recipient
     where client_id = ${clientId} or client_id in (select alias_id from client_alias where client_id = ${clientId})`);
  await tx.query(sql`delete from client_alias where client_id = ${clientId}`);
  const { rowCount } = await tx.query(sql`delete from client where id = ${clientId}`);
  return rowCount > 0;
}
