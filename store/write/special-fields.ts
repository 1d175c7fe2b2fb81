import { type Db, sql } from '../database.ts';

/** A person's record that still holds, in clear, a field that the policy names as special. */
export interface UnpartedRecord {
  readonly id: string;
  readonly systemId: string;
  readonly externalId: string;
  readonly raw: unknown;
  readonly canonical: Readonly<Record<string, unknown>>;
}

/** Up to `limit` records of one system, or of every one (`*`), that hold this field. Scans; for a changed policy, not for a loop. */
export async function recordsWithField(tx: Db, system: string, field: string, limit: number): Promise<UnpartedRecord[]> {
  const { rows } = await tx.query<UnpartedRecord>(sql`
    select id, linked_system_id as "systemId", external_id as "externalId", raw, canonical from source_record
     where kind = 'person' and (${system} = '*' or linked_system_id = ${system})
       and (raw ? ${field} or raw #> string_to_array(${field}, '.') is not null)
     order by id limit ${limit} for update`);
  return rows;
}

/** Stores records without what was taken out of them, and queues them to be resolved again. The next sync writes them anew. */
export async function replaceContents(
  tx: Db,
  records: readonly Omit<UnpartedRecord, 'systemId' | 'externalId'>[],
): Promise<void> {
  await tx.query(sql`
    with cleaned as (
      update source_record r set raw = x.raw, canonical = x.canonical, content_hash = '\\x'
        from jsonb_to_recordset(${JSON.stringify(records)}::jsonb) as x(id bigint, raw jsonb, canonical jsonb)
       where r.id = x.id returning r.id)
    insert into resolution_queue (source_record_id) select id from cleaned on conflict do nothing`);
}

/** Takes a field out of what could not be read, too. */
export async function clearRejected(tx: Db, system: string, field: string): Promise<void> {
  await tx.query(sql`
    update rejected_record set raw = (raw - ${field}) #- string_to_array(${field}, '.')
     where (${system} = '*' or linked_system_id = ${system}) and jsonb_typeof(raw) = 'object'
       and (raw ? ${field} or raw #> string_to_array(${field}, '.') is not null)`);
}
