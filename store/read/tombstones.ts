import type { RecordKind } from '../../domain/record/source-record.ts';
import { type Db, sql } from '../database.ts';

/** A record that came back and waits to be erased again. */
export interface TombstoneHitRow {
  readonly id: string;
  readonly linkedSystemId: string;
  readonly kind: RecordKind;
  readonly recordHash: Buffer;
  readonly externalId: Buffer;
  readonly matched: readonly string[];
  readonly requestId: string;
  /** When it last came back, ISO 8601 UTC. */
  readonly at: string;
}

/**
 * Hits to settle, oldest first, at most `limit`, after `afterId`. Those of a request that is still at work wait: that request
 * erases them itself.
 */
export async function openTombstoneHits(db: Db, afterId: string, limit: number): Promise<TombstoneHitRow[]> {
  const { rows } = await db.query<TombstoneHitRow>(sql`
    select h.id, h.linked_system_id as "linkedSystemId", h.kind, h.record_hash as "recordHash", h.external_id as "externalId",
           h.matched, h.request_id as "requestId", h.at
      from tombstone_hit h join privacy_request q on q.id = h.request_id
     where h.settled_at is null and h.external_id is not null and q.closed_at is not null and h.id > ${afterId}
     order by h.id
     limit ${limit}`);
  return rows;
}
