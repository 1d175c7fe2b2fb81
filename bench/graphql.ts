import { loadavg } from 'node:os';
import { createTokenIssuer } from '../platform/token.ts';
import { type Database, sql } from '../store/database.ts';
import { testKeyRing } from '../test/support/keys.ts';
import { cpuMs } from './cpu-time.ts';
import type { Figure } from './figure.ts';
import { connections, type Running, startServer } from './graphql-server-process.ts';
import { compiledStatement } from './graphql-statement.ts';
import { percentile, startReadDatabase } from './read-database.ts';

const companies = 5_000;
const turns = 20;
const warmUp = 4;
const turnMs = 700;

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

/** What one server did in one turn. */
interface Turn {
  readonly perSecond: number;
  readonly cpuMs: number;
  readonly times: readonly number[];
}

type Body = (number: number) => string;

async function turnOf(owner: Database, { pool, pid }: Running, body: Body, authorization: string): Promise<Turn> {
  const times: number[] = [];
  const cpuBefore = await cpuMs(owner, pid);
  const start = performance.now();
  const lane = async (): Promise<void> => {
    while (performance.now() < start + turnMs) {
      const asked = performance.now();
      const answer = await pool.request({
        method: 'POST',
        path: '/graphql',
        headers: { 'content-type': 'application/json', authorization },
        body: body(times.length + 1),
      });
      const text = await answer.body.text();
      if (answer.statusCode !== 200 || text.includes('"errors"')) throw new Error(`bench-answer: ${text.slice(0, 200)}`);
      times.push(performance.now() - asked);
    }
  };
  await Promise.all(Array.from({ length: connections }, lane));
  const seconds = (performance.now() - start) / 1000;
  return { perSecond: times.length / seconds, cpuMs: ((await cpuMs(owner, pid)) - cpuBefore) / times.length, times };
}

const median = (values: readonly number[]): number => percentile(values, 0.5);

/**
 * Lists of 50 clients with 900 objects, and one profile, beside peers on the same data. The servers take short turns, so that whatever else
 * the machine does disturbs all of them alike; a ratio is the median over the turns. The first turns warm up.
 */
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
    const authorization = `Bearer ${await createTokenIssuer(testKeyRing())({ subject: 'bench', roles: ['dpo'] }, 3600)}`;
    const figures: Figure[] = [];
    for (const [name, question, kinds] of [
      ['list of 50, 900 objects', list, ['ficha', 'plain', 'dataloader', 'mercurius']],
      ['one profile', one, ['ficha', 'mercurius']],
    ] as const) {
      const all = new Map<string, Turn[]>(kinds.map((kind) => [kind, []]));
      for (let turn = -warmUp; turn < turns; turn += 1) {
        for (const kind of turn % 2 === 0 ? kinds : kinds.toReversed()) {
          const server = servers.get(kind);
          if (server === undefined) continue;
          const query = kind === 'ficha' || kind === 'plain' ? question.ours : question.theirs;
          const body: Body = (number) => JSON.stringify({ query, variables: { id: idOf(1 + (number % companies)) } });
          const done = await turnOf(database.owner, server, body, authorization);
          if (turn >= 0) all.get(kind)?.push(done);
        }
      }
      for (const [kind, done] of all) {
        const [rate, cost] = [median(done.map(({ perSecond }) => perSecond)), median(done.map((one) => one.cpuMs))];
        say(
          `graphql: ${name}, ${kind}: ${rate.toFixed(0)}/s, ${cost.toFixed(2)} ms of processor a request, load ${loadavg()[0]?.toFixed(1)}`,
        );
      }
      figures.push(...figuresOf(name, all));
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

function figuresOf(name: string, all: ReadonlyMap<string, readonly Turn[]>): Figure[] {
  const mine = all.get('ficha') ?? [];
  const p99 = percentile(
    mine.flatMap(({ times }) => times),
    0.99,
  );
  const own: Figure = { name: `${name}, p99`, value: Number(p99.toFixed(1)), unit: 'ms', peer: null, ratio: null };
  const against = [...all].flatMap(([peer, theirs]): Figure[] => {
    if (peer === 'ficha') return [];
    const compared = (what: string, unit: string, of: (turn: Turn) => number): Figure => ({
      name: `${name}, ${what} ${peer}`,
      value: Number(median(mine.map(of)).toPrecision(3)),
      unit,
      peer: `${peer} ${median(theirs.map(of)).toPrecision(3)} ${unit}`,
      ratio: median(mine.map((turn, place) => of(turn) / of(theirs[place] ?? turn))),
    });
    return [
      compared('against', 'requests/s', ({ perSecond }) => perSecond),
      compared('processor time against', 'ms/request', (turn) => turn.cpuMs),
    ];
  });
  return [own, ...against];
}
