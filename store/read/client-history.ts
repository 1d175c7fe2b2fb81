import { type Db, sql } from '../database.ts';

/** One step of how a client grew or shrank. */
export interface HistoryRow {
  readonly id: string;
  readonly at: string;
  readonly cause: 'founded' | 'joined' | 'parted' | 'left';
  readonly recordId: string;
  readonly systemId: string;
  readonly externalId: string;
  readonly fromClientId: string | null;
  readonly toClientId: string | null;
  readonly withRecordId: string | null;
  readonly rule: string | null;
  readonly evidence: unknown;
  readonly decisionId: string | null;
  readonly decidedBy: string | null;
  readonly undoneAt: string | null;
}

/**
 * How one client came to be what it is, oldest first, at most 500 steps: records that joined it or left it, and before them the record it
 * began with. Indexes: membership_change_to, membership_change_from, source_record_client.
 */
export async function historyOfClient(db: Db, clientId: string): Promise<HistoryRow[]> {
  const { rows } = await db.query<HistoryRow>(sql`
    with me as (
      select ${clientId}::uuid as id union select alias_id from client_alias where client_id = ${clientId}),
    steps as (
      select m.* from membership_change m where m.to_client_id in (select id from me)
      union
      select m.* from membership_change m where m.from_client_id in (select id from me)),
    told as (
      select s.id::text as id, s.at, s.cause, s.source_record_id, s.from_client_id, s.to_client_id, s.with_record_id, s.rule, s.evidence, s.decision_id
        from steps s
      union all
      select 'record-' || r.id, c.first_seen_at, 'founded', r.id, null, r.client_id, null, null, null, null
        from source_record r join client c on c.id = r.client_id
       where r.client_id = ${clientId} and r.kind in ('person', 'company')
         and not exists (select from steps s where s.source_record_id = r.id))
    select t.id, t.at, t.cause, t.source_record_id as "recordId", r.linked_system_id as "systemId", r.external_id as "externalId",
           t.from_client_id as "fromClientId", t.to_client_id as "toClientId", t.with_record_id as "withRecordId", t.rule, t.evidence,
           t.decision_id as "decisionId", d.decided_by as "decidedBy", d.undone_at as "undoneAt"
      from told t
      join source_record r on r.id = t.source_record_id
      left join identity_decision d on d.id = t.decision_id
     order by t.cause <> 'founded', t.at, length(t.id), t.id
     limit 500`);
  return rows;
}

/** A decision of a person on clients. */
export interface IdentityDecisionRow {
  readonly id: string;
  readonly kind: string;
  readonly answer: string;
  readonly decidedBy: string;
  readonly at: string;
  readonly undoneBy: string | null;
  readonly undoneAt: string | null;
}

/** What people decided of one client or of those merged into it, newest first, at most 100. Index: identity_decision_client. */
export async function decisionsOnClient(db: Db, clientId: string): Promise<IdentityDecisionRow[]> {
  const { rows } = await db.query<IdentityDecisionRow>(sql`
    select id, kind, answer, decided_by as "decidedBy", at, undone_by as "undoneBy", undone_at as "undoneAt"
      from identity_decision
     where client_ids && (array[${clientId}::uuid] || array(select alias_id from client_alias where client_id = ${clientId}))
        or id in (select decision_id from membership_change where to_client_id = ${clientId} or from_client_id = ${clientId})
     order by id desc
     limit 100`);
  return rows;
}
