import { type Db, type Sql, sql } from '../database.ts';

/** What a system answered, kept for ever: counts, codes and digests, never a value (rule 9). */
export interface EvidenceDraft {
  readonly requestId: string;
  readonly lineId?: string;
  readonly systemId: string;
  readonly verb: 'locate' | 'erase' | 'redact' | 'verify' | 'export' | 'suppress' | 'manual';
  readonly result: string;
  readonly status?: number | undefined;
  readonly countBefore?: number | undefined;
  readonly countAfter?: number | undefined;
  readonly vendorRequestId?: string | undefined;
  /** SHA-256 of the normalised answer. */
  readonly digest?: Buffer;
  readonly at: Date;
}

/** The statement that appends one piece of evidence, alone or as a part of another. */
export const evidenceInsert = (draft: EvidenceDraft): Sql => {
  const { requestId, lineId = null, systemId, verb, result, status = null, countBefore = null, countAfter = null } = draft;
  return sql`
    insert into evidence (request_id, line_id, linked_system_id, verb, result, status, count_before, count_after,
                          vendor_request_id, digest, at)
    values (${requestId}, ${lineId}, ${systemId}, ${verb}, ${result}, ${status}, ${countBefore}, ${countAfter},
            ${draft.vendorRequestId ?? null}, ${draft.digest ?? null}, ${draft.at})
    returning id`;
};

/** Appends one piece of evidence and answers its id; the table takes no change afterwards. */
export async function addEvidence(tx: Db, draft: EvidenceDraft): Promise<string> {
  const { rows } = await tx.query<{ readonly id: string }>(evidenceInsert(draft));
  return rows[0]?.id ?? '';
}
