import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { KeyRing } from '../platform/keys.ts';
import type { Analytics } from './clickhouse.ts';

/** A sale or an interaction as PostgreSQL holds it now; `clientId` null when it is gone, unresolved or may not be counted. */
export interface ProjectedRecord {
  readonly sourceRecordId: string;
  readonly clientId: string | null;
  readonly linkedSystemId: string;
  readonly kind: string;
  /** YYYY-MM-01 */
  readonly month: string;
  readonly channel: string | null;
  readonly country: string | null;
  readonly amountCents: string | null;
  readonly currency: string | null;
}

const noClient = '0'.repeat(32);

/** Makes the ClickHouse tables that are missing. */
export async function ensureTables(analytics: Analytics): Promise<void> {
  await analytics.command(readFileSync(new URL('tables/client-event.sql', import.meta.url), 'utf8'));
}

/**
 * Writes records under keyed pseudonyms. Safe to repeat: the same batch is dropped by its token, and of two versions of one event
 * the newer stays.
 * @param version grows with every call, milliseconds since 1970
 */
export async function projectRecords(
  analytics: Analytics,
  keys: KeyRing,
  records: readonly ProjectedRecord[],
  version: number,
): Promise<void> {
  if (records.length === 0) return;
  const pseudonym = (text: string): string => keys.mac('pseudonym', text).subarray(0, 16).toString('hex');
  const rows = records.map((record) => ({
    event: pseudonym(`event:${record.sourceRecordId}`),
    client: record.clientId === null ? noClient : pseudonym(`client:${record.clientId}`),
    linked_system: record.linkedSystemId,
    kind: record.kind,
    month: record.month,
    channel: record.channel ?? 'unknown',
    country: record.country ?? 'unknown',
    amount_cents: record.amountCents ?? '0',
    currency: record.currency ?? '',
    version,
    is_deleted: record.clientId === null ? 1 : 0,
  }));
  const token = createHash('sha256').update(JSON.stringify(rows)).digest('hex');
  await analytics.insert('client_event', rows, token);
}
