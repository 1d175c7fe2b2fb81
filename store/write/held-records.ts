import type { RecordKind, SourceRecordDraft } from '../../domain/record/source-record.ts';
import { type Db, sql } from '../database.ts';

/** A record as it is held, to be joined with more of it. */
export type HeldRecord = Pick<SourceRecordDraft, 'kind' | 'externalId' | 'raw' | 'canonical'> & {
  readonly changedAt: string | null;
};

/** Records of one system that are held and there, locked until the transaction ends; 0 <= n <= some thousands. Index: its unique key. */
export async function heldRecords(
  tx: Db,
  systemId: string,
  refs: readonly { readonly kind: RecordKind; readonly externalId: string }[],
): Promise<readonly HeldRecord[]> {
  if (refs.length === 0) return [];
  const asked = JSON.stringify(refs.map(({ kind, externalId }) => ({ kind, external_id: externalId })));
  const { rows } = await tx.query<HeldRecord>(sql`
    select kind, external_id as "externalId", raw, canonical, to_char(changed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "changedAt"
      from source_record r
     where id = any(array(
       select o.id from (select distinct kind, external_id from jsonb_to_recordset(${asked}::jsonb) as x(kind text, external_id text)) x
        cross join lateral (
          select id from source_record
           where linked_system_id = ${systemId} and kind = x.kind and external_id = x.external_id and deleted_at is null
           limit 1) o))
     for update`);
  return rows;
}
