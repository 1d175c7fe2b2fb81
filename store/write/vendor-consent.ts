import type { KeyRing } from '../../platform/keys.ts';
import { type Db, sql } from '../database.ts';
import { afterEvents, echoOfActs, type NewEvent } from './consent.ts';

/** What a vendor's webhook says that one person said. */
export interface VendorConsent {
  /** The caller's own name for it. */
  readonly id: string;
  readonly systemId: string;
  /** The record of that system; else every record of it that has this address. */
  readonly ref: { readonly kind: string; readonly externalId: string } | null;
  /** Normalised. */
  readonly email: string | null;
  readonly purpose: string;
  readonly channel: string;
  readonly answer: 'granted' | 'denied' | 'pending';
  readonly at: Date;
  readonly receivedAt: Date;
  readonly how: 'webhook' | 'complaint';
}

/**
 * Writes what a vendor's webhooks say into the ledger, under every record of that system that it is about; a record that the vendor has
 * deleted since counts too. The echo of a suppression that Ficha wrote itself is found and left out. The same event again changes nothing.
 * Indexes: source_record (linked_system_id, kind, external_id), client_identifier primary key.
 * @returns ids of those whose record is there; the others are to be tried again after the next pull
 */
export async function recordVendorConsent(
  tx: Db,
  keys: KeyRing,
  said: readonly VendorConsent[],
  at: Date,
): Promise<ReadonlySet<string>> {
  if (said.length === 0) return new Set();
  const lines = JSON.stringify(
    said.map(({ ref, systemId, receivedAt, ...one }) => ({
      ...one,
      system: systemId,
      received_at: receivedAt,
      kind: ref?.kind ?? null,
      external_id: ref?.externalId ?? null,
    })),
  );
  const { rows } = await tx.query<{ readonly found: readonly string[]; readonly events: readonly NewEvent[] }>(sql`
    with said as materialized (
      select x.* from jsonb_to_recordset(${lines}::jsonb) as x(
        id text, system text, kind text, external_id text, email text, purpose text, channel text, answer text,
        at timestamptz, received_at timestamptz, how text)),
    met as materialized (
      select d.*, r.id as record_id from said d cross join lateral (
        select id from source_record
         where d.external_id is not null and linked_system_id = d.system and kind = d.kind and external_id = d.external_id
        union
        select o.id from source_record c
          join source_record o on o.linked_system_id = c.linked_system_id and o.kind in ('person', 'company')
                              and o.external_id = c.client_external_id
         where d.kind not in ('person', 'company') and c.linked_system_id = d.system and c.kind = d.kind
           and c.external_id = d.external_id
        union
        select r.id from client_identifier i join source_record r on r.id = i.source_record_id
         where d.external_id is null and i.kind = 'email' and i.value = d.email and r.linked_system_id = d.system) found
       join source_record r on r.id = found.id and r.kind in ('person', 'company')),
    words as (
      select m.* from met m
       where not (m.answer = 'denied' and exists (
         ${echoOfActs(sql`m.record_id`, sql`m.purpose`, sql`m.channel`, sql`m.at`, sql`true`)}))),
    subjects as (
      insert into consent_subject (source_record_id) select distinct record_id from words
      on conflict (source_record_id) do update set source_record_id = excluded.source_record_id
      returning id, source_record_id),
    written as (
      insert into consent_event (subject_id, purpose, channel, answer, at, received_at, linked_system_id, how, dedupe_key)
      select s.id, w.purpose, w.channel, w.answer, w.at, w.received_at, w.system, w.how,
             sha256(convert_to(concat_ws('|', s.id, w.purpose, w.channel, w.answer, w.at), 'UTF8'))
        from words w join subjects s on s.source_record_id = w.record_id
      on conflict (dedupe_key) do nothing
      returning subject_id, purpose, channel, answer, at)
    select coalesce((select array_agg(distinct id) from met), '{}') as found,
           coalesce((select jsonb_agg(jsonb_build_object(
             'subjectId', w.subject_id, 'recordId', s.source_record_id::text, 'purpose', w.purpose, 'channel', w.channel,
             'answer', w.answer, 'said', w.at)) from written w join subjects s on s.id = w.subject_id), '[]') as events`);
  const [done] = rows;
  await afterEvents(tx, keys, done?.events ?? [], at, `system:${said[0]?.systemId ?? ''}`);
  return new Set(done?.found);
}
