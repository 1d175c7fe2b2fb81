import { FichaError } from '../../domain/record/error.ts';
import type { ConsentPolicy } from '../../schemas/types.ts';
import { type Db, sql } from '../database.ts';
import { appendAudit } from './audit.ts';

type Policy = Pick<ConsentPolicy, 'retention' | 'keepAskingAfterMonths'>;

/** The reason of tasks that propose to erase or anonymise a client who was long not heard of. */
export const retentionDue = 'retention-due';

/**
 * Proposes people whose category's time is over since their last sale, contact or word on consent, one open task each, at most `limit`
 * a call. Of whom nothing of that is known the time counts from when Ficha first saw them: only then. Who was kept on purpose is proposed again after the policy's months; nobody who has an open request or is held.
 * @returns how many were proposed
 * @see Regulation (EU) 2016/679, art. 5(1)(e); CNIL: prospects three years after the last contact
 */
export async function proposeRetention(
  tx: Db,
  { retention, keepAskingAfterMonths }: Policy,
  limit: number,
  at: Date,
): Promise<number> {
  let proposed = 0;
  for (const { category, afterMonths, action } of retention) {
    const { rowCount } = await tx.query(sql`
      with due as (
        select c.id, l.last
          from client c
         cross join lateral (
           select coalesce(greatest((select max(at) from sale where client_id = c.id),
                                    (select max(at) from interaction where client_id = c.id),
                                    (select max(e.at) from consent_ledger(c.id) e
                                      where e.at_known and e.how is distinct from 'webhook')),
                           c.first_seen_at) as last) l
         where c.kind = 'person' and c.state = 'active'
           and (${category} = 'buyer') = exists (select from sale s where s.client_id = c.id)
           and l.last < ${at}::timestamptz - make_interval(months => ${afterMonths})
           and not exists (select from privacy_request q where q.client_id = c.id and q.closed_at is null)
           and not exists (
             select from review_task t
              where t.kind = 'consent' and t.subject_key = 'retention/' || c.id
                and (t.state = 'open' or t.settled_at > ${at}::timestamptz - make_interval(months => ${keepAskingAfterMonths})))
         order by l.last limit ${limit - proposed})
      insert into review_task (kind, reason, subject, subject_key, opened_at)
      select 'consent', ${retentionDue},
             jsonb_build_object('clientId', id, 'category', ${category}::text, 'action', ${action}::text, 'lastHeardAt', last),
             'retention/' || id, ${at}::timestamptz
        from due
      on conflict (kind, subject_key) where state = 'open' do nothing`);
    proposed += rowCount;
  }
  return proposed;
}

export interface RetentionAnswer {
  readonly taskId: string;
  readonly answer: 'erase' | 'anonymise' | 'keep';
  readonly reason?: string;
  readonly by: string;
  readonly at: Date;
}

/**
 * Settles one proposal.
 * @returns the client that it is about
 * @throws FichaError `unknown-task`, `task-is-over`
 */
export async function settleRetention(
  tx: Db,
  { taskId, answer, reason, by, at }: RetentionAnswer,
): Promise<{ readonly clientId: string }> {
  const { rows } = await tx.query<{ readonly clientId: string; readonly state: string }>(sql`
    select subject ->> 'clientId' as "clientId", state from review_task
     where id = ${taskId} and kind = 'consent' and reason = ${retentionDue} for update`);
  const [task] = rows;
  if (task === undefined) throw new FichaError('unknown-task', 'no proposal of the retention round has this id');
  if (task.state !== 'open') throw new FichaError('task-is-over', 'this proposal was settled or withdrawn before');
  await tx.query(sql`
    update review_task
       set state = 'settled', answer = ${answer}, settled_by = ${by}, settled_at = ${at},
           subject = subject || jsonb_strip_nulls(jsonb_build_object('reason', ${reason ?? null}::text))
     where id = ${taskId}`);
  await appendAudit(tx, { actor: by, action: 'retention.settle', subject: task.clientId, facts: { taskId, answer }, at });
  return { clientId: task.clientId };
}
