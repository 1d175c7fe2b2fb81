import { FichaError } from '../../domain/record/error.ts';
import { type Db, sql } from '../database.ts';
import { appendAudit } from './audit.ts';
import { addEvidence } from './evidence.ts';

export interface PrivacyTask {
  readonly requestId: string;
  /** Code: namesake, manual-task, needs-attention, deadline-near, cannot-locate, returned-record. */
  readonly reason: string;
  /** Names the task besides its request: the same task is opened once. */
  readonly about: string;
  /** Ids and codes only. */
  readonly subject: Readonly<Record<string, string | readonly string[]>>;
  readonly at: Date;
}

/** Puts something on a person's desk; an open task is brought up to date. */
export async function openPrivacyTask(tx: Db, { requestId, reason, about, subject, at }: PrivacyTask): Promise<void> {
  const whole = JSON.stringify({ requestId, ...subject });
  await tx.query(sql`
    insert into review_task (kind, reason, subject, subject_key, opened_at)
    values ('privacy', ${reason}, ${whole}, ${`${requestId}/${reason}/${about}`}, ${at})
    on conflict (kind, subject_key) where state = 'open' do update set subject = excluded.subject`);
}

/** Takes the tasks of a request off the desk, all or those with one reason: they no longer matter. */
export async function withdrawPrivacyTasks(tx: Db, requestId: string, at: Date, reason?: string): Promise<void> {
  await tx.query(sql`
    update review_task set state = 'withdrawn', settled_at = ${at}
     where kind = 'privacy' and state = 'open' and subject ->> 'requestId' = ${requestId}
       and (${reason ?? null}::text is null or reason = ${reason ?? null})`);
}

export interface PrivacyAnswer {
  readonly taskId: string;
  /** Of a namesake question: whose the record is. Of a manual task: that it was done. */
  readonly answer: 'same-person' | 'other-person' | 'done';
  readonly by: string;
  readonly at: Date;
}

const allowed: Readonly<Record<string, readonly string[]>> = {
  namesake: ['same-person', 'other-person'],
  'manual-task': ['done'],
};

/**
 * Settles a question about a namesake or a manual task. A manual task leaves its evidence. Signal `look-again` to the workflow
 * of the request afterwards.
 * @throws FichaError `unknown-task`, `answer-does-not-fit`
 */
export async function settlePrivacyTask(tx: Db, { taskId, answer, by, at }: PrivacyAnswer): Promise<{ requestId: string }> {
  const { rows } = await tx.query<{ reason: string; subject: { requestId: string; lineId?: string; systemId?: string } }>(sql`
    select reason, subject from review_task where id = ${taskId} and kind = 'privacy' and state = 'open' for update`);
  const [task] = rows;
  if (task === undefined) throw new FichaError('unknown-task', 'there is no open privacy task with this id');
  if (allowed[task.reason]?.includes(answer) !== true) {
    throw new FichaError(
      'answer-does-not-fit',
      `a task of reason ${task.reason} takes: ${allowed[task.reason]?.join(', ') ?? 'no answer'}`,
    );
  }
  const { requestId, lineId, systemId } = task.subject;
  if (answer === 'done' && lineId !== undefined && systemId !== undefined) {
    await addEvidence(tx, { requestId, lineId, systemId, verb: 'manual', result: 'done', at });
  }
  await tx.query(sql`
    update review_task set state = 'settled', answer = ${answer}, settled_by = ${by}, settled_at = ${at} where id = ${taskId}`);
  await appendAudit(tx, {
    actor: by,
    action: 'request.answer',
    subject: requestId,
    facts: { taskId, reason: task.reason, answer },
    at,
  });
  return { requestId };
}
