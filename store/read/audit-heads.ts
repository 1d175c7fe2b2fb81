import { signHead } from '../../domain/privacy/audit-export.ts';
import { type ChainPoint, chainStart } from '../../domain/record/audit-chain.ts';
import type { KeyRing } from '../../platform/keys.ts';
import type { AuditHead } from '../../schemas/types.ts';
import { type Db, sql } from '../database.ts';
import { everyAuditEntry } from './audit.ts';

/** Signed heads, oldest first: one a day. */
const auditHeads = async (db: Db): Promise<AuditHead[]> => {
  const { rows } = await db.query<{ signed: AuditHead }>(sql`select signed from audit_head order by seq, day`);
  return rows.map(({ signed }) => signed);
};

/**
 * The log as newline-delimited JSON: entries as schemas/evidence/audit-entry.schema.json says, each signed head right behind the entry
 * that it names, and a head over the whole at the end. Verified with `ficha audit verify`, without a database.
 */
export async function* signedAuditExport(db: Db, keys: KeyRing, now: Date): AsyncGenerator<string> {
  const heads = await auditHeads(db);
  let last: ChainPoint = chainStart;
  let next = 0;
  for await (const entry of everyAuditEntry(db)) {
    yield `${JSON.stringify(entry)}\n`;
    last = { seq: entry.seq, hash: entry.hash };
    for (let head = heads[next]; head !== undefined && head.head.seq <= entry.seq; head = heads[next]) {
      yield `${JSON.stringify(head)}\n`;
      next += 1;
    }
  }
  const at = now.toISOString();
  yield `${JSON.stringify(signHead(last, at.slice(0, 10), at, keys.deriveSecret('certificate')))}\n`;
}
