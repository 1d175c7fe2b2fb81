import { texts } from '../binary-array.ts';
import { type Db, sql, type Tx } from '../database.ts';

/** A record that could not be read, validated or mapped. */
export interface RejectedRecord {
  readonly externalId: string | null;
  readonly reasonCode: string;
  /** Names field and rule, never a value. */
  readonly reason: string;
  readonly raw: unknown;
}

/** Keeps records aside with their reason; one that is aside already for the same reason only gets its newer raw form. */
export async function keepAside(
  tx: Db,
  from: { readonly systemId: string; readonly runId: string; readonly stream: string },
  rejected: readonly RejectedRecord[],
): Promise<void> {
  if (rejected.length === 0) return;
  await tx.query(sql`
    insert into rejected_record (linked_system_id, run_id, stream, external_id, reason_code, reason, raw)
    select distinct on (x.external_id, x.reason_code, case when x.external_id is null then x.place end)
           ${from.systemId}, ${from.runId}, ${from.stream}, x.external_id, x.reason_code, x.reason, x.raw
      from jsonb_to_recordset(${JSON.stringify(
        rejected.map((one, place) => ({
          place,
          external_id: one.externalId,
          reason_code: one.reasonCode,
          reason: one.reason,
          raw: one.raw ?? null,
        })),
      )}::jsonb) as x(place int, external_id text, reason_code text, reason text, raw jsonb)
    on conflict (linked_system_id, stream, external_id, reason_code) where external_id is not null and replayed_at is null
    do update set run_id = excluded.run_id, reason = excluded.reason, raw = excluded.raw, at = now()`);
}

/** Records that were aside and are now stored, or gone at their source, are aside no more: only reason and times are kept of them. */
export function takeFromAside(tx: Tx, systemId: string, stream: string, externalIds: readonly string[]): void {
  if (externalIds.length === 0) return;
  tx.later(sql`
    update rejected_record set replayed_at = now(), raw = null
     where linked_system_id = ${systemId} and stream = ${stream} and replayed_at is null
       and external_id = any(${texts(externalIds)}::text[])`);
}

/** After a listing of a whole stream: what was aside and was not met again is gone at its source. Index: rejected_record_once. */
export async function takeUnmetFromAside(
  tx: Db,
  { systemId, runId, stream }: { readonly systemId: string; readonly runId: string; readonly stream: string },
): Promise<void> {
  await tx.query(sql`
    update rejected_record set replayed_at = now(), raw = null
     where linked_system_id = ${systemId} and stream = ${stream} and external_id is not null and replayed_at is null and run_id <> ${runId}`);
}

/** One record that is aside and can be read anew. */
export interface KeptRecord {
  readonly id: string;
  readonly externalId: string | null;
  readonly raw: unknown;
}

/** Reasons that no new reading of the one record mends: which of two records has the id, only a listing shows. */
const doubled = ['id-doubled', 'duplicate-row'];

/**
 * Records of one stream that are aside, the latest form of each, oldest first, locked until the transaction ends; 1 <= limit <= 1000. Left
 * out is what nothing is kept of (erased people) and what shares its id with another. Index: rejected_record_once.
 */
export async function keptRecords(
  tx: Db,
  { systemId, stream }: { readonly systemId: string; readonly stream: string },
  after: string,
  limit: number,
): Promise<readonly KeptRecord[]> {
  const { rows } = await tx.query<KeptRecord>(sql`
    select id, external_id as "externalId", raw
      from rejected_record j
     where linked_system_id = ${systemId} and stream = ${stream} and replayed_at is null and id > ${after}::bigint
       and raw is not null and jsonb_typeof(raw) <> 'null' and reason_code <> all(${doubled}::text[])
       and not exists (
         select 1 from rejected_record n
          where n.linked_system_id = j.linked_system_id and n.stream = j.stream and n.external_id = j.external_id
            and n.replayed_at is null and n.id > j.id and n.reason_code <> all(${doubled}::text[]))
     order by id limit ${limit}
     for update`);
  return rows;
}

/** Records whose replay is over are aside no more, in no older form either, unless this run met them again as they were. */
export async function settleKept(
  tx: Db,
  { systemId, runId, stream }: { readonly systemId: string; readonly runId: string; readonly stream: string },
  kept: readonly KeptRecord[],
): Promise<void> {
  if (kept.length === 0) return;
  const ids = kept.map(({ id }) => id);
  await tx.query(sql`
    update rejected_record j set replayed_at = now(), raw = null
     where linked_system_id = ${systemId} and stream = ${stream} and replayed_at is null and run_id <> ${runId}
       and reason_code <> all(${doubled}::text[])
       and (id = any(${ids}::bigint[])
            or external_id in (select k.external_id from rejected_record k where k.id = any(${ids}::bigint[])))`);
}
