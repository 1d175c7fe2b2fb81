import { texts } from '../binary-array.ts';
import { type Db, sql } from '../database.ts';

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

/** Records that were aside and are now stored count as replayed. */
export async function takeFromAside(tx: Db, systemId: string, stream: string, externalIds: readonly string[]): Promise<void> {
  if (externalIds.length === 0) return;
  await tx.query(sql`
    update rejected_record set replayed_at = now()
     where linked_system_id = ${systemId} and stream = ${stream} and replayed_at is null
       and external_id = any(${texts(externalIds)}::text[])`);
}
