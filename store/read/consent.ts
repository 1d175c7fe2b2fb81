import { asOneSubject, consentMatrix, type ConsentEvent } from '../../domain/consent/consent-state.ts';
import type { ProvenEvent } from '../../domain/consent/consent-receipt.ts';
import { type Db, prepared, sql } from '../database.ts';

/** One event of a client's ledger. */
export interface LedgerEvent extends ConsentEvent {
  readonly id: string;
  readonly legalBasis: string;
  readonly clientId: string;
  readonly linkedSystemId: string | null;
}

/**
 * Every consent event of these clients, each with what its answer is worth now (a yes expires, a child's waits: `consent_worth`): through
 * their records, and through records that their source deleted while they were theirs, since deleting a contact takes no opt-out back.
 * Indexes: source_record_client, consent_event_subject, consent_subject_left.
 */
export async function consentEventsOf(db: Db, clientIds: readonly string[]): Promise<LedgerEvent[]> {
  if (clientIds.length === 0) return [];
  const { rows } = await db.query<LedgerEvent>(
    prepared(
      'consent-events-of',
      sql`
    with asked as materialized (
      select distinct client_id from unnest(${[...clientIds]}::uuid[]) as x(client_id)),
    person as materialized (
      select a.client_id, birth_of(c.golden) as birth, make_interval(years => coalesce(own.years, rest.years, 16)) as age
        from asked a
        left join client c on c.id = a.client_id
        left join consent_age own on own.country = c.country
        left join consent_age rest on rest.country = '*'),
    subject as (
      select s.id, a.client_id
        from asked a
        join source_record r on r.client_id = a.client_id
        join consent_subject s on s.source_record_id = r.id
      union
      select s.id, l.client_id
        from (select client_id as left_id, client_id from asked
              union all
              select n.alias_id, a.client_id from asked a join client_alias n on n.client_id = a.client_id) l
        join consent_subject s on s.left_client_id = l.left_id
        left join source_record r on r.id = s.source_record_id
       where r.client_id is null)
    select e.id, x.client_id as "clientId", e.subject_id as "subjectId", e.purpose, e.channel,
           consent_worth(e.answer, e.at, e.given_by, w.expires_after_months, p.birth, p.age) as answer, e.at, e.at_known as "atKnown",
           e.legal_basis as "legalBasis", e.linked_system_id as "linkedSystemId"
      from subject x
      join consent_event e on e.subject_id = x.id
      join person p on p.client_id = x.client_id
      left join consent_purpose w on w.name = e.purpose
     order by e.at, e.id`,
    ),
  );
  return rows;
}

/** What holds for one client, by purpose and channel. */
export interface ConsentAnswerRow {
  readonly purpose: string;
  readonly channel: string;
  readonly answer: string;
  readonly at: string;
  readonly linkedSystemId: string | null;
}

/** What holds for one client, purpose x channel; what is not in it is unknown, and unknown is no. */
export async function consentMatrixOf(db: Db, clientId: string): Promise<ConsentAnswerRow[]> {
  const events = asOneSubject(clientId, await consentEventsOf(db, [clientId]));
  return consentMatrix(events).map(({ purpose, channel, answer, decidedBy }) => ({
    purpose,
    channel,
    answer,
    at: decidedBy.at,
    linkedSystemId: decidedBy.linkedSystemId,
  }));
}

/** "Do not contact" in one linked system. */
export interface SuppressionRow {
  readonly purpose: string;
  readonly channel: string;
  readonly linkedSystemId: string;
  readonly since: string;
  readonly state: string;
  readonly readBackAt: string | null;
}

/** Suppressions in force for one client, newest first; 1 <= limit <= 500. Index: suppression_client_in_force. */
export async function suppressionsInForce(db: Db, clientId: string, limit: number): Promise<SuppressionRow[]> {
  const { rows } = await db.query<SuppressionRow>(sql`
    select channel, purpose, since, linked_system_id as "linkedSystemId", state, read_back_at as "readBackAt"
      from suppression
     where client_id = ${clientId} and lifted_at is null
     order by since desc, linked_system_id
     limit ${limit}`);
  return rows;
}

/** Every event of one client's ledger with its proof, oldest first; at most 5,000. Indexes: those of `consent_ledger`. */
export async function provenEventsOf(db: Db, clientId: string): Promise<ProvenEvent[]> {
  const { rows } = await db.query<ProvenEvent>(sql`
    select e.id, e.purpose, e.channel, e.answer, consent_word(e, birth_of(c.golden), c.country) as worth, e.at,
           e.received_at as "receivedAt", e.linked_system_id as "linkedSystemId", e.legal_basis as "legalBasis", e.how,
           e.text_version as "textVersion", e.language, e.given_by as "givenBy", e.evidence
      from client c cross join lateral consent_ledger(c.id) e
     where c.id = coalesce((select client_id from client_alias where alias_id = ${clientId}), ${clientId}::uuid)
     order by e.at, e.id limit 5000`);
  return rows;
}

/** What is held of one person: names of golden fields, special categories, the systems that hold a record. Nothing of a blocked one. */
export interface HeldHere {
  readonly fields: readonly string[];
  readonly special: readonly string[];
  readonly systems: readonly { readonly linkedSystemId: string; readonly title: string; readonly connector: string }[];
}

/** What is held of one client and where, by names alone. Indexes: primary key, source_record_client, special_value unique key. */
export async function heldOfPerson(db: Db, clientId: string): Promise<HeldHere> {
  const { rows } = await db.query<HeldHere>(sql`
    with one as (
      select c.id, c.golden from client c
       where c.id = coalesce((select client_id from client_alias where alias_id = ${clientId}), ${clientId}::uuid) and c.state <> 'blocked')
    select array(select k from one cross join lateral jsonb_object_keys(one.golden) k order by k) as fields,
           array(select distinct v.category from one join source_record r on r.client_id = one.id
                   join special_value v on v.source_record_id = r.id and v.state = 'released' order by 1) as special,
           coalesce((select jsonb_agg(distinct jsonb_build_object('linkedSystemId', s.id, 'title', s.title, 'connector', s.connector))
              from one join source_record r on r.client_id = one.id and r.deleted_at is null
              join linked_system s on s.id = r.linked_system_id and s.state <> 'removed'), '[]') as systems`);
  return rows[0] ?? { fields: [], special: [], systems: [] };
}

/** What one linked system was told about a client, and its answer. */
export interface Told {
  readonly linkedSystemId: string;
  readonly purpose: string;
  readonly channel: string;
  readonly told: 'stop' | 'allow again';
  readonly since: string;
  readonly answer: string;
  readonly detail: string | null;
  readonly readBackAt: string | null;
}

/** Who was told of this client's word, when, and what they answered (GDPR art. 19), newest first; at most 500. */
export async function toldOf(db: Db, clientId: string): Promise<Told[]> {
  const { rows } = await db.query<Told>(sql`
    select linked_system_id as "linkedSystemId", purpose, channel, case when lifted_at is null then 'stop' else 'allow again' end as told,
           coalesce(lifted_at, since) as since, coalesce(case when lifted_at is null then state else lift_state end, 'not asked') as answer,
           detail, read_back_at as "readBackAt"
      from suppression
     where client_id = coalesce((select client_id from client_alias where alias_id = ${clientId}), ${clientId}::uuid)
     order by 5 desc, linked_system_id limit 500`);
  return rows;
}
