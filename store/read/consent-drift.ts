import { type Db, sql } from '../database.ts';

/** One time that a system was found to allow what the ledger denies. */
export interface DriftRow {
  readonly clientId: string;
  readonly linkedSystemId: string;
  readonly purpose: string;
  readonly channel: string;
  readonly foundAt: string;
}

/** Drift that a look, a webhook, a sync or the nightly round came upon, newest first, at most 500. */
export async function driftNewestFirst(db: Db): Promise<DriftRow[]> {
  const { rows } = await db.query<DriftRow>(sql`
    select client_id as "clientId", linked_system_id as "linkedSystemId", purpose, channel, found_at as "foundAt"
      from consent_drift order by found_at desc, id desc limit 500`);
  return rows;
}
