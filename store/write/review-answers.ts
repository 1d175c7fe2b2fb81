import { FichaError } from '../../domain/record/error.ts';
import { type Db, sql } from '../database.ts';
import { appendAudit } from './audit.ts';
import { type Effect, keepClientsApart, mergeClients, type Order } from './client-decisions.ts';

/** A person's answer to a match task. */
export interface ReviewAnswer extends Order {
  readonly taskId: string;
  readonly answer: 'same' | 'different' | 'later';
  readonly laterDays: number;
}

const msPerDay = 24 * 3_600_000;

/**
 * Settles a task and with it every pair of records of the two clients: the answer becomes constraints that survive every re-run.
 * `later` only takes it out of the list for some days.
 * @throws FichaError `unknown-task`, `task-is-over`, and those of `mergeClients`
 */
export async function answerReview(tx: Db, order: ReviewAnswer): Promise<Effect> {
  const { taskId, answer, by, at } = order;
  const { rows } = await tx.query<{ readonly state: string; readonly one: string; readonly other: string }>(sql`
    select state, subject ->> 'one' as one, subject ->> 'other' as other
      from review_task where id = ${taskId} and kind = 'match' for update`);
  const [task] = rows;
  if (task === undefined)
    throw new FichaError('unknown-task', 'no review has this id; `ficha review list` shows those that wait');
  if (task.state !== 'open') {
    throw new FichaError(
      'task-is-over',
      `this review is ${task.state}; \`ficha review answer ${taskId} --undo\` takes an answer back`,
    );
  }
  if (answer === 'later') {
    if (!order.dryRun) await putOff(tx, order);
    return { decisionId: null, parts: [] };
  }
  const clientIds = [task.one, task.other] as const;
  const effect =
    answer === 'same'
      ? await mergeClients(tx, { ...order, clientIds, kind: 'review', reviewTaskId: taskId })
      : await keepClientsApart(tx, { ...order, clientIds, reviewTaskId: taskId });
  if (!order.dryRun) {
    await tx.query(sql`
      update review_task set state = 'settled', answer = ${answer}, settled_by = ${by}, settled_at = ${at} where id = ${taskId}`);
  }
  return effect;
}

async function putOff(tx: Db, { taskId, by, at, laterDays }: ReviewAnswer): Promise<void> {
  await tx.query(sql`update review_task set later_until = ${new Date(at.getTime() + laterDays * msPerDay)} where id = ${taskId}`);
  await appendAudit(tx, { actor: by, action: 'review.later', subject: taskId, facts: { days: laterDays }, at });
}

/** Brings a review that was put off back into the list. @returns whether it was put off */
export async function takeUpAgain(tx: Db, { taskId, by, at }: Pick<ReviewAnswer, 'taskId' | 'by' | 'at'>): Promise<boolean> {
  const { rowCount } = await tx.query(sql`
    update review_task set later_until = null where id = ${taskId} and kind = 'match' and state = 'open' and later_until > ${at}`);
  if (rowCount === 0) return false;
  await appendAudit(tx, { actor: by, action: 'review.now', subject: taskId, at });
  return true;
}

/** The decision that an answer made, if it stands. */
export async function decisionOfTask(tx: Db, taskId: string): Promise<string | undefined> {
  const { rows } = await tx.query<{ readonly id: string }>(sql`
    select id from identity_decision where review_task_id = ${taskId} and undone_at is null order by id desc limit 1`);
  return rows[0]?.id;
}
