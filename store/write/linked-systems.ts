import type { LinkSystem } from '../../schemas/types.ts';
import { type Db, sql } from '../database.ts';

/** Links a system, or changes the settings of one that is linked. */
export async function saveLinkedSystem(tx: Db, system: LinkSystem): Promise<void> {
  await tx.query(sql`
    insert into linked_system (id, connector, title, config, sync_every_minutes, source_rank)
    values (${system.id}, ${system.connector}, ${system.title}, ${JSON.stringify(system.config)}::jsonb,
            ${system.syncEveryMinutes ?? 60}, ${system.sourceRank ?? 100})
    on conflict (id) do update
       set connector = excluded.connector, title = excluded.title, config = excluded.config, state = 'active',
           sync_every_minutes = excluded.sync_every_minutes, source_rank = excluded.source_rank`);
}
