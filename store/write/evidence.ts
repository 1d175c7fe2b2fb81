import { type Db, join, type Sql, sql } from '../database.ts';

/** What a system answered, kept for ever: counts, codes and digests, never a value (rule 9). */
export interface EvidenceDraft {
  readonly requestId: string;
  readonly lineId?: string;
  readonly systemId: string;
  readonly verb: 'locate' | 'search' | 'erase' | 'redact' | 'verify' | 'export' | 'suppress' | 'manual';
  /** What was asked: calls without whom they are about. */
  readonly query?: string | undefined;
  readonly result: string;
  readonly status?: number | undefined;
  readonly countBefore?: number | undefined;
  readonly countAfter?: number | undefined;
  readonly vendorRequestId?: string | undefined;
  /** SHA-256 of the normalised answer. */
  readonly digest?: Buffer;
  readonly at: Date;
}

const valuesOf = (draft: EvidenceDraft): Sql => {
  const { requestId, lineId = null, systemId, verb, result, status = null, countBefore = null, countAfter = null } = draft;
  return sql`(${requestId}::uuid, ${lineId}::uuid, ${systemId}, ${verb}, ${result}, ${status}::int, ${countBefore}::int, ${countAfter}::int,
            ${draft.vendorRequestId ?? null}, ${draft.digest ?? null}::bytea, ${draft.at}::timestamptz, ${draft.query ?? null})`;
};

/** The statement that appends pieces of evidence, one or more, alone or as a part of another. */
export const evidenceInsert = (...drafts: readonly EvidenceDraft[]): Sql => sql`
    insert into evidence (request_id, line_id, linked_system_id, verb, result, status, count_before, count_after,
                          vendor_request_id, digest, at, query)
    values ${join(drafts.map(valuesOf))}
    returning id`;

/** Appends one piece of evidence and answers its id; the table takes no change afterwards. */
export async function addEvidence(tx: Db, draft: EvidenceDraft): Promise<string> {
  const { rows } = await tx.query<{ readonly id: string }>(evidenceInsert(draft));
  return rows[0]?.id ?? '';
}
