import { type Db, sql } from '../database.ts';

/** Something that a person must decide. `subject` holds ids only. */
export interface ReviewTask {
  readonly kind: 'match' | 'privacy' | 'consent';
  readonly reason: string;
  readonly subject: Readonly<Record<string, unknown>>;
  /** The same key is opened once. */
  readonly subjectKey: string;
}

/** Opens tasks; those that are open already stay as they are. */
export async function openReviewTasks(tx: Db, tasks: readonly ReviewTask[]): Promise<void> {
  if (tasks.length === 0) return;
  await tx.query(sql`
    insert into review_task (kind, reason, subject, subject_key)
    select distinct on (x.kind, x.subject_key) x.kind, x.reason, x.subject, x.subject_key
      from jsonb_to_recordset(${JSON.stringify(
        tasks.map(({ kind, reason, subject, subjectKey }) => ({ kind, reason, subject, subject_key: subjectKey })),
      )}::jsonb) as x(kind text, reason text, subject jsonb, subject_key text)
    on conflict (kind, subject_key) where state = 'open' do nothing`);
}

/** Opens tasks that were never opened before, not even settled ones. */
export async function openReviewTasksOnce(tx: Db, tasks: readonly ReviewTask[]): Promise<void> {
  if (tasks.length === 0) return;
  const { rows } = await tx.query<{ readonly key: string }>(sql`
    select distinct subject_key as key from review_task where subject_key = any(${tasks.map(({ subjectKey }) => subjectKey)}::text[])`);
  const known = new Set(rows.map(({ key }) => key));
  await openReviewTasks(
    tx,
    tasks.filter(({ subjectKey }) => !known.has(subjectKey)),
  );
}
