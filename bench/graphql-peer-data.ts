import type { Database } from '../store/database.ts';

export type Row = Readonly<Record<string, unknown>>;

/** The questions of the comparison, in the schema of the peers: flat lists, so that they need no connection types. */
export const typeDefs = /* GraphQL */ `
  type Query { clients: [Client!]! client(id: ID!): Client }
  type Client { id: ID! name: String emails: [String!]! contacts: [Contact!]! consent: [Consent!]! sales: [Sale!]! }
  type Contact { id: ID! name: String emails: [String!]! }
  type Consent { purpose: String! channel: String! answer: String! at: String! }
  type Sale { id: ID! number: String at: String! amount: Float! currency: String! }
`;

/** One batched statement a type, as a dataloader wants it: answers in the order of the ids. */
export interface Batches {
  readonly list: () => Promise<readonly Row[]>;
  readonly one: (id: string) => Promise<Row | undefined>;
  readonly contacts: (ids: readonly string[]) => Promise<readonly (readonly Row[])[]>;
  readonly consent: (ids: readonly string[]) => Promise<readonly (readonly Row[])[]>;
  readonly sales: (ids: readonly string[]) => Promise<readonly (readonly Row[])[]>;
}

const client = `c.id, c.display_name as name, coalesce(c.golden -> 'emails', '[]') as emails`;

export function batches(reader: Database): Batches {
  const ask = async (name: string, text: string, values: readonly unknown[]) =>
    (await reader.query<Row>({ name, text, values })).rows;
  const grouped = (name: string, text: string) => async (ids: readonly string[]) => {
    const lists = new Map<string, Row[]>(ids.map((id) => [id, []]));
    for (const row of await ask(name, text, [[...ids]])) lists.get(String(row['owner']))?.push(row);
    return ids.map((id) => lists.get(id) ?? []);
  };
  return {
    list: () =>
      ask(
        'list',
        `select ${client} from client c where c.state = 'active' and c.kind = 'company' order by coalesce(c.search_name, '') collate "C", c.id limit 50`,
        [],
      ),
    one: async (id) => (await ask('one', `select ${client} from client c where c.state = 'active' and c.id = $1`, [id]))[0],
    contacts: grouped(
      'contacts',
      `select o.id as owner, x.* from unnest($1::uuid[]) o(id) cross join lateral (
         select ${client} from client c where c.company_id = o.id and c.state = 'active' order by c.search_name, c.id limit 3) x`,
    ),
    consent: grouped(
      'consent',
      `select m.client_id as owner, m.purpose, m.channel, m.answer, m.at from consent_matrices($1::uuid[]) m`,
    ),
    sales: grouped(
      'sales',
      `select o.id as owner, x.* from unnest($1::uuid[]) o(id) cross join lateral (
         select s.source_record_id as id, s.number, s.at, (s.amount_cents::numeric / 100)::float8 as amount, s.currency
           from sale s where s.client_id = o.id order by s.at desc, s.source_record_id desc limit 10) x`,
    ),
  };
}
