import { type Db, sql } from '../database.ts';

/** Something about what one client allows that a person must see to. */
export interface ConsentTask {
  readonly taskId: string;
  /** suppression-refused, suppression-failed, suppression-unsupported, the same of lift, suppression-left-behind, re-consent */
  readonly reason: string;
  readonly clientId: string;
  /** Of a suppression; null of a child who came of age. */
  readonly linkedSystemId: string | null;
  readonly purpose: string | null;
  readonly channel: string | null;
  readonly openedAt: string;
}

/** Open tasks about suppressions and about children who came of age, oldest first, at most 500. Index: review_task_open. */
export async function openConsentTasks(db: Db): Promise<ConsentTask[]> {
  const { rows } = await db.query<ConsentTask>(sql`
    select t.id as "taskId", t.reason, t.subject ->> 'clientId' as "clientId", s.linked_system_id as "linkedSystemId", s.purpose, s.channel,
           t.opened_at as "openedAt"
      from review_task t
      left join suppression s on s.id = (t.subject ->> 'suppressionId')::uuid
     where t.kind = 'consent' and t.state = 'open' and (t.reason = 're-consent' or t.subject ? 'suppressionId')
     order by t.id limit 500`);
  return rows;
}
