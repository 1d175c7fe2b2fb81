import { type Db, sql } from '../database.ts';

/** Notes who objects to profiling; whoever changed sides leaves or enters the metrics with everything of theirs. */
export async function markProfiling(
  tx: Db,
  clients: readonly { readonly clientId: string; readonly objects: boolean }[],
): Promise<void> {
  if (clients.length === 0) return;
  await tx.query(sql`
    with changed as (
      update client c set no_profiling = x.objects
        from jsonb_to_recordset(${JSON.stringify(clients.map(({ clientId, objects }) => ({ id: clientId, objects })))}::jsonb)
             as x(id uuid, objects boolean)
       where c.id = x.id and c.no_profiling <> x.objects returning c.id)
    insert into projection_queue (source_record_id)
    select s.source_record_id from sale s join changed on changed.id = s.client_id
    union all select i.source_record_id from interaction i join changed on changed.id = i.client_id`);
}
