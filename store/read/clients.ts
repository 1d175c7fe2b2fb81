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
