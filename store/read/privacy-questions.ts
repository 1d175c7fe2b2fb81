import { type Db, sql } from '../database.ts';

/** The answers to questions about namesakes, by the record they were asked about (hash, hex). Index: review_task_open. */
export async function answersOf(db: Db, requestId: string): Promise<ReadonlyMap<string, 'same-person' | 'other-person'>> {
  const { rows } = await db.query<{ recordHash: string; answer: 'same-person' | 'other-person' }>(sql`
    select subject ->> 'recordHash' as "recordHash", answer from review_task
     where kind = 'privacy' and reason = 'namesake' and state = 'settled' and subject ->> 'requestId' = ${requestId}
     order by settled_at`);
  return new Map(rows.map(({ recordHash, answer }) => [recordHash, answer]));
}

/** How many questions about namesakes nobody has answered yet. */
export async function openQuestions(db: Db, requestId: string): Promise<number> {
  const { rows } = await db.query<{ count: number }>(sql`
    select count(*)::int as count from review_task
     where kind = 'privacy' and reason = 'namesake' and state = 'open' and subject ->> 'requestId' = ${requestId}`);
  return rows[0]?.count ?? 0;
}
