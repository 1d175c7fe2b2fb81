import { type Db, sql } from '../database.ts';

/** One linked system and how its last run went. */
export interface LinkedSystemRow {
  readonly id: string;
  readonly connector: string;
  readonly title: string;
  readonly state: string;
  readonly syncEveryMinutes: number;
  readonly records: string;
  readonly openRejects: string;
  readonly lastDoneAt: string | null;
}

/** Every linked system with its freshness, at most 500. Indexes: sync_run_by_system, rejected_record_open. */
export async function linkedSystems(db: Db): Promise<LinkedSystemRow[]> {
  const { rows } = await db.query<LinkedSystemRow>(sql`
    select s.id, s.connector, s.title, s.state, s.sync_every_minutes as "syncEveryMinutes",
           (select count(*) from source_record r where r.linked_system_id = s.id and r.deleted_at is null) as records,
           (select count(*) from rejected_record j where j.linked_system_id = s.id and j.replayed_at is null) as "openRejects",
           (select max(ended_at) from sync_run u where u.linked_system_id = s.id and u.state = 'done' and u.mode not in ('consent', 'replay')) as "lastDoneAt"
      from linked_system s
     order by s.id
     limit 500`);
  return rows;
}

/** One pull of one linked system. */
export interface SyncRunRow {
  readonly id: string;
  readonly linkedSystemId: string;
  readonly mode: string;
  readonly state: string;
  readonly pulled: string;
  readonly changed: string;
  readonly deleted: string;
  readonly rejected: string;
  readonly tombstoned: string;
  readonly pages: string;
  readonly errorCode: string | null;
  readonly startedAt: string;
  readonly endedAt: string | null;
}

/**
 * Runs, newest first, but looks that found nothing, of one system or of all, started before `before`; 1 <= limit <= 100. `looks` narrows to
 * looks at what people allow, which come every few seconds (true), or to everything else (false). Index: sync_run_by_system.
 */
export async function syncRuns(
  db: Db,
  only: {
    readonly systemId?: string | null | undefined;
    readonly before?: string | undefined;
    readonly looks?: boolean | null | undefined;
  },
  limit: number,
): Promise<SyncRunRow[]> {
  const { rows } = await db.query<SyncRunRow>(sql`
    select id, linked_system_id as "linkedSystemId", mode, state, pulled, changed, deleted, rejected, tombstoned, pages,
           error_code as "errorCode", started_at as "startedAt", ended_at as "endedAt"
      from sync_run
     where (${only.systemId ?? null}::text is null or linked_system_id = ${only.systemId ?? null})
       and (mode <> 'consent' or changed + deleted + tombstoned > 0)
       and (${only.looks ?? null}::boolean is null or (mode = 'consent') = ${only.looks ?? null}::boolean)
       and (${only.before ?? null}::uuid is null
            or (started_at, id) < (select started_at, id from sync_run where id = ${only.before ?? null}::uuid))
     order by started_at desc, id desc
     limit ${limit}`);
  return rows;
}

/** One thing that a person must decide. */
export interface ReviewTaskRow {
  readonly id: string;
  readonly kind: string;
  readonly reason: string;
  readonly openedAt: string;
}

/** Open review tasks, oldest first; 1 <= limit <= 100. Index: review_task_open. */
export async function openReviewTasks(db: Db, limit: number): Promise<ReviewTaskRow[]> {
  const { rows } = await db.query<ReviewTaskRow>(sql`
    select id, kind, reason, opened_at as "openedAt" from review_task where state = 'open' order by id limit ${limit}`);
  return rows;
}
