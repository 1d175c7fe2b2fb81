import { answersTo, type TaskAnswer } from '../../domain/privacy/answers.ts';
import { FichaError } from '../../domain/record/error.ts';
import type { KeyRing } from '../../platform/keys.ts';
import { type Db, sql } from '../database.ts';
import { appendAudit } from './audit.ts';
import { addEvidence } from './evidence.ts';
import { addProvenEvidence, type Proof } from './evidence-files.ts';
import { answerMention } from './privacy-mentions.ts';

export interface PrivacyTask {
  readonly requestId: string;
  /** Code, one of those that domain/privacy/answers.ts knows. */
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

/** The same for what is asked once: a task that was settled stays settled. */
export async function askOnce(tx: Db, task: PrivacyTask): Promise<void> {
  const { rowCount } = await tx.query(sql`
    select from review_task
     where kind = 'privacy' and state = 'settled' and subject_key = ${`${task.requestId}/${task.reason}/${task.about}`} limit 1`);
  if (rowCount === 0) await openPrivacyTask(tx, task);
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
  readonly answer: TaskAnswer;
  readonly by: string;
  readonly at: Date;
  /** Of a manual task: the file that proves it. */
  readonly proof?: Proof;
}

interface TaskRow {
  readonly reason: string;
  readonly state: 'open' | 'settled' | 'withdrawn';
  readonly answer: string | null;
  readonly subject: {
    readonly requestId: string;
    readonly lineId?: string;
    readonly systemId?: string;
    readonly mentionId?: string;
  };
}

/**
 * Settles what waits for a person in a privacy request. A manual task leaves its evidence. Settled before with the same answer it
 * changes nothing, so that a caller who got no answer may ask again. Signal `look-again` to the workflow of the request afterwards.
 * @throws FichaError `unknown-task`, `task-is-over`, `answer-does-not-fit`
 */
export async function settlePrivacyTask(tx: Db, given: PrivacyAnswer, keys?: KeyRing): Promise<{ requestId: string }> {
  const { taskId, answer, by, at, proof } = given;
  const { rows } = await tx.query<TaskRow>(sql`
    select reason, state, answer, subject from review_task where id = ${taskId} and kind = 'privacy' for update`);
  const [task] = rows;
  if (task === undefined) throw new FichaError('unknown-task', 'there is no privacy task with this id');
  const { requestId, lineId, systemId, mentionId } = task.subject;
  if (task.state === 'settled' && task.answer === answer) return { requestId };
  if (task.state !== 'open')
    throw new FichaError('task-is-over', 'this task was settled before, or its request needs it no more');
  if (!answersTo(task.reason).includes(answer)) {
    throw new FichaError('answer-does-not-fit', `a task of reason ${task.reason} takes: ${answersTo(task.reason).join(', ')}`);
  }
  const toldOrSearched = task.reason === 'recipient-untold' ? 'told' : 'searched';
  const byHand = lineId !== undefined || task.reason === 'beyond-reach' || task.reason === 'recipient-untold';
  if (answer === 'done' && byHand && systemId !== undefined) {
    const result = lineId === undefined ? toldOrSearched : 'done';
    const draft = { requestId, ...(lineId === undefined ? {} : { lineId }), systemId, verb: 'manual', result, at } as const;
    if (proof === undefined || keys === undefined) await addEvidence(tx, draft);
    else await addProvenEvidence(tx, keys, draft, proof);
  }
  if (mentionId !== undefined && (answer === 'redact' || answer === 'leave'))
    await answerMention(tx, mentionId, { answer, by, at });
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
