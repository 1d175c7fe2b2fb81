import type { LineState, Place } from '../../domain/privacy/line-state.ts';
import type { PlanLine } from '../../domain/privacy/plan.ts';
import { bytes } from '../binary-array.ts';
import { type Db, join, type Sql, sql } from '../database.ts';
import { type EvidenceDraft, evidenceInsert } from './evidence.ts';

export interface LocatedLine {
  readonly requestId: string;
  readonly systemId: string;
  readonly kind: string;
  readonly recordHash: Buffer;
  /** External id under the subject key. */
  readonly sealedId: Buffer;
}

/** Writes down what was found, before anything is done to it (rule 4). A record found again is the same line. */
export async function saveLocated(tx: Db, lines: readonly LocatedLine[]): Promise<void> {
  if (lines.length === 0) return;
  const values = lines.map(
    ({ requestId, systemId, kind, recordHash, sealedId }) =>
      sql`(${requestId}, ${systemId}, ${kind}, ${sealedId}, ${recordHash}, 'manual')`,
  );
  await tx.query(sql`
    insert into plan_line (request_id, linked_system_id, kind, external_id, record_hash, action)
    values ${join(values)}
    on conflict (request_id, record_hash) do nothing`);
}

/** Takes lines out of the plan; one that was worked on stays, with its evidence. */
export async function dropLines(tx: Db, lineIds: readonly string[]): Promise<void> {
  await tx.query(sql`
    delete from plan_line l
     where l.id = any(${[...lineIds]}::uuid[]) and not exists (select 1 from evidence e where e.line_id = l.id)`);
}

/** Writes what the plan says of each located record. Lines already worked on keep what was approved for them. */
export async function savePlan(tx: Db, requestId: string, lines: readonly PlanLine[]): Promise<void> {
  const rows = lines.map(({ recordHash, action, legalBasis, until, position }) => ({
    recordHash,
    action,
    legalBasis,
    until,
    position,
  }));
  await tx.query(sql`
    update plan_line l
       set action = p.action, legal_basis = p."legalBasis", until = p.until, position = p.position,
           state = case when p.action = 'keep-until' then 'kept' else 'located' end
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
           as p("recordHash" text, action text, "legalBasis" text, until date, position int)
     where l.request_id = ${requestId} and l.record_hash = decode(p."recordHash", 'hex') and l.state in ('located', 'kept')
       and not exists (select 1 from evidence e where e.line_id = l.id)`);
}

export interface LineChange {
  readonly state: LineState;
  readonly residue?: readonly Place[];
  readonly recheckAt?: string | null;
}

const lineUpdate = (lineId: string, { state, residue, recheckAt = null }: LineChange): Sql => sql`
    update plan_line
       set state = ${state}, recheck_at = ${recheckAt},
           residue = coalesce(${residue === undefined ? null : JSON.stringify(residue)}::jsonb, residue)
     where id = ${lineId}`;

export async function saveLine(tx: Db, lineId: string, change: LineChange): Promise<void> {
  await tx.query(lineUpdate(lineId, change));
}

/** What became of a line by a step: its evidence and, once it took place, its effect. */
export interface LineStep {
  readonly change: LineChange;
  readonly evidence: EvidenceDraft;
  readonly done?: Buffer;
}

/** Where a line stands after a step, and after the one before that was not saved yet: all or nothing, in one statement. */
export async function saveStep(db: Db, lineId: string, { change, evidence, done }: LineStep, before?: LineStep): Promise<void> {
  const effect = done ?? before?.done ?? null;
  await db.query(sql`
    with kept as (${evidenceInsert(...(before === undefined ? [] : [before.evidence]), evidence)}),
    finished as (update effect set state = 'done', done_at = ${evidence.at} where key = ${effect} and state = 'started')
    ${lineUpdate(lineId, change)}`);
}

/** What one system holds of a line, sealed, until the package is made; null when it holds nothing. */
export interface ExportedLine {
  readonly lineId: string;
  readonly sealed: Buffer | null;
  readonly evidence: EvidenceDraft;
}

/** The same for lines that were exported, at least one. */
export async function saveExports(db: Db, lines: readonly ExportedLine[]): Promise<void> {
  await db.query(sql`
    with kept as (${evidenceInsert(...lines.map(({ evidence }) => evidence))})
    update plan_line l set exported = made.sealed, state = 'verified', recheck_at = null
      from unnest(${lines.map(({ lineId }) => lineId)}::uuid[], ${bytes(lines.map(({ sealed }) => sealed))}::bytea[]) as made (line_id, sealed)
     where l.id = made.line_id`);
}
