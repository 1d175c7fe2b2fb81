import { loadavg } from 'node:os';
import { createTokenIssuer } from '../platform/token.ts';
import { type Database, sql } from '../store/database.ts';
import { testKeyRing } from '../test/support/keys.ts';
import type { Figure } from './figure.ts';
import { connections, type Running, startServer } from './graphql-server-process.ts';
import { compiledStatement } from './graphql-statement.ts';
import { percentile, startReadDatabase } from './read-database.ts';

const companies = 5_000;
const rounds = 3;
const roundMs = 5_000;

/** 5,000 companies with 3 contacts, 4 consents and 10 orders each; the ids are numbers, so that any can be asked. */
async function load(owner: Database): Promise<void> {
  await owner.query(sql`insert into linked_system (id, connector, title) values ('bench', 'bench', 'Bench')`);
  await owner.query(sql`
    insert into client (id, kind, display_name, search_name, golden, country)
    select bench.id(n), 'company', 'Company ' || n, 'company ' || lpad(n::text, 6, '0'), jsonb_build_object('emails', jsonb_build_array('c' || n || '@example.org')), 'ES'
      from generate_series(1, ${companies}::int) n`);
  await owner.query(sql`
    insert into client (id, kind, display_name, search_name, golden, company_id, country)
    select bench.id(1000000 + n * 10 + k), 'person', 'Person ' || n || ' ' || k, 'person ' || n || ' ' || k, jsonb_build_object('emails', jsonb_build_array('p' || n || k || '@example.org')), bench.id(n), 'ES'
      from generate_series(1, ${companies}::int) n, generate_series(1, 3) k`);
  await owner.query(sql`
    insert into source_record (linked_system_id, kind, external_id, raw, canonical, content_hash, stream, seen_run_id, client_id)
    select 'bench', 'company', 'c' || n, '{}', '{}', '\\x00', 'all', bench.id(0), bench.id(n) from generate_series(1, ${companies}::int) n`);
  await owner.query(sql`insert into consent_subject (source_record_id) select id from source_record where kind = 'company'`);
  await owner.query(sql`
    insert into consent_event (subject_id, purpose, channel, answer, at, linked_system_id, dedupe_key)
    select s.id, p, c, 'granted', '2026-01-01T00:00:00Z', 'bench', sha256((s.id || p || c)::bytea)
      from consent_subject s, unnest(array['marketing', 'profiling']) p, unnest(array['email', 'phone']) c`);
  await owner.query(sql`
    insert into source_record (linked_system_id, kind, external_id, raw, canonical, content_hash, stream, seen_run_id, client_id)
    select 'bench', 'sale', 's' || n || '-' || k, '{}', '{}', '\\x00', 'all', bench.id(0), bench.id(n) from generate_series(1, ${companies}::int) n, generate_series(1, 10) k`);
  await owner.query(sql`
    insert into sale (source_record_id, linked_system_id, client_id, sale_kind, status, number, at, amount_cents, currency)
    select id, 'bench', client_id, 'order', 'confirmed', external_id, now() - make_interval(days => (id % 700)::int), 1000 + id % 90000, 'EUR'
      from source_record where kind = 'sale'`);
  await owner.query(sql`analyze`);
}

const below = (first: { contacts: string; sales: string }) =>
  `id name emails contacts${first.contacts} { id name emails } consent { purpose channel answer at } sales${first.sales} { id number at amount currency }`;
const ours = below({ contacts: '(first: 3)', sales: '(first: 10)' });
const theirs = below({ contacts: '', sales: '' });
const list = {
  ours: `{ clients(first: 50, filter: { kind: "company" }) { edges { node { ${ours} } } } }`,
  theirs: `{ clients { ${theirs} } }`,
};
const one = {
  ours: `query ($id: ID!) { client(id: $id) { ${ours} } }`,
  theirs: `query ($id: ID!) { client(id: $id) { ${theirs} } }`,
};

const idOf = (n: number): string => `0190a000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;

interface Rate {
  readonly perSecond: number;
  readonly p99Ms: number;
}

async function drive({ pool }: Running, body: (turn: number) => string, authorization: string): Promise<Rate> {
  const times: number[] = [];
  const end = performance.now() + roundMs;
  let turn = 0;
  const lane = async (): Promise<void> => {
    while (performance.now() < end) {
      const started = performance.now();
      const answer = await pool.request({
        method: 'POST',
        path: '/graphql',
        headers: { 'content-type': 'application/json', authorization },
        body: body((turn += 1)),
      });
      const text = await answer.body.text();
      if (answer.statusCode !== 200 || text.includes('"errors"')) throw new Error(`bench-answer: ${text.slice(0, 200)}`);
      times.push(performance.now() - started);
    }
  };
  await Promise.all(Array.from({ length: connections }, lane));
  return { perSecond: (times.length * 1000) / roundMs, p99Ms: percentile(times, 0.99) };
}

/** Lists of 50 clients with 900 objects, and one profile, beside peers on the same data in the same run; rounds take turns, the best of 3 counts. */
export async function benchGraphql(say: (line: string) => void): Promise<readonly Figure[]> {
  const database = await startReadDatabase();
  const servers = new Map<string, Running>();
  try {
    await database.owner.query(sql`create schema bench`);
    await database.owner.query(sql`create function bench.id(n bigint) returns uuid language sql immutable as
      $$ select ('0190a000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid $$`);
    await load(database.owner);
    const statement = JSON.stringify(compiledStatement(list.ours));
    for (const kind of ['ficha', 'plain', 'dataloader', 'mercurius'])
      servers.set(kind, await startServer(kind, database, statement));
    const token = await createTokenIssuer(testKeyRing())({ subject: 'bench', roles: ['dpo'] }, 3600);
    const figures: Figure[] = [];
    for (const [name, question, kinds] of [
      ['list of 50, 900 objects', list, ['ficha', 'plain', 'dataloader', 'mercurius']],
      ['one profile', one, ['ficha', 'mercurius']],
    ] as const) {
      const best = new Map<string, Rate>();
      for (let round = 0; round <= rounds; round += 1) {
        for (const kind of kinds) {
          const server = servers.get(kind);
          if (server === undefined) continue;
          const query = kind === 'ficha' || kind === 'plain' ? question.ours : question.theirs;
          const rate = await drive(
            server,
            (turn) => JSON.stringify({ query, variables: { id: idOf(1 + (turn % companies)) } }),
            `Bearer ${token}`,
          );
          say(
            `graphql: ${name}, ${kind}, round ${round}: ${rate.perSecond.toFixed(0)}/s, p99 ${rate.p99Ms.toFixed(0)} ms, load ${loadavg()[0]?.toFixed(1)}`,
          );
          // round 0 warms up
          if (round > 0 && rate.perSecond > (best.get(kind)?.perSecond ?? 0)) best.set(kind, rate);
        }
      }
      figures.push(...figuresOf(name, best));
    }
    return figures;
  } finally {
    for (const { pool, stop } of servers.values()) {
      await pool.destroy();
      stop();
    }
    await database.stop();
  }
}

function figuresOf(name: string, best: ReadonlyMap<string, Rate>): Figure[] {
  const mine = best.get('ficha');
  if (mine === undefined) return [];
  const own: Figure = { name: `${name}, p99`, value: Number(mine.p99Ms.toFixed(1)), unit: 'ms', peer: null, ratio: null };
  const against = [...best].flatMap(([peer, { perSecond }]) =>
    peer === 'ficha'
      ? []
      : [
          {
            name: `${name}, against ${peer}`,
            value: Math.round(mine.perSecond),
            unit: 'requests/s',
            peer: `${peer} ${Math.round(perSecond)}/s`,
            ratio: mine.perSecond / perSecond,
          },
        ],
  );
  return [own, ...against];
}
