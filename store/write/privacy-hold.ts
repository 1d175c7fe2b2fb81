import { FichaError } from '../../domain/record/error.ts';
import { type Db, sql, type Tx } from '../database.ts';
import { appendAudit } from './audit.ts';
import { projectAgain } from './clients.ts';

/** What happened during the hold is worked in: records that came, changed or went are resolved, the systems compared with the ledger. */
async function workInAgain(tx: Tx, clientIds: readonly string[]): Promise<void> {
  await tx.query(sql`
    insert into resolution_queue (source_record_id)
    select id from source_record where client_id = any(${[...clientIds]}::uuid[]) and kind in ('person', 'company')`);
  await tx.query(sql`
    insert into consent_queue (client_id) select unnest(${[...clientIds]}::uuid[]) on conflict do nothing`);
}

export interface ToHold {
  readonly clientId: string;
  readonly requestId: string;
  readonly at: Date;
}

/**
 * Holds a client: stored and nothing else. Reads, searches and metrics leave the client out from here on.
 * @see Regulation (EU) 2016/679, art. 18
 */
export async function holdClient(tx: Tx, { clientId, requestId, at }: ToHold): Promise<void> {
  const { rowCount } = await tx.query(sql`
    insert into restriction (client_id, request_id, since) values (${clientId}, ${requestId}, ${at})
    on conflict (client_id) where lifted_at is null do nothing`);
  await tx.query(sql`update client set state = 'restricted', updated_at = ${at} where id = ${clientId}`);
  projectAgain(tx, [clientId]);
  if (rowCount > 0) await appendAudit(tx, { actor: 'ficha', action: 'client.restrict', subject: requestId, at });
}

export interface Lifting {
  readonly requestId: string;
  readonly by: string;
  readonly notice: Notice;
  readonly at: Date;
}

/** How the person was told. */
export interface Notice {
  /** ISO 8601 UTC. */
  readonly at: string;
  readonly by: 'mail' | 'letter';
  /** SHA-256 of what was sent by mail. */
  readonly digest: Buffer | null;
}

/**
 * Ends the hold that a request brought, on every client that it reaches: a split leaves both sides held. The person must have been told before.
 * @throws FichaError `no-restriction`, `notice-in-future`
 * @see Regulation (EU) 2016/679, art. 18(3)
 */
export async function liftHold(tx: Tx, { requestId, by, notice, at }: Lifting): Promise<void> {
  if (notice.at > at.toISOString()) {
    throw new FichaError(
      'notice-in-future',
      'noticeAt lies in the future: the person must be told before the restriction is lifted',
    );
  }
  const { rows } = await tx.query<{ clientId: string }>(sql`
    update restriction
       set notice_at = ${notice.at}, notice_by = ${notice.by}, notice_digest = ${notice.digest}, lifted_at = ${at}, lifted_by = ${by}
     where request_id = ${requestId} and lifted_at is null returning client_id as "clientId"`);
  const clientIds = rows.map(({ clientId }) => clientId);
  if (clientIds.length === 0) {
    throw new FichaError('no-restriction', 'this request holds no client: it was lifted before, or is of another type');
  }
  await tx.query(sql`
    update client set state = 'active', updated_at = ${at} where id = any(${clientIds}::uuid[]) and state = 'restricted'`);
  projectAgain(tx, clientIds);
  await workInAgain(tx, clientIds);
  const facts = { noticeAt: notice.at, by: notice.by, digest: notice.digest?.toString('hex') ?? null };
  await appendAudit(tx, { actor: by, action: 'notice.send', subject: requestId, facts, at });
  await appendAudit(tx, { actor: by, action: 'client.unrestrict', subject: requestId, facts: { noticeAt: notice.at }, at });
}

/**
 * Writes down that the person objects to marketing: no to every purpose on every channel, from now on, in every record of theirs. What
 * follows in the linked systems is `propagateConsent`'s. Safe to repeat.
 * @see Regulation (EU) 2016/679, art. 21(3)
 */
export async function objectToMarketing(tx: Tx, { clientId, requestId, at }: ToHold): Promise<void> {
  const { rowCount } = await tx.query(sql`
    with people as (select id from source_record where client_id = ${clientId} and kind = 'person'),
    subjects as (
      insert into consent_subject (source_record_id) select id from people
      on conflict (source_record_id) do update set source_record_id = excluded.source_record_id
      returning id)
    insert into consent_event (subject_id, purpose, channel, answer, at, received_at, legal_basis, how, evidence, dedupe_key)
    select id, '*', 'any', 'denied', ${at}, ${at}, 'GDPR art. 21(3)', 'objection', ${`request:${requestId}`},
           sha256(convert_to(concat_ws('|', id, '*', 'any', 'denied', ${requestId}::text), 'UTF8'))
      from subjects
    on conflict (dedupe_key) do nothing`);
  await tx.query(sql`insert into consent_queue (client_id) select id from client where id = ${clientId} on conflict do nothing`);
  if (rowCount > 0) {
    await appendAudit(tx, { actor: 'ficha', action: 'consent.object', subject: requestId, facts: { records: rowCount }, at });
  }
}

/** Suppressions of one client by system: how many, and how many are not settled in their system. Index: suppression_client_in_force. */
export async function suppressionsBySystem(
  db: Db,
  clientId: string,
): Promise<{ systemId: string; total: number; open: number }[]> {
  const { rows } = await db.query<{ systemId: string; total: number; open: number }>(sql`
    select linked_system_id as "systemId", count(*)::int as total,
           count(*) filter (where state in ('due', 'failed', 'refused'))::int as open
      from suppression where client_id = ${clientId} and lifted_at is null
     group by linked_system_id order by linked_system_id`);
  return rows;
}
