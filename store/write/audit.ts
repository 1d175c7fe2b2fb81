import { type AuditContent, type ChainPoint, chainStart, nextEntry } from '../../domain/record/audit-chain.ts';
import type { AuditAction } from '../../domain/record/audit-action.ts';
import { FichaError } from '../../domain/record/error.ts';
import { problemsInWords, validatorFor } from '../../platform/validate.ts';
import type { AuditEntry } from '../../schemas/types.ts';
import { bigints, bytes, jsons, texts } from '../binary-array.ts';
import { type Db, prepared, sql } from '../database.ts';

/** One thing that somebody did. `facts` are ids, codes, counts and digests: free text is refused (rule 7). */
export interface AuditNote {
  /** Subject of the token, or the name of the process that acted. */
  readonly actor: string;
  readonly action: AuditAction;
  /** Opaque id of what it was done to. */
  readonly subject?: string | null;
  readonly facts?: Readonly<Record<string, string | number | boolean | null | readonly string[]>>;
  readonly at: Date | string;
}

const contentOf = (note: AuditNote): AuditContent => ({
  at: new Date(note.at).toISOString(),
  actor: note.actor,
  action: note.action,
  subject: note.subject ?? null,
  facts: Object.fromEntries(
    Object.entries(note.facts ?? {}).map(([key, value]) => [
      key,
      typeof value === 'object' && value !== null ? [...value] : value,
    ]),
  ),
});

const checked = (entry: AuditEntry): AuditEntry => {
  const problems = validatorFor('evidence/audit-entry')(entry);
  if (problems.length > 0) {
    throw new FichaError(
      'audit-entry-invalid',
      `${problemsInWords(problems)}. Facts are ids, codes, counts and digests, never words that a person wrote`,
    );
  }
  return entry;
};

/** The end of the chain, held until the transaction ends: whoever appends waits for those who append. */
const heldEnd = async (tx: Db): Promise<ChainPoint> => {
  await tx.query(sql`select pg_advisory_xact_lock(hashtext('ficha-audit'))`);
  const { rows } = await tx.query<{ seq: string; hash: Buffer }>(
    sql`select seq, hash from audit_entry order by seq desc limit 1`,
  );
  const [last] = rows;
  return last === undefined ? chainStart : { seq: Number(last.seq), hash: last.hash.toString('hex') };
};

/**
 * Appends entries to the audit log, in the transaction of the change that they tell of (rule 7): both happen or neither.
 * Appending serialises transactions, so do it last. Numbers have no gap, also after a rollback.
 * @param notes n >= 0, in order
 * @throws FichaError `audit-entry-invalid`
 */
export async function appendAudits(tx: Db, notes: readonly AuditNote[]): Promise<void> {
  if (notes.length === 0) return;
  const entries: AuditEntry[] = [];
  let last = await heldEnd(tx);
  for (const note of notes) {
    const entry = checked(nextEntry(last, contentOf(note)));
    entries.push(entry);
    last = { seq: entry.seq, hash: entry.hash };
  }
  const hashes = (of: 'prevHash' | 'hash') => bytes(entries.map((entry) => Buffer.from(entry[of], 'hex')));
  await tx.query(
    prepared(
      'audit-append',
      sql`
    insert into audit_entry (seq, at, actor, action, subject, facts, prev_hash, hash)
    select x.seq, x.at::timestamptz, x.actor, x.action, x.subject, x.facts, x.prev_hash, x.hash
      from unnest(${bigints(entries.map(({ seq }) => String(seq)))}::bigint[], ${texts(entries.map(({ at }) => at))}::text[],
                  ${texts(entries.map(({ actor }) => actor))}::text[], ${texts(entries.map(({ action }) => action))}::text[],
                  ${texts(entries.map(({ subject }) => subject))}::text[],
                  ${jsons(entries.map(({ facts }) => JSON.stringify(facts)))}::jsonb[],
                  ${hashes('prevHash')}::bytea[], ${hashes('hash')}::bytea[])
           as x(seq, at, actor, action, subject, facts, prev_hash, hash)
     order by x.seq`,
    ),
  );
}

/** Appends one entry; see `appendAudits`. */
export const appendAudit = (tx: Db, note: AuditNote): Promise<void> => appendAudits(tx, [note]);
