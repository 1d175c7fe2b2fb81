import { type Identified, identifiersOf } from '../../domain/record/identifiers.ts';
import type { RecordKind } from '../../domain/record/source-record.ts';
import type { KeyRing } from '../../platform/keys.ts';
import { type Db, sql } from '../database.ts';
import { tombstonesOf } from '../write/tombstones.ts';

interface Candidate {
  readonly id: string;
  readonly systemId: string;
  readonly kind: RecordKind;
  readonly externalId: string;
  readonly clientExternalId: string | null;
  readonly canonical: Identified;
}

const PAGE = 5_000;

/** What erasures did after a backup was made, done again on what the backup brought back. */
export interface Reapplied {
  readonly records: number;
  readonly clients: number;
  readonly keysDestroyed: number;
}

const inForce = async (tx: Db): Promise<ReadonlySet<string>> => {
  const { rows } = await tx.query<{ hash: string }>(sql`
    select encode(hash, 'hex') as hash from tombstone where lifted_at is null and (expires_at is null or expires_at > now())`);
  return new Set(rows.map(({ hash }) => hash));
};

const hashesOf = (keys: KeyRing, { systemId, kind, externalId, clientExternalId, canonical }: Candidate): readonly string[] =>
  tombstonesOf(keys, {
    systemId,
    kind,
    externalId,
    clientExternalId: clientExternalId ?? undefined,
    identifiers: kind === 'person' || kind === 'company' ? identifiersOf(canonical) : [],
  }).map(({ hash }) => hash.toString('hex'));

/** What was kept aside unread keeps its reason and loses its content when an address in it is an erased person's. */
const dropRejected = async (tx: Db, keys: KeyRing, stones: ReadonlySet<string>): Promise<void> => {
  const { rows } = await tx.query<{ id: string; emails: string[] | null }>(sql`
    select id, (select array_agg(m[1]) from regexp_matches(raw::text, '([^\s"<>,;:\\]{1,64}@[^\s"<>,;:\\]{1,255})', 'g') as m) as emails
      from rejected_record where raw is not null`);
  const hit = rows.filter(({ emails }) => {
    const identifiers = identifiersOf({ emails: emails ?? [] });
    const texts = tombstonesOf(keys, { systemId: '', kind: 'person', externalId: '', identifiers });
    return texts.some(({ hash }) => stones.has(hash.toString('hex')));
  });
  await tx.query(sql`
    update rejected_record set raw = null, external_id = 'erased-' || id where id = any(${hit.map(({ id }) => id)}::bigint[])`);
};

/**
 * Takes out of a restored database every record that a tombstone names, and the clients that are nobody then. Call it in the transaction
 * that restores: nothing is readable before it is done (rule 6).
 */
export async function reapplyErasures(tx: Db, keys: KeyRing): Promise<Reapplied> {
  const stones = await inForce(tx);
  const gone: string[] = [];
  let after = '0';
  for (;;) {
    const { rows } = await tx.query<Candidate>(sql`
      select id, linked_system_id as "systemId", kind, external_id as "externalId", client_external_id as "clientExternalId", canonical
        from source_record where id > ${after} order by id limit ${PAGE}`);
    gone.push(...rows.filter((row) => hashesOf(keys, row).some((hash) => stones.has(hash))).map(({ id }) => id));
    if (rows.length < PAGE) break;
    after = rows.at(-1)?.id ?? after;
  }
  const { rows: touched } = await tx.query<{ clientId: string }>(sql`
    select distinct client_id as "clientId" from source_record where id = any(${gone}::bigint[]) and client_id is not null`);
  await tx.query(sql`delete from source_record where id = any(${gone}::bigint[])`);
  await dropRejected(tx, keys, stones);
  const { rowCount: clients } = await tx.query(sql`
    with empty as (
      select c.id from client c
       where (c.id = any(${touched.map(({ clientId }) => clientId)}::uuid[])
              or exists (select from privacy_request q where q.client_id = c.id and q.type = 'erasure' and q.state = 'closed'))
         and not exists (select from source_record r where r.client_id = c.id)),
    aliases as (delete from client_alias where client_id in (select id from empty)),
    parted as (update client set company_id = null where company_id in (select id from empty))
    delete from client where id in (select id from empty)`);
  await tx.query(sql`
    insert into resolution_queue (source_record_id)
    select id from source_record where client_id = any(${touched.map(({ clientId }) => clientId)}::uuid[])
       and kind in ('person', 'company') on conflict do nothing`);
  await tx.query(sql`
    update client set state = 'restricted' where id in (select client_id from restriction where lifted_at is null)`);
  const { rowCount: keysDestroyed } = await tx.query(sql`
    update subject_key k set wrapped = null, destroyed_at = coalesce(destroyed_at, now())
     where wrapped is not null and (destroyed_at is not null or exists (
       select from privacy_request q where q.subject_key_id = k.id and q.closed_at is not null and q.package is null))`);
  await tx.query(sql`
    update subject_key k set payload_wrapped = null, payload_destroyed_at = now()
      from privacy_request q where q.subject_key_id = k.id and q.closed_at is not null and k.payload_wrapped is not null`);
  return { records: gone.length, clients, keysDestroyed };
}
