import { type Db, sql } from '../database.ts';

/** An id that a client had before it was merged away, and which of these records it had. */
export interface FormerClient {
  readonly aliasId: string;
  readonly recordId: string;
  /** Where the alias leads now. */
  readonly clientId: string;
}

/** The ids, merged away since, under which these records were a client of their own. Index: membership_change_record. */
export async function formerClientsOf(db: Db, recordIds: readonly string[]): Promise<FormerClient[]> {
  const { rows } = await db.query<FormerClient>(sql`
    select distinct a.alias_id as "aliasId", m.source_record_id as "recordId", a.client_id as "clientId"
      from membership_change m join client_alias a on a.alias_id = m.from_client_id
     where m.source_record_id = any(${[...recordIds]}::bigint[])
     order by 1, 2`);
  return rows;
}
