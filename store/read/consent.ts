import { asOneSubject, consentMatrix, type ConsentEvent } from '../../domain/consent/consent-state.ts';
import { type Db, sql } from '../database.ts';

/** One event of a client's ledger. */
export interface LedgerEvent extends ConsentEvent {
  readonly id: string;
  readonly clientId: string;
  readonly linkedSystemId: string | null;
}

/**
 * Every consent event of these clients: through their records, and through records that their source deleted while they were theirs,
 * since deleting a contact takes no opt-out back. Indexes: source_record_client, consent_event_subject, consent_subject_left.
 */
export async function consentEventsOf(db: Db, clientIds: readonly string[]): Promise<LedgerEvent[]> {
  const ids = [...clientIds];
  const { rows } = await db.query<LedgerEvent>(sql`
    with subject as (
      select s.id, r.client_id
        from source_record r join consent_subject s on s.source_record_id = r.id
       where r.client_id = any(${ids}::uuid[])
      union
      select s.id, coalesce(a.client_id, s.left_client_id)
        from consent_subject s
        left join client_alias a on a.alias_id = s.left_client_id
        left join source_record r on r.id = s.source_record_id
       where (s.left_client_id = any(${ids}::uuid[])
              or s.left_client_id in (select alias_id from client_alias where client_id = any(${ids}::uuid[])))
         and r.client_id is null)
    select e.id, x.client_id as "clientId", e.subject_id as "subjectId", e.purpose, e.channel, e.answer, e.at, e.at_known as "atKnown",
           e.linked_system_id as "linkedSystemId"
      from subject x join consent_event e on e.subject_id = x.id
     order by e.at, e.id`);
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
