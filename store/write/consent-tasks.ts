import { FichaError } from '../../domain/record/error.ts';
import { type Db, sql } from '../database.ts';
import { appendAudit } from './audit.ts';

/** What a person says of an open consent task. */
export interface ConsentTaskAnswer {
  readonly taskId: string;
  readonly answer: 'look-again' | 'done';
  /** With `done`: where the proof is. */
  readonly evidence?: string;
  readonly by: string;
  readonly at: Date;
}

/**
 * Settles a task about a suppression or about a child who came of age. `look-again` makes the suppression, or taking it back, due: its
 * system is told and read back once more, and a new task opens if it does not obey.
 * @throws FichaError `unknown-task`, `task-is-over`, `answer-does-not-fit` (there is no system to look at again)
 */
export async function settleConsentTask(tx: Db, { taskId, answer, evidence, by, at }: ConsentTaskAnswer): Promise<void> {
  const { rows } = await tx.query<{
    readonly clientId: string;
    readonly state: string;
    readonly suppressionId: string | null;
  }>(sql`
    select subject ->> 'clientId' as "clientId", subject ->> 'suppressionId' as "suppressionId", state from review_task
     where id = ${taskId} and kind = 'consent' and (reason = 're-consent' or subject ? 'suppressionId') for update`);
  const [task] = rows;
  if (task === undefined)
    throw new FichaError('unknown-task', 'no consent task has this id; `ficha consent tasks list` shows them');
  if (task.state !== 'open') throw new FichaError('task-is-over', 'this task was settled or withdrawn before');
  if (answer === 'look-again') {
    const { rowCount } = await tx.query(sql`
      update suppression
         set attempts = 0, claimed_by = null, claimed_until = null,
             state = case when lifted_at is null then 'due' else state end,
             lift_state = case when lifted_at is null then lift_state else 'due' end
       where id = ${task.suppressionId}::uuid and (lifted_at is null or lifted_by is not null)`);
    if (rowCount === 0)
      throw new FichaError('answer-does-not-fit', 'there is no system to look at again; settle it with done and its evidence');
  }
  await tx.query(sql`
    update review_task
       set state = 'settled', answer = ${answer}, settled_by = ${by}, settled_at = ${at},
           subject = subject || jsonb_strip_nulls(jsonb_build_object('evidence', ${evidence ?? null}::text))
     where id = ${taskId}`);
  await appendAudit(tx, { actor: by, action: 'consent-task.settle', subject: task.clientId, facts: { taskId, answer }, at });
}
