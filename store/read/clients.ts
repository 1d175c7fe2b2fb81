import { type Db, sql } from '../database.ts';

/** One client as the read API shows it. Times are ISO 8601 UTC. */
export interface ClientRow {
  readonly id: string;
  readonly kind: 'person' | 'company';
  readonly displayName: string | null;
  readonly searchName: string | null;
  readonly golden: Readonly<Record<string, unknown>>;
  readonly companyId: string | null;
  readonly country: string | null;
  readonly acquisitionSource: string | null;
  readonly firstSeenAt: string;
  readonly updatedAt: string;
}

const columns = sql`
  c.id, c.kind, c.display_name as "displayName", c.search_name as "searchName", c.golden, c.company_id as "companyId", c.country,
  c.acquisition_source as "acquisitionSource", c.first_seen_at as "firstSeenAt", c.updated_at as "updatedAt"`;

/** One active client by its id or by an id that was merged into it; undefined when there is none to show. Index: primary keys. */
export async function clientById(db: Db, id: string): Promise<ClientRow | undefined> {
  const { rows } = await db.query<ClientRow>(sql`
    select ${columns}
      from client c
     where c.id = coalesce((select a.client_id from client_alias a where a.alias_id = ${id}), ${id}::uuid)
       and c.state = 'active'`);
  return rows[0];
}

/** The clients that these ids lead to now, by the id asked; an id that was never merged leads to itself. Index: primary key. */
export async function currentClientIds(db: Db, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map();
  const { rows } = await db.query<{ readonly asked: string; readonly clientId: string }>(sql`
    select alias_id as asked, client_id as "clientId" from client_alias where alias_id = any(${[...new Set(ids)]}::uuid[])`);
  return new Map([...ids.map((id) => [id, id] as const), ...rows.map(({ asked, clientId }) => [asked, clientId] as const)]);
}

/** Active clients that carry exactly this normalised identifier, at most 50. Index: client_identifier primary key. */
export async function clientsByIdentifier(db: Db, kind: string, value: string): Promise<ClientRow[]> {
  const { rows } = await db.query<ClientRow>(sql`
    select ${columns}
      from client c
     where c.state = 'active'
       and c.id in (select i.client_id from client_identifier i where i.kind = ${kind} and i.value = ${value})
     order by c.id
     limit 50`);
  return rows;
}

/** Where a page of clients starts: after this name and id. */
export interface ClientPosition {
  readonly name: string;
  readonly id: string;
}

/** Active clients in name order, `limit` + 1 at most so that the caller sees whether more follow. */
export async function clientsInOrder(db: Db, after: ClientPosition | undefined, limit: number): Promise<ClientRow[]> {
  const { rows } = await db.query<ClientRow>(sql`
    select ${columns}
      from client c
     where c.state = 'active'
       and (coalesce(c.search_name, '') collate "C", c.id) > (${after?.name ?? ''} collate "C", ${after?.id ?? '00000000-0000-0000-0000-000000000000'}::uuid)
     order by coalesce(c.search_name, '') collate "C", c.id
     limit ${limit}`);
  return rows;
}

/** Found by name, best first. */
export interface FoundClient extends ClientRow {
  readonly likeness: number;
}

/**
 * Active clients whose name starts with the words or resembles them, best first, `limit` at most.
 * @param words normalised as `client.search_name` is
 * Index: client_search_prefix, client_search_words (trigram).
 */
export async function clientsByName(db: Db, words: string, limit: number, offset: number): Promise<FoundClient[]> {
  const { rows } = await db.query<FoundClient>(sql`
    select ${columns},
           case when c.search_name like ${`${words.replaceAll(/[\\%_]/g, '\\$&')}%`} then 2 else public.word_similarity(${words}, c.search_name) end as likeness
      from client c
     where c.state = 'active'
       and (c.search_name like ${`${words.replaceAll(/[\\%_]/g, '\\$&')}%`} or ${words} operator(public.<%) c.search_name)
     order by likeness desc, c.search_name collate "C", c.id
     limit ${limit} offset ${offset}`);
  return rows;
}

/** Where one golden value comes from, and what lost. */
export interface ProvenanceRow {
  readonly field: string;
  readonly linkedSystemId: string;
  readonly externalId: string;
  readonly rule: string;
  readonly at: string | null;
  readonly losing: readonly { readonly value: unknown; readonly linkedSystemId: string }[];
}

/** Provenance of every golden field of one client. Index: golden_field primary key. */
export async function provenanceOf(db: Db, clientId: string): Promise<ProvenanceRow[]> {
  const { rows } = await db.query<ProvenanceRow>(sql`
    select g.field, g.linked_system_id as "linkedSystemId", r.external_id as "externalId", g.rule, g.at, g.losing
      from golden_field g join source_record r on r.id = g.source_record_id
     where g.client_id = ${clientId}
     order by g.field`);
  return rows;
}

/** One record of a linked system that belongs to a client. */
export interface MemberRow {
  readonly linkedSystemId: string;
  readonly title: string;
  readonly kind: string;
  readonly externalId: string;
  readonly changedAt: string | null;
  readonly seenAt: string;
}

/** The person or company records that make up one client, at most 200. Index: source_record_client. */
export async function membersOf(db: Db, clientId: string): Promise<MemberRow[]> {
  const { rows } = await db.query<MemberRow>(sql`
    select r.linked_system_id as "linkedSystemId", s.title, r.kind, r.external_id as "externalId",
           r.changed_at as "changedAt", r.seen_at as "seenAt"
      from source_record r join linked_system s on s.id = r.linked_system_id
     where r.client_id = ${clientId} and r.kind in ('person', 'company') and r.deleted_at is null
     order by r.linked_system_id, r.external_id
     limit 200`);
  return rows;
}

/** Active people of one company, by name, at most `limit`. Index: client_company. */
export async function contactsOf(db: Db, companyId: string, limit: number): Promise<ClientRow[]> {
  const { rows } = await db.query<ClientRow>(sql`
    select ${columns} from client c
     where c.company_id = ${companyId} and c.state = 'active'
     order by c.search_name, c.id
     limit ${limit}`);
  return rows;
}
