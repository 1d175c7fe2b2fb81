import { bigints, texts, uuids } from '../binary-array.ts';
import { prepared, sql, type Tx } from '../database.ts';
import { saveGolden } from './golden.ts';

/** A golden record as it is to be. */
export interface ClientToSave {
  readonly id: string;
  readonly kind: 'person' | 'company';
  readonly displayName: string | null;
  readonly searchName: string | null;
  readonly golden: Readonly<Record<string, unknown>>;
  readonly country: string | null;
  readonly acquisitionSource: string | null;
  readonly recordIds: readonly string[];
  readonly absorbed: readonly string[];
  readonly provenance: readonly {
    readonly field: string;
    readonly sourceRecordId: string;
    readonly linkedSystemId: string;
    readonly rule: string;
    readonly at: string | null;
    readonly losing: readonly unknown[];
  }[];
  /** Records whose identifiers were kept and are not what they are to be. */
  readonly unidentified: readonly string[];
  /** Of records that changed, and of those that come from another client; those of the others stay. */
  readonly identifiers: readonly { readonly kind: string; readonly value: string; readonly recordId: string }[];
}

/**
 * Makes the clients what they are to be: golden values with provenance, members, identifiers, aliases. Set-based; n <= some thousands.
 * Of a restricted client, and of one that takes a restricted one in, members and identifiers alone: the hold must reach every record of
 * the person, and what is known of them stays as it was until it is lifted.
 * @see Regulation (EU) 2016/679, art. 18(2)
 * @param known clients that there were before: only they have something to replace
 */
export async function saveClients(tx: Tx, clients: readonly ClientToSave[], known: ReadonlySet<string>): Promise<void> {
  if (clients.length === 0) return;
  saveIdentifiers(tx, clients);
  await saveGolden(tx, clients, known, () => saveMembers(tx, clients));
}

function saveMembers(tx: Tx, clients: readonly ClientToSave[]): void {
  const members = clients.flatMap(({ id, recordIds }) => recordIds.map((recordId) => ({ id, recordId })));
  tx.later(
    prepared(
      'clients-members',
      sql`
    update source_record r set client_id = m.client_id
      from unnest(${uuids(members.map(({ id }) => id))}::uuid[], ${bigints(members.map(({ recordId }) => recordId))}::bigint[])
           as m(client_id, record_id)
     where r.id = m.record_id and r.client_id is distinct from m.client_id`,
    ),
  );
  const absorbed = clients.flatMap((client) => client.absorbed.map((alias) => ({ alias_id: alias, client_id: client.id })));
  if (absorbed.length === 0) return;
  const aliases = JSON.stringify(absorbed);
  tx.later(sql`
    with gone as (select * from jsonb_to_recordset(${aliases}::jsonb) as x(alias_id uuid, client_id uuid)),
    moved as (update client_alias a set client_id = g.client_id from gone g where a.client_id = g.alias_id)
    insert into client_alias (alias_id, client_id) select alias_id, client_id from gone
    on conflict (alias_id) do update set client_id = excluded.client_id, since = now()`);
}

function saveIdentifiers(tx: Tx, clients: readonly ClientToSave[]): void {
  const unidentified = clients.flatMap((client) => client.unidentified);
  if (unidentified.length > 0)
    tx.later(
      prepared(
        'clients-drop-identifiers',
        sql`delete from client_identifier where source_record_id = any(${bigints(unidentified)}::bigint[])`,
      ),
    );
  const identifiers = clients.flatMap(({ id, identifiers: all }) => all.map((identifier) => ({ ...identifier, clientId: id })));
  if (identifiers.length === 0) return;
  tx.later(
    prepared(
      'clients-identifiers',
      sql`
    insert into client_identifier (kind, value, client_id, source_record_id)
    select * from unnest(${texts(identifiers.map(({ kind }) => kind))}::text[],
                                  ${texts(identifiers.map(({ value }) => value))}::text[],
                                  ${uuids(identifiers.map(({ clientId }) => clientId))}::uuid[],
                                  ${bigints(identifiers.map(({ recordId }) => recordId))}::bigint[]) i(kind, value)
     order by i.kind collate "C", i.value collate "C" -- neighbours in the index, one after the other`,
    ),
  );
}

/** What is to be moved along. */
export interface WhatHangs {
  /** One of the records is a company, or works for one. */
  readonly areLinked: boolean;
  /** Sales, interactions or documents name one of them. */
  readonly own: boolean;
}

/**
 * Gives what hangs from these people and companies (sales, interactions, consents, documents) to their client; queues what follows of these clients.
 */
export function moveOwned(
  tx: Tx,
  recordIds: readonly string[],
  clientIds: readonly string[],
  { areLinked, own }: WhatHangs,
): void {
  const ids = [...recordIds];
  if (clientIds.length > 0)
    tx.later(
      prepared(
        'clients-queue-consent',
        sql`insert into consent_queue (client_id) select unnest(${uuids(clientIds)}::uuid[]) on conflict do nothing`,
      ),
    );
  if (areLinked) linkCompanies(tx, ids);
  if (own) moveBelongings(tx, ids);
}

function moveBelongings(tx: Tx, recordIds: readonly string[]): void {
  const ids = [...recordIds];
  tx.later(sql`
    update source_record r set client_id = o.client_id
      from source_record o
     where o.id = any(${ids}::bigint[]) and r.linked_system_id = o.linked_system_id and r.client_external_id = o.external_id
       and r.kind not in ('person', 'company') and r.client_id is distinct from o.client_id`);
  for (const table of [sql`sale`, sql`interaction`]) {
    tx.later(sql`
      with moved as (
        update ${table} t set client_id = r.client_id
          from source_record o
          join source_record r on r.linked_system_id = o.linked_system_id and r.client_external_id = o.external_id
         where o.id = any(${ids}::bigint[]) and t.source_record_id = r.id and t.client_id is distinct from r.client_id
        returning t.source_record_id)
      insert into projection_queue (source_record_id) select source_record_id from moved on conflict do nothing`);
  }
}

/** A contact belongs to the client of the company that its record names. Indexes: source_record unique key, source_record_contact_of. */
function linkCompanies(tx: Tx, ids: readonly string[]): void {
  tx.later(
    prepared(
      'clients-link-companies',
      sql`
    with mine as materialized (select * from source_record where id = any(${[...ids]}::bigint[]) and deleted_at is null),
    pairs as materialized (
      select p.client_id, x.client_id as company_id from mine p
       cross join lateral (
         select client_id from source_record
          where linked_system_id = p.linked_system_id and kind = 'company' and external_id = p.canonical ->> 'companyExternalId'
            and deleted_at is null limit 1) x
       where p.kind = 'person' and p.canonical ->> 'companyExternalId' is not null
      union
      select p.client_id, x.client_id from mine x
       cross join lateral (
         select client_id from source_record
          where linked_system_id = x.linked_system_id and kind = 'person' and canonical ->> 'companyExternalId' = x.external_id
            and canonical ->> 'companyExternalId' is not null and deleted_at is null offset 0) p
       where x.kind = 'company')
    update client c set company_id = n.company_id from pairs n
     where c.id = n.client_id and n.company_id is not null and c.company_id is distinct from n.company_id`,
    ),
  );
}

/** Projects again all sales and interactions of these clients: their country changed. */
export function projectAgain(tx: Tx, clientIds: readonly string[]): void {
  tx.later(
    prepared(
      'clients-project-again',
      sql`
    insert into projection_queue (source_record_id)
    select source_record_id from sale where client_id = any(${[...clientIds]}::uuid[])
    union select source_record_id from interaction where client_id = any(${[...clientIds]}::uuid[])
    on conflict do nothing`,
    ),
  );
}
