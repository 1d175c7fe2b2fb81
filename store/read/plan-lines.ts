import type { LineState, Place } from '../../domain/privacy/line-state.ts';
import type { LineAction } from '../../domain/privacy/plan.ts';
import type { RecordKind } from '../../domain/record/source-record.ts';
import { type Db, sql } from '../database.ts';

/** A plan line as the worker needs it. `sealedId` opens under the subject key only. */
export interface WorkLine {
  readonly id: string;
  readonly requestId: string;
  readonly systemId: string;
  readonly kind: RecordKind;
  readonly sealedId: Buffer | null;
  readonly recordHash: string;
  readonly position: number;
  readonly action: LineAction;
  readonly legalBasis: string | null;
  readonly until: string | null;
  readonly state: LineState;
  readonly residue: readonly Place[];
  readonly recheckAt: string | null;
}

const columns = sql`
  id, request_id as "requestId", linked_system_id as "systemId", kind, external_id as "sealedId", encode(record_hash, 'hex') as "recordHash",
  position, action, legal_basis as "legalBasis", until, state, residue, recheck_at as "recheckAt"`;

export async function planLineById(db: Db, lineId: string): Promise<WorkLine | undefined> {
  const { rows } = await db.query<WorkLine>(sql`select ${columns} from plan_line where id = ${lineId}`);
  return rows[0];
}

/** Lines by their ids, in the order given. Index: primary key. */
export async function planLinesById(db: Db, lineIds: readonly string[]): Promise<WorkLine[]> {
  const { rows } = await db.query<WorkLine>(sql`select ${columns} from plan_line where id = any(${[...lineIds]}::uuid[])`);
  const byId = new Map(rows.map((line) => [line.id, line]));
  return lineIds.flatMap((id) => byId.get(id) ?? []);
}

/** Every line of a request, of one system or of all, in the order of work. Index: plan_line_request. */
export async function workLines(db: Db, requestId: string, systemId?: string): Promise<WorkLine[]> {
  const { rows } = await db.query<WorkLine>(sql`
    select ${columns} from plan_line
     where request_id = ${requestId} and (${systemId ?? null}::text is null or linked_system_id = ${systemId ?? null})
     order by linked_system_id, position, record_hash`);
  return rows;
}

/** What was exported of each line, still sealed. */
export async function exportedLines(db: Db, requestId: string): Promise<{ systemId: string; exported: Buffer }[]> {
  const { rows } = await db.query<{ systemId: string; exported: Buffer }>(sql`
    select linked_system_id as "systemId", exported from plan_line
     where request_id = ${requestId} and exported is not null
     order by linked_system_id, position desc, record_hash`);
  return rows;
}
