import { type Db, sql } from '../database.ts';
import { holdProjection } from './projection.ts';

/**
 * Begins the next epoch: everything is queued to be projected again under new pseudonyms, and no month is released until it is there.
 * Waits for the batch that is being projected.
 * @returns the number of the new epoch
 */
export async function beginEpoch(tx: Db): Promise<number> {
  await holdProjection(tx);
  const { rows } = await tx.query<{ number: number }>(sql`
    update analytics_epoch set number = number + 1, state = 'rebuilding', started_at = now() returning number`);
  for (const table of [
    sql`projected_record`,
    sql`projected_month`,
    sql`projected_client`,
    sql`projection_queue`,
    sql`client_projection_queue`,
  ]) {
    await tx.query(sql`delete from ${table}`);
  }
  await tx.query(sql`update projection_state set clients = 0`);
  // month by month: each batch then writes to few months of ClickHouse
  await tx.query(sql`
    insert into projection_queue (source_record_id)
    select source_record_id from (select source_record_id, at from sale union all select source_record_id, at from interaction) e order by at`);
  await tx.query(sql`insert into client_projection_queue (client_id) select id from client`);
  return rows[0]?.number ?? 1;
}

/** Ends the rebuilding of this epoch; another that began since stays as it is. */
export async function endRebuild(db: Db, epoch: number): Promise<void> {
  await db.query(sql`update analytics_epoch set state = 'ready' where number = ${epoch} and state = 'rebuilding'`);
}
