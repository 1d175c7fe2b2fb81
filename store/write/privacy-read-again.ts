import type { RecordKind } from '../../domain/record/source-record.ts';
import { type Db, join, sql } from '../database.ts';

/** A record of a closed erasure that is to be looked for again. */
export interface ReadAgainLine {
  readonly lineId: string;
  readonly requestId: string;
  /** Under the master key. */
  readonly sealedId: Buffer;
  readonly dueAt: readonly Date[];
}

/** Plans the looks at erased records after the closing. */
export async function planReadAgain(tx: Db, lines: readonly ReadAgainLine[]): Promise<void> {
  const values = lines.flatMap(({ lineId, requestId, sealedId, dueAt }) =>
    dueAt.map((due) => sql`(${lineId}::uuid, ${requestId}::uuid, ${due}::timestamptz, ${sealedId}::bytea)`),
  );
  if (values.length === 0) return;
  await tx.query(sql`
    insert into read_again (line_id, request_id, due_at, external_id) values ${join(values)} on conflict do nothing`);
}

export interface DueReadAgain {
  readonly lineId: string;
  readonly requestId: string;
  readonly dueAt: string;
  readonly sealedId: Buffer;
  readonly systemId: string;
  readonly kind: RecordKind;
  readonly recordHash: Buffer;
}

/** Looks that are due, oldest first, after a line; 1 <= limit <= 500. Index: read_again_due. */
export async function dueReadAgain(db: Db, now: Date, after: string, limit: number): Promise<DueReadAgain[]> {
  const { rows } = await db.query<DueReadAgain>(sql`
    select a.line_id as "lineId", a.request_id as "requestId", a.due_at as "dueAt", a.external_id as "sealedId",
           l.linked_system_id as "systemId", l.kind, l.record_hash as "recordHash"
      from read_again a join plan_line l on l.id = a.line_id
     where a.read_at is null and a.external_id is not null and a.due_at <= ${now} and a.line_id > ${after}::uuid
     order by a.line_id, a.due_at
     limit ${limit}`);
  return rows;
}

/** Writes down what a look found. Its copy of the id goes. */
export async function readAgainDone(
  tx: Db,
  look: { readonly lineId: string; readonly dueAt: string },
  result: string,
  at: Date,
): Promise<void> {
  await tx.query(sql`
    update read_again set result = ${result}, read_at = ${at}, external_id = null
     where line_id = ${look.lineId} and due_at = ${look.dueAt}`);
}
