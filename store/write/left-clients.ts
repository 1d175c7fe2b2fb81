import { sql, type Tx } from '../database.ts';

/** Parts records that are gone at their source from their client. Their opt-outs stay the client's. */
export function leaveClients(tx: Tx, recordIds: readonly string[]): void {
  tx.later(sql`
    update consent_subject s set left_client_id = r.client_id
      from source_record r where r.id = any(${[...recordIds]}::bigint[]) and s.source_record_id = r.id and r.client_id is not null`);
  tx.later(sql`delete from client_identifier where source_record_id = any(${[...recordIds]}::bigint[])`);
  tx.later(sql`
    select forget_origins(array(select client_id from source_record where id = any(${[...recordIds]}::bigint[])), ${[...recordIds]}::bigint[])`);
  tx.later(sql`update source_record set client_id = null where id = any(${[...recordIds]}::bigint[])`);
}

/** Removes clients that no record belongs to any more; those that merged live on as aliases. */
export function removeEmptyClients(tx: Tx, clientIds: readonly string[]): void {
  const ids = [...clientIds];
  tx.later(sql`
    update client c set company_id = null
     where c.company_id = any(${ids}::uuid[])
       and not exists (select from source_record r where r.client_id = c.company_id and r.kind = 'company')`);
  tx.later(sql`
    update source_record r set client_id = null
     where r.client_id = any(${ids}::uuid[]) and r.kind not in ('person', 'company')
       and not exists (select from source_record o where o.client_id = r.client_id and o.kind in ('person', 'company'))`);
  for (const table of [sql`sale`, sql`interaction`]) {
    tx.later(sql`
      update ${table} t set client_id = null
       where t.client_id = any(${ids}::uuid[])
         and not exists (select from source_record o where o.client_id = t.client_id and o.kind in ('person', 'company'))`);
  }
  tx.later(sql`
    delete from client_alias a where a.client_id = any(${ids}::uuid[])
       and not exists (select from source_record o where o.client_id = a.client_id)`);
  tx.later(sql`
    delete from client c
     where c.id = any(${ids}::uuid[]) and not exists (select from source_record r where r.client_id = c.id)`);
}
