import type { LineState, Place } from '../../domain/privacy/line-state.ts';
import type { PlanLine } from '../../domain/privacy/plan.ts';
import { type Db, join, sql } from '../database.ts';

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
  for (const { recordHash, action, legalBasis, until, position } of lines) {
    const kept = action === 'keep-until';
    await tx.query(sql`
      update plan_line
         set action = ${action}, legal_basis = ${legalBasis}, until = ${until}, position = ${position},
             state = ${kept ? 'kept' : 'located'}
       where request_id = ${requestId} and record_hash = ${Buffer.from(recordHash, 'hex')} and state in ('located', 'kept')
         and not exists (select 1 from evidence e where e.line_id = plan_line.id)`);
  }
}

export interface LineChange {
  readonly state: LineState;
  readonly residue?: readonly Place[];
  readonly recheckAt?: string | null;
}

export async function saveLine(tx: Db, lineId: string, { state, residue, recheckAt = null }: LineChange): Promise<void> {
  await tx.query(sql`
    update plan_line
       set state = ${state}, recheck_at = ${recheckAt},
           residue = coalesce(${residue === undefined ? null : JSON.stringify(residue)}::jsonb, residue)
     where id = ${lineId}`);
}

/** Keeps what a system exported of one record, sealed, until the package is made. */
export async function saveExported(tx: Db, lineId: string, sealed: Buffer | null): Promise<void> {
  await tx.query(sql`update plan_line set exported = ${sealed} where id = ${lineId}`);
}
