import type { RecordKind } from '../../domain/record/source-record.ts';
import { type Db, sql } from '../database.ts';

/** The answers to questions about namesakes, by the record they were asked about (hash, hex). Index: review_task_open. */
export async function answersOf(db: Db, requestId: string): Promise<ReadonlyMap<string, 'same-person' | 'other-person'>> {
  const { rows } = await db.query<{ recordHash: string; answer: 'same-person' | 'other-person' }>(sql`
    select subject ->> 'recordHash' as "recordHash", answer from review_task
     where kind = 'privacy' and reason = 'namesake' and state = 'settled' and subject ->> 'requestId' = ${requestId}
     order by settled_at`);
  return new Map(rows.map(({ recordHash, answer }) => [recordHash, answer]));
}

/**
 * Records that a person called the same person's after their system was last searched: their hashes (hex) and kinds. One that a later
 * search did not find is gone. Indexes: review_task_open, evidence_request.
 */
export async function calledTheSame(db: Db, requestId: string): Promise<{ recordHash: string; kind: RecordKind }[]> {
  const { rows } = await db.query<{ recordHash: string; kind: RecordKind; answer: string }>(sql`
    select distinct on (subject ->> 'recordHash') subject ->> 'recordHash' as "recordHash", subject ->> 'kind' as kind, answer
      from review_task t
     where t.kind = 'privacy' and reason = 'namesake' and state = 'settled' and subject ->> 'requestId' = ${requestId}
       and not exists (select 1 from evidence e
                        where e.request_id = ${requestId} and e.linked_system_id = t.subject ->> 'systemId' and e.verb = 'locate'
                          and e.at > t.settled_at)
     order by subject ->> 'recordHash', settled_at desc`);
  return rows.filter(({ answer }) => answer === 'same-person');
}

/** Something in a privacy request that waits for a person. Times are ISO 8601 UTC; ids and codes only. */
export interface PrivacyTaskRow {
  readonly id: string;
  readonly reason: string;
  /** Where it is about one: the linked system. */
  readonly linkedSystemId: string | null;
  /** Where it is about one: the line of the plan. */
  readonly planLineId: string | null;
  /** Where it is about one: the place in somebody else's text. */
  readonly mentionId: string | null;
  readonly openedAt: string;
}

/** What of one request waits for a person, oldest first, at most 500. Index: review_task_open. */
export async function openPrivacyTasks(db: Db, requestId: string): Promise<PrivacyTaskRow[]> {
  const { rows } = await db.query<PrivacyTaskRow>(sql`
    select id, reason, subject ->> 'systemId' as "linkedSystemId", subject ->> 'lineId' as "planLineId",
           subject ->> 'mentionId' as "mentionId", opened_at as "openedAt"
      from review_task
     where kind = 'privacy' and state = 'open' and subject ->> 'requestId' = ${requestId}
     order by opened_at, id
     limit 500`);
  return rows;
}

/** Tasks of one reason in a request: how many there are, and how many of them nobody has answered yet. */
export interface TaskCount {
  readonly held: number;
  readonly open: number;
}

/** How many tasks of a request wait for a person or were settled by one, by reason. Index: review_task_open. */
export async function taskCounts(db: Db, requestId: string): Promise<ReadonlyMap<string, TaskCount>> {
  const { rows } = await db.query<TaskCount & { reason: string }>(sql`
    select reason, count(*)::int as held, count(*) filter (where state = 'open')::int as open from review_task
     where kind = 'privacy' and state in ('open', 'settled') and subject ->> 'requestId' = ${requestId}
     group by reason`);
  return new Map(rows.map((row) => [row.reason, row]));
}

/** Requests whose tombstones are among these and that left something blocked which is not destroyed yet. Index: tombstone primary key. */
export async function blockedBy(db: Db, hashes: readonly Buffer[]): Promise<readonly string[]> {
  if (hashes.length === 0) return [];
  const { rows } = await db.query<{ id: string }>(sql`
    select distinct t.request_id as id from tombstone t
     where t.hash = any(${hashes}::bytea[])
       and exists (select from blocked_record b where b.request_id = t.request_id and b.destroyed_at is null)`);
  return rows.map(({ id }) => id);
}

/** Whether a person said that this mention was redacted by hand. Index: review_task_open. */
export async function handDone(db: Db, requestId: string, mentionId: string): Promise<boolean> {
  const { rowCount } = await db.query(sql`
    select from review_task
     where kind = 'privacy' and reason = 'redact-by-hand' and state = 'settled' and answer = 'done'
       and subject_key = ${`${requestId}/redact-by-hand/${mentionId}`}
     limit 1`);
  return rowCount > 0;
}
