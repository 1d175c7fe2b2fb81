import { type Db, sql } from '../database.ts';

/** One value of a special category: where it lies and why it may be held, without the value. */
export interface SpecialDataRow {
  readonly id: string;
  readonly clientId: string | null;
  readonly linkedSystemId: string;
  readonly field: string;
  readonly category: string;
  readonly state: string;
  readonly basis: string | null;
  readonly since: string;
}

/** Values of special categories, those that are kept aside first, the longest waiting first, at most 500. Index: special_value_held. */
export async function specialDataRows(db: Db): Promise<SpecialDataRow[]> {
  const { rows } = await db.query<SpecialDataRow>(sql`
    select v.id, r.client_id as "clientId", r.linked_system_id as "linkedSystemId", v.field, v.category, v.state, v.basis, v.since
      from special_value v join source_record r on r.id = v.source_record_id
     order by v.state <> 'held', v.since, v.id limit 500`);
  return rows;
}
