import { asOneSubject, consentMatrix, type ConsentEvent } from '../../domain/consent/consent-state.ts';
import { type Db, sql } from '../database.ts';

/** One event of a client's ledger. */
export interface LedgerEvent extends ConsentEvent {
  readonly id: string;
  readonly clientId: string;
  readonly linkedSystemId: string | null;
}

/** Every consent event of these clients, through their person records. Index: source_record_client, consent_event_subject. */
export async function consentEventsOf(db: Db, clientIds: readonly string[]): Promise<LedgerEvent[]> {
  const { rows } = await db.query<LedgerEvent>(sql`
    select e.id, r.client_id as "clientId", e.subject_id as "subjectId", e.purpose, e.channel, e.answer, e.at, e.at_known as "atKnown",
           e.linked_system_id as "linkedSystemId"
      from source_record r
      join consent_subject s on s.source_record_id = r.id
      join consent_event e on e.subject_id = s.id
     where r.client_id = any(${[...clientIds]}::uuid[])
     order by e.at, e.id`);
  return rows;
}

/** What one client said last, by purpose and channel. */
export interface ConsentAnswerRow {
  readonly purpose: string;
  readonly channel: string;
  readonly answer: string;
  readonly at: string;
  readonly linkedSystemId: string | null;
}

/** The matrix purpose x channel of one client; what is not in it is unknown. */
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
