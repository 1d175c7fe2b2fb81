import { bigints, texts, uuids } from '../binary-array.ts';
import { type Db, prepared, sql, type Tx } from '../database.ts';

/** A record that changed its client, and on what evidence. */
export interface MembershipChange {
  readonly recordId: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly cause: 'joined' | 'parted' | 'left';
  readonly withRecordId: string | null;
  readonly rule: string | null;
  readonly evidence: unknown;
  /** When a person decided. */
  readonly decisionId: string | null;
}

/** Appends to the history of clients: how each grew and shrank. */
export function appendMembershipChanges(tx: Tx, changes: readonly MembershipChange[], at: Date): void {
  if (changes.length === 0) return;
  const evidence = changes.map((change) => (change.evidence == null ? null : JSON.stringify(change.evidence)));
  tx.later(
    prepared(
      'membership-append',
      sql`
    insert into membership_change (source_record_id, from_client_id, to_client_id, cause, with_record_id, rule, evidence, decision_id, at)
    select x.record, x.from_client, x.to_client, x.cause, x.with_record, x.rule, x.evidence::jsonb, x.decision, ${at}
      from unnest(${bigints(changes.map(({ recordId }) => recordId))}::bigint[],
                  ${uuids(changes.map(({ from }) => from))}::uuid[], ${uuids(changes.map(({ to }) => to))}::uuid[],
                  ${texts(changes.map(({ cause }) => cause))}::text[],
                  ${bigints(changes.map(({ withRecordId }) => withRecordId))}::bigint[],
                  ${texts(changes.map(({ rule }) => rule))}::text[], ${texts(evidence)}::text[],
                  ${uuids(changes.map(({ decisionId }) => decisionId))}::uuid[])
           as x(record, from_client, to_client, cause, with_record, rule, evidence, decision)`,
    ),
  );
}

/** A client that was parted from another. */
export interface Parted {
  readonly clientId: string;
  readonly fromClientId: string;
}

/**
 * After a split: ids that were merged away follow the records that they once named, the id that is a client again is an alias no more,
 * and a restriction holds for both sides until somebody lifts it (the protective reading of GDPR art. 18).
 */
export async function settleSplits(tx: Db, parted: readonly Parted[]): Promise<void> {
  if (parted.length === 0) return;
  const lines = JSON.stringify(parted.map(({ clientId, fromClientId }) => ({ client: clientId, parent: fromClientId })));
  const parents = parted.map(({ fromClientId }) => fromClientId);
  await tx.query(sql`
    delete from client_alias where alias_id = any(${parted.map(({ clientId }) => clientId)}::uuid[])`);
  await tx.query(sql`
    with here as (
      select a.alias_id, r.client_id, count(distinct r.id) as n
        from client_alias a
        join membership_change m on m.from_client_id = a.alias_id
        join source_record r on r.id = m.source_record_id and r.client_id is not null
       where a.client_id = any(${parents}::uuid[])
       group by a.alias_id, r.client_id),
    best as (select distinct on (alias_id) alias_id, client_id from here order by alias_id, n desc, client_id)
    update client_alias a set client_id = b.client_id, since = now()
      from best b where a.alias_id = b.alias_id and a.client_id <> b.client_id and b.client_id <> b.alias_id`);
  await tx.query(sql`
    with held as (
      select distinct on (x.client) x.client, p.request_id, p.since
        from jsonb_to_recordset(${lines}::jsonb) as x(client uuid, parent uuid)
        join restriction p on p.client_id = x.parent and p.lifted_at is null
       order by x.client, p.since)
    insert into restriction (client_id, request_id, since) select client, request_id, since from held on conflict do nothing`);
  await tx.query(sql`
    update client c set state = p.state
      from jsonb_to_recordset(${lines}::jsonb) as x(client uuid, parent uuid) join client p on p.id = x.parent
     where c.id = x.client and c.state = 'active' and p.state in ('restricted', 'blocked')`);
}
