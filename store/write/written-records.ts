import type { RecordKind } from '../../domain/record/source-record.ts';
import { type Db, sql } from '../database.ts';

/** A source record that was just written. */
export interface WrittenRow {
  readonly id: string;
  readonly kind: RecordKind;
}

/** What follows when sales, interactions, consents or documents were written: whose they are, their flat rows, their place in the queue. */
export async function afterChange(tx: Db, systemId: string, rows: readonly WrittenRow[]): Promise<void> {
  if (rows.length === 0) return;
  const ids = (kind: RecordKind): string[] => rows.filter((row) => row.kind === kind).map(({ id }) => id);
  await adoptOwner(
    tx,
    systemId,
    rows.map(({ id }) => id),
  );
  await flattenSales(tx, ids('sale'));
  await flattenInteractions(tx, ids('interaction'));
  await queueAgain(tx, rows);
}

/** What follows when records of any kind are gone at their source. */
export async function afterDeletion(tx: Db, rows: readonly WrittenRow[]): Promise<void> {
  if (rows.length === 0) return;
  const ids = rows.map(({ id }) => id);
  await tx.query(sql`delete from sale where source_record_id = any(${ids}::bigint[])`);
  await tx.query(sql`delete from interaction where source_record_id = any(${ids}::bigint[])`);
  await tx.query(sql`delete from special_value where source_record_id = any(${ids}::bigint[])`);
  await queueAgain(tx, rows);
}

/** A sale, an interaction or a consent belongs to the client of the person or company that it names. */
async function adoptOwner(tx: Db, systemId: string, ids: readonly string[]): Promise<void> {
  await tx.query(sql`
    update source_record r set client_id = owned.client_id
      from (select a.id, o.client_id
              from source_record a
             cross join lateral (
               select client_id from source_record
                where linked_system_id = ${systemId} and kind in ('person', 'company') and external_id = a.client_external_id
                  and deleted_at is null
                order by kind desc
                limit 1) o
             where a.id = any(${[...ids]}::bigint[])) owned
     where r.id = owned.id and r.client_id is distinct from owned.client_id`);
}

async function flattenSales(tx: Db, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await tx.query(sql`
    insert into sale (source_record_id, linked_system_id, client_id, sale_kind, status, number, at, amount_cents, currency, channel)
    select id, linked_system_id, client_id, canonical ->> 'saleKind', canonical ->> 'status', canonical ->> 'number',
           (canonical ->> 'at')::timestamptz, (canonical ->> 'amountCents')::bigint, canonical ->> 'currency', canonical ->> 'channel'
      from source_record where id = any(${[...ids]}::bigint[])
    on conflict (source_record_id) do update
       set client_id = excluded.client_id, sale_kind = excluded.sale_kind, status = excluded.status, number = excluded.number,
           at = excluded.at, amount_cents = excluded.amount_cents, currency = excluded.currency, channel = excluded.channel`);
}

async function flattenInteractions(tx: Db, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await tx.query(sql`
    insert into interaction (source_record_id, linked_system_id, client_id, interaction_kind, direction, status, channel, at, subject)
    select id, linked_system_id, client_id, canonical ->> 'interactionKind', canonical ->> 'direction', canonical ->> 'status',
           canonical ->> 'channel', (canonical ->> 'at')::timestamptz, canonical ->> 'subject'
      from source_record where id = any(${[...ids]}::bigint[])
    on conflict (source_record_id) do update
       set client_id = excluded.client_id, interaction_kind = excluded.interaction_kind, direction = excluded.direction,
           status = excluded.status, channel = excluded.channel, at = excluded.at, subject = excluded.subject`);
}

async function queueAgain(tx: Db, rows: readonly WrittenRow[]): Promise<void> {
  const resolve = rows.filter(({ kind }) => kind === 'person' || kind === 'company').map(({ id }) => id);
  const project = rows.filter(({ kind }) => kind === 'sale' || kind === 'interaction').map(({ id }) => id);
  if (resolve.length > 0) {
    await tx.query(sql`insert into resolution_queue (source_record_id) select unnest(${resolve}::bigint[])`);
  }
  if (project.length === 0) return;
  await tx.query(sql`
    insert into projection_queue (source_record_id) select unnest(${project}::bigint[]) on conflict do nothing`);
}
