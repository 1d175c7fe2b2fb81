import { type Db, sql } from '../database.ts';

/** The data of one linked system on one day. Counts; shares are 0 to 1, null where there is nothing to have a share of. */
export interface QualityRow {
  readonly day: string;
  readonly linkedSystemId: string;
  readonly records: string;
  readonly duplicates: string;
  readonly conflicts: string;
  readonly invalidIdentifiers: string;
  readonly identifiers: string;
  readonly rejected: string;
  readonly completeness: number | null;
  readonly freshness: number | null;
}

/** The last `days` measured days of one system or of all, newest first; 1 <= days <= 366. Index: quality_snapshot_pkey. */
export async function qualityOf(db: Db, systemId: string | undefined, days: number): Promise<QualityRow[]> {
  const { rows } = await db.query<QualityRow>(sql`
    select day, linked_system_id as "linkedSystemId", records, duplicates, conflicts, invalid_identifiers as "invalidIdentifiers",
           identifiers, rejected, (complete_fields::float8 / nullif(asked_fields, 0)) as completeness,
           (fresh::float8 / nullif(records, 0)) as freshness
      from quality_snapshot
     where day in (select distinct day from quality_snapshot order by day desc limit ${days})
       and (${systemId ?? null}::text is null or linked_system_id = ${systemId ?? null})
     order by day desc, linked_system_id`);
  return rows;
}
