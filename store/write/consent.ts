import { type Identified, identifiersOf } from '../../domain/record/identifiers.ts';
import type { KeyRing } from '../../platform/keys.ts';
import { type Db, sql } from '../database.ts';
import { appendAudits } from './audit.ts';

/** Records of a page whose consent must be looked at: people, and consent records. */
export interface PulledRefs {
  readonly systemId: string;
  readonly refs: readonly { readonly kind: string; readonly externalId: string }[];
  readonly at: Date;
}

interface NewEvent {
  readonly subjectId: string;
  readonly personId: string;
  readonly purpose: string;
  readonly channel: string;
  readonly answer: string;
}

/**
 * Writes the consent events of the consent records of these people, and of these consent records, that the ledger does not hold yet.
 * A consent record whose person is not there yet waits in the store and is written with the person. Call it in the transaction that
 * stores the records.
 */
export async function recordPulledConsent(tx: Db, keys: KeyRing, { systemId, refs, at }: PulledRefs): Promise<void> {
  const people = refs.filter(({ kind }) => kind === 'person').map(({ externalId }) => externalId);
  const consents = refs.filter(({ kind }) => kind === 'consent').map(({ externalId }) => externalId);
  if (people.length + consents.length === 0) return;
  const { rows } = await tx.query<NewEvent>(sql`
    with said as (
      select c.canonical, p.id as person_id
        from source_record c
        join source_record p on p.linked_system_id = c.linked_system_id and p.kind = 'person' and p.external_id = c.client_external_id
                            and p.deleted_at is null
       where c.linked_system_id = ${systemId} and c.kind = 'consent' and c.deleted_at is null
         and (c.external_id = any(${consents}::text[]) or c.client_external_id = any(${people}::text[]))),
    subjects as (
      insert into consent_subject (source_record_id) select distinct person_id from said
      on conflict (source_record_id) do update set source_record_id = excluded.source_record_id
      returning id, source_record_id)
    insert into consent_event (subject_id, purpose, channel, answer, at, at_known, received_at, linked_system_id, text_version, language,
                               how, evidence, dedupe_key)
    select s.id, d.canonical ->> 'purpose', d.canonical ->> 'channel', d.canonical ->> 'answer', (d.canonical ->> 'at')::timestamptz,
           coalesce((d.canonical ->> 'atKnown')::boolean, true), ${at}, ${systemId}, d.canonical ->> 'textVersion',
           d.canonical ->> 'language', d.canonical ->> 'how', d.canonical ->> 'evidence',
           sha256(convert_to(concat_ws('|', s.id, d.canonical ->> 'purpose', d.canonical ->> 'channel', d.canonical ->> 'answer',
                                       d.canonical ->> 'at'), 'UTF8'))
      from said d join subjects s on s.source_record_id = d.person_id
    on conflict (dedupe_key) do nothing
    returning subject_id as "subjectId", purpose, channel, answer,
              (select c.source_record_id from consent_subject c where c.id = subject_id) as "personId"`);
  await afterEvents(tx, keys, rows, at, systemId);
}

async function afterEvents(tx: Db, keys: KeyRing, events: readonly NewEvent[], at: Date, systemId: string): Promise<void> {
  if (events.length === 0) return;
  const personIds = [...new Set(events.map(({ personId }) => personId))];
  await queueConsent(tx, personIds);
  await suppressIdentifiers(
    tx,
    keys,
    events.filter(({ answer }) => answer === 'denied'),
    at,
  );
  await appendAudits(
    tx,
    events.map(({ subjectId, purpose, channel, answer }) => ({
      actor: `system:${systemId}`,
      action: 'consent-recorded',
      subject: subjectId,
      facts: { purpose, channel, answer },
      at,
    })),
  );
}

async function queueConsent(tx: Db, personIds: readonly string[]): Promise<void> {
  await tx.query(sql`
    insert into consent_queue (client_id)
    select distinct client_id from source_record where id = any(${[...personIds]}::bigint[]) and client_id is not null
    on conflict do nothing`);
}

/** The identifiers of who denied, as keyed hashes that outlive the person's erasure. @see LOPDGDD art. 15.2 */
async function suppressIdentifiers(tx: Db, keys: KeyRing, denials: readonly NewEvent[], at: Date): Promise<void> {
  if (denials.length === 0) return;
  const { rows } = await tx.query<{ readonly id: string; readonly canonical: Identified }>(sql`
    select id, canonical from source_record where id = any(${denials.map(({ personId }) => personId)}::bigint[])`);
  const records = new Map(rows.map(({ id, canonical }) => [id, canonical]));
  const lines = denials.flatMap(({ personId, purpose, channel }) =>
    identifiersOf(records.get(personId) ?? {})
      .filter(({ kind }) => kind !== 'tax-id')
      .map(({ kind, value }) => ({ hash: keys.mac('suppression', `${kind}:${value}`).toString('hex'), kind, purpose, channel })),
  );
  await tx.query(sql`
    insert into suppression_list (hash, identifier_kind, purpose, channel, reason, since)
    select distinct on (x.hash, x.purpose, x.channel) decode(x.hash, 'hex'), x.kind, x.purpose, x.channel, 'opt-out', ${at}::timestamptz
      from jsonb_to_recordset(${JSON.stringify(lines)}::jsonb) as x(hash text, kind text, purpose text, channel text)
    on conflict do nothing`);
}
