import { breakAt, type ChainPoint, type ChainVerdict, chainStart } from '../../domain/record/audit-chain.ts';
import type { AuditEntry } from '../../schemas/types.ts';
import { type Db, sql } from '../database.ts';

interface AuditRow extends Omit<AuditEntry, 'seq'> {
  readonly seq: string;
}

/** Entries after `afterSeq`, oldest first; 1 <= limit <= 5000. Index: primary key. */
export async function auditEntries(db: Db, afterSeq: number, limit: number): Promise<AuditEntry[]> {
  const { rows } = await db.query<AuditRow>(sql`
    select seq, at, actor, action, subject, facts, encode(prev_hash, 'hex') as "prevHash", encode(hash, 'hex') as hash
      from audit_entry
     where seq > ${afterSeq}
     order by seq
     limit ${limit}`);
  return rows.map((row) => ({ ...row, seq: Number(row.seq) }));
}

/** Every entry, oldest first, page by page. */
export async function* everyAuditEntry(db: Db, pageSize = 1000): AsyncGenerator<AuditEntry> {
  let seq = 0;
  for (;;) {
    const page = await auditEntries(db, seq, pageSize);
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < pageSize) return;
    seq = last.seq;
  }
}

/** The log as newline-delimited JSON, one entry a line as schemas/evidence/audit-entry.schema.json says. */
export async function* exportAudit(db: Db): AsyncGenerator<string> {
  for await (const entry of everyAuditEntry(db)) yield `${JSON.stringify(entry)}\n`;
}

/** Verifies the whole log where it lies. An export is verified with `verifyChain`, without the database. */
export async function verifyAudit(db: Db): Promise<ChainVerdict> {
  let last: ChainPoint = chainStart;
  for await (const entry of everyAuditEntry(db)) {
    const reason = breakAt(last, entry);
    if (reason !== undefined) return { state: 'broken', seq: last.seq + 1, reason };
    last = { seq: entry.seq, hash: entry.hash };
  }
  return { state: 'whole', head: last };
}
