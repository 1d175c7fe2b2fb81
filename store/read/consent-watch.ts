import { type Db, sql } from '../database.ts';

/** Whether one linked system is to be looked at for what people allow. */
export interface Watching {
  readonly active: boolean;
  /** Its webhooks came within a week. */
  readonly calls: boolean;
  /** It is being pulled now, with all that it holds. */
  readonly pulled: boolean;
}

/** Whether a system is in use, calls by itself, is being pulled. Indexes: primary key, sync_run_by_system, sync_cursor primary key. */
export async function watchingOf(db: Db, systemId: string): Promise<Watching> {
  const { rows } = await db.query<Watching>(sql`
    select s.state = 'active' as active, coalesce(s.heard_at > now() - interval '7 days', false) as calls,
           exists (
             select from sync_run r
              where r.linked_system_id = s.id and r.state = 'running' and r.mode <> 'consent'
                and (r.started_at > now() - interval '2 minutes' or exists (
                  select from sync_cursor c
                   where c.linked_system_id = s.id and c.run_id = r.id and c.updated_at > now() - interval '2 minutes'))) as pulled
      from linked_system s where s.id = ${systemId}`);
  return rows[0] ?? { active: false, calls: false, pulled: false };
}
