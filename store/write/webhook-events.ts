import { createHash } from 'node:crypto';
import type { SourceRecordDraft } from '../../domain/record/source-record.ts';
import type { KeyRing } from '../../platform/keys.ts';
import { type Db, sql } from '../database.ts';

/** What one event of a webhook says, of whom. */
interface Said {
  readonly kind: 'changed' | 'deleted' | 'consent' | 'hard-bounce' | 'complaint' | 'record';
  /** The record of the linked system; by address when the vendor gives no id. */
  readonly ref: { readonly kind: string; readonly externalId: string } | null;
  readonly email?: string;
  readonly consent?: {
    readonly channel: string;
    readonly purpose: string;
    readonly answer: 'granted' | 'denied' | 'pending' | 'unknown';
  };
  /** With kind `record`: what the event itself holds. */
  readonly received?: ReceivedRecords;
}

/** Records that came by themselves, of one stream of their system. */
export interface ReceivedRecords {
  readonly stream: string;
  /** Only some fields were said; the others stay as they were. */
  readonly partial: boolean;
  readonly records: readonly SourceRecordDraft[];
  readonly rejected: readonly {
    readonly externalId?: string;
    readonly reasonCode: string;
    readonly reason: string;
    readonly raw?: unknown;
  }[];
}

/** One event as the vendor sent it. */
export interface WebhookEvent extends Said {
  /** The vendor's: makes a replay known. */
  readonly id: string;
  /** ISO 8601. */
  readonly at: string | null;
}

/** A webhook event that waits to be worked in. */
export interface OpenEvent extends Said {
  readonly id: string;
  /** Event time; when it was received, where the vendor says none. */
  readonly at: Date;
  readonly receivedAt: Date;
}

type Sealed = Omit<Said, 'kind'>;

const context = (systemId: string): string => `webhook-event/${systemId}`;
const hashOf = (id: string): string => createHash('sha256').update(id).digest('hex');

/** One webhook as it came. */
export interface CameWebhook {
  readonly events: readonly WebhookEvent[];
  readonly receivedAt: Date;
}

/**
 * Keeps the events of webhooks of one system before they are answered, in one statement; those that were kept before are known and kept
 * once.
 * @returns how many of each webhook's events are new
 */
export async function keepWebhooks(
  db: Db,
  keys: KeyRing,
  systemId: string,
  webhooks: readonly CameWebhook[],
): Promise<readonly number[]> {
  const lines = webhooks.flatMap(({ events, receivedAt }) =>
    events.map(({ id, kind, at, ref, email, consent, received }) => ({
      hash: hashOf(id),
      kind,
      at,
      received_at: receivedAt,
      sealed: keys.encrypt(Buffer.from(JSON.stringify({ ref, email, consent, received })), context(systemId)).toString('base64'),
    })),
  );
  if (lines.length === 0) return webhooks.map(() => 0);
  const { rows } = await db.query<{ readonly hash: string }>(sql`
    insert into webhook_event (linked_system_id, event_hash, kind, sealed, at, received_at)
    select ${systemId}, decode(x.hash, 'hex'), x.kind, decode(x.sealed, 'base64'), x.at, x.received_at
      from jsonb_to_recordset(${JSON.stringify(lines)}::jsonb)
           as x(hash text, kind text, sealed text, at timestamptz, received_at timestamptz)
    on conflict (linked_system_id, event_hash) do nothing
    returning encode(event_hash, 'hex') as hash`);
  const fresh = new Set(rows.map(({ hash }) => hash));
  return webhooks.map(({ events }) => events.filter(({ id }) => fresh.delete(hashOf(id))).length);
}

/** Systems with events that wait. Index: webhook_event_open. */
export async function systemsWithOpenEvents(db: Db): Promise<readonly string[]> {
  const { rows } = await db.query<{ readonly id: string }>(sql`
    select s.id from linked_system s
     where exists (select from webhook_event e where e.linked_system_id = s.id and e.done_at is null)
     order by s.id`);
  return rows.map(({ id }) => id);
}

/** Events of one system that wait, after one and up to another, oldest first; 1 <= limit <= 5,000. Index: webhook_event_open. */
export async function openWebhookEvents(
  db: Db,
  keys: KeyRing,
  systemId: string,
  { after, upTo, limit }: { readonly after: string; readonly upTo: string | null; readonly limit: number },
): Promise<readonly OpenEvent[]> {
  const { rows } = await db.query<{
    readonly id: string;
    readonly kind: Said['kind'];
    readonly sealed: Buffer;
    readonly at: string | null;
    readonly receivedAt: string;
  }>(sql`
    select id, kind, sealed, at, received_at as "receivedAt" from webhook_event
     where linked_system_id = ${systemId} and done_at is null and sealed is not null and id > ${after}::bigint
       and (${upTo}::bigint is null or id <= ${upTo}::bigint)
     order by id limit ${limit}`);
  return rows.map(({ id, kind, sealed, at, receivedAt }) => ({
    id,
    kind,
    at: new Date(at ?? receivedAt),
    receivedAt: new Date(receivedAt),
    ...(JSON.parse(keys.decrypt(sealed, context(systemId)).toString('utf8')) as Sealed), // sealed above
  }));
}

/** These events are worked in: whom they were about is forgotten, that they came stays for a replay. */
export async function settleWebhookEvents(tx: Db, ids: readonly string[], at: Date): Promise<void> {
  if (ids.length === 0) return;
  await tx.query(sql`update webhook_event set done_at = ${at}, sealed = null where id = any(${[...ids]}::bigint[])`);
}

/** Forgets events that were worked in before `before`. @returns how many */
export async function forgetWebhookEvents(db: Db, before: Date): Promise<number> {
  const { rowCount } = await db.query(sql`delete from webhook_event where done_at < ${before}`);
  return rowCount;
}

/** Notes that a system calls: as long as it does, it need not be looked at every few seconds. */
export async function noteHeard(tx: Db, systemId: string, at: Date): Promise<void> {
  await tx.query(sql`update linked_system set heard_at = ${at} where id = ${systemId}`);
}
