import { type Identified, identifiersOf } from '../../domain/record/identifiers.ts';
import type { KeyRing } from '../../platform/keys.ts';
import { type Db, type Sql, sql } from '../database.ts';
import { appendAudits } from './audit.ts';
import { listIdentifiers } from './suppression-list.ts';

/** Records of a page whose consent must be looked at: people, and consent records. */
export interface PulledRefs {
  readonly systemId: string;
  readonly refs: readonly { readonly kind: string; readonly externalId: string }[];
  readonly at: Date;
}

/** One event that the ledger has just taken. */
export interface NewEvent {
  readonly subjectId: string;
  readonly recordId: string;
  readonly purpose: string;
  readonly channel: string;
  readonly answer: string;
  readonly said: string;
}

/** How far the clock of a linked system may be from ours when its echo of our own write is recognised. */
const clockSkew = '2 minutes';

/**
 * Writes the consent events of the consent records of these people, and of these consent records, that the ledger does not hold yet.
 * A consent record whose person is not there yet waits in the store and is written with the person. The echo of a suppression that
 * Ficha wrote itself is no word of the person and makes no event: else it would overtake their next yes. Call it in the transaction
 * that stores the records.
 */
export async function recordPulledConsent(tx: Db, keys: KeyRing, { systemId, refs, at }: PulledRefs): Promise<void> {
  const people = refs.filter(({ kind }) => kind === 'person' || kind === 'company').map(({ externalId }) => externalId);
  const consents = refs.filter(({ kind }) => kind === 'consent').map(({ externalId }) => externalId);
  if (people.length + consents.length === 0) return;
  const { rows } = await tx.query<NewEvent>(sql`
    with looked_at as materialized (
      -- one index look-up a record: joined as sets, the planner reads the whole system while it has no statistics
      select c.id from unnest(${consents}::text[]) as x(external_id)
       cross join lateral (
         select id from source_record
          where linked_system_id = ${systemId} and kind = 'consent' and external_id = x.external_id limit 1) c
      union
      select c.id from unnest(${people}::text[]) as x(external_id)
       cross join lateral (
         select id from source_record
          where linked_system_id = ${systemId} and client_external_id = x.external_id and kind = 'consent' offset 0) c),
    said as (
      select c.canonical, p.id as record_id
        from source_record c
       cross join lateral (
         select id from source_record
          where linked_system_id = ${systemId} and kind in ('person', 'company') and external_id = c.client_external_id
            and deleted_at is null offset 0) p
       where c.id = any(array(select id from looked_at)) and c.deleted_at is null
         and not (c.canonical ->> 'answer' = 'denied' and exists (${echoOfActs(
           sql`p.id`,
           sql`c.canonical ->> 'purpose'`,
           sql`c.canonical ->> 'channel'`,
           sql`(c.canonical ->> 'at')::timestamptz`,
           sql`(c.canonical ->> 'atKnown')::boolean is not false`,
         )}))),
    subjects as (
      insert into consent_subject (source_record_id) select distinct record_id from said
      on conflict (source_record_id) do update set source_record_id = excluded.source_record_id
      returning id, source_record_id),
    written as (
      insert into consent_event (subject_id, purpose, channel, answer, at, at_known, received_at, linked_system_id, text_version, language,
                                 how, evidence, dedupe_key)
      select s.id, d.canonical ->> 'purpose', d.canonical ->> 'channel', d.canonical ->> 'answer', (d.canonical ->> 'at')::timestamptz,
             coalesce((d.canonical ->> 'atKnown')::boolean, true), ${at}, ${systemId}, d.canonical ->> 'textVersion',
             d.canonical ->> 'language', d.canonical ->> 'how', d.canonical ->> 'evidence',
             sha256(convert_to(concat_ws('|', s.id, d.canonical ->> 'purpose', d.canonical ->> 'channel', d.canonical ->> 'answer',
                                         d.canonical ->> 'at'), 'UTF8'))
        from said d join subjects s on s.source_record_id = d.record_id
      on conflict (dedupe_key) do nothing
      returning subject_id, purpose, channel, answer, at)
    select w.subject_id as "subjectId", s.source_record_id as "recordId", w.purpose, w.channel, w.answer, w.at as said
      from written w join subjects s on s.id = w.subject_id`);
  await afterEvents(tx, keys, rows, at, `system:${systemId}`);
  await noticeDrift(tx, systemId, people, consents);
}

/**
 * Whether `recordPulledConsent` can find anything: these records, or any that the system has, are of consent. Ask it before they are written.
 * Index: source_record (linked_system_id, kind, external_id).
 */
export async function mayHoldConsent(tx: Db, systemId: string, refs: PulledRefs['refs']): Promise<boolean> {
  if (refs.some(({ kind }) => kind === 'consent')) return true;
  const { rows } = await tx.query(sql`
    select from source_record where linked_system_id = ${systemId} and kind = 'consent' order by external_id limit 1`);
  return rows.length > 0;
}

/**
 * What Ficha itself wrote to a record that a denial found there repeats: undated until it was taken back, dated up to when it was
 * confirmed. Each argument is a column.
 */
export const echoOfActs = (recordId: Sql, purpose: Sql, channel: Sql, at: Sql, dated: Sql): Sql => sql`
  select from suppression_act a
   where a.source_record_id = ${recordId} and a.channel = ${channel} and a.purpose in ('*', ${purpose})
     and ${at} >= a.started_at - ${clockSkew}::interval
     and ${at} <= coalesce(case when ${dated} then coalesce(a.confirmed_at, a.ended_at) else a.ended_at end, 'infinity')
                  + ${clockSkew}::interval`;

/** What follows new events: their clients are compared with the ledger again, who denied is listed, each leaves an audit entry. */
export async function afterEvents(tx: Db, keys: KeyRing, events: readonly NewEvent[], at: Date, actor: string): Promise<void> {
  if (events.length === 0) return;
  await tx.query(sql`
    insert into consent_queue (client_id)
    select distinct client_id from source_record
     where id = any(${events.map(({ recordId }) => recordId)}::bigint[]) and client_id is not null
    on conflict do nothing`);
  await suppressIdentifiers(
    tx,
    keys,
    events.filter(({ answer }) => answer === 'denied'),
  );
  await appendAudits(
    tx,
    events.map(({ subjectId, purpose, channel, answer }) => ({
      actor,
      action: 'consent.record',
      subject: subjectId,
      facts: { purpose, channel, answer },
      at,
    })),
  );
}

/**
 * A system that shows a person as contactable again although they are suppressed there (an import subscribed them, a contact was made
 * anew): the suppression is no longer known to be applied, so it becomes due again.
 */
async function noticeDrift(tx: Db, systemId: string, owners: readonly string[], consents: readonly string[]): Promise<void> {
  await tx.query(sql`
    with drifted as (
      update suppression s set applied_to = array_remove(s.applied_to, p.id)
        from source_record c
        join source_record p on p.linked_system_id = c.linked_system_id and p.kind in ('person', 'company')
                            and p.external_id = c.client_external_id and p.client_id is not null
       where c.linked_system_id = ${systemId} and c.kind = 'consent' and c.deleted_at is null and c.canonical ->> 'answer' <> 'denied'
         and (c.external_id = any(${[...consents]}::text[]) or c.client_external_id = any(${[...owners]}::text[]))
         and s.client_id = p.client_id and s.linked_system_id = ${systemId} and s.lifted_at is null and p.id = any(s.applied_to)
         and s.purpose in ('*', c.canonical ->> 'purpose') and s.channel = c.canonical ->> 'channel'
         and not exists (
           select from source_record o
            where o.linked_system_id = ${systemId} and o.client_external_id = c.client_external_id and o.kind = 'consent'
              and o.deleted_at is null and o.canonical ->> 'answer' = 'denied'
              and o.canonical ->> 'purpose' in ('*', c.canonical ->> 'purpose')
              and o.canonical ->> 'channel' in ('any', c.canonical ->> 'channel'))
      returning s.client_id)
    insert into consent_queue (client_id) select distinct client_id from drifted on conflict do nothing`);
}

const reachedBy = (kind: string, channel: string): boolean =>
  channel === 'any' || (kind === 'email' ? channel === 'email' : ['sms', 'phone', 'messaging'].includes(channel));

/**
 * The addresses and numbers of who denied, as keyed hashes that outlive the person's erasure; each for the channels that use it.
 * `since` is when they last said no.
 * @see LOPDGDD art. 15.2
 */
async function suppressIdentifiers(tx: Db, keys: KeyRing, denials: readonly NewEvent[]): Promise<void> {
  if (denials.length === 0) return;
  const { rows } = await tx.query<{ readonly id: string; readonly canonical: Identified }>(sql`
    select id, canonical from source_record where id = any(${denials.map(({ recordId }) => recordId)}::bigint[])`);
  const records = new Map(rows.map(({ id, canonical }) => [id, canonical]));
  const lines = denials.flatMap(({ recordId, purpose, channel, said }) =>
    identifiersOf(records.get(recordId) ?? {}).flatMap(({ kind, value }) =>
      kind === 'tax-id' || !reachedBy(kind, channel)
        ? []
        : [{ kind, value, purpose, channel, reason: 'opt-out' as const, since: said }],
    ),
  );
  await listIdentifiers(tx, keys, lines);
}
