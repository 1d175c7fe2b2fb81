import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client, Connection, defaultGrpcRetryOptions, makeGrpcRetryInterceptor } from '@temporalio/client';
import { dataConverter } from '../platform/codec.ts';
import { payloadKeysOf } from '../runtime/payload-keys.ts';
import { createTokenIssuer } from '../platform/token.ts';
import { sql } from '../store/database.ts';
import { testKeyRing } from '../test/support/keys.ts';
import { linkSystem } from '../test/support/privacy-world.ts';
import { startSharedTemporal } from '../test/support/shared-temporal.ts';
import { taskQueue, workflowIdOf } from '../workflows/messages.ts';
import { carried, known } from './carry-request.ts';
import { loadEightTables } from './eight-tables.ts';
import type { Figure } from './figure.ts';
import { type Running, startServer } from './graphql-server-process.ts';
import { Random } from './random.ts';
import { percentile, type ReadDatabase, startReadDatabase } from './read-database.ts';
import { loadPeople, type Person } from './search-people.ts';

type Say = (line: string) => void;

const requests = 20;
const mostPulled = 100_000;
const everyMs = 20;
const aloneMs = 20_000;

/** How the front office asks, each in its turn. */
const ways = {
  profile: ({ id }: Person) => ({
    query:
      'query ($id: ID!) { client(id: $id) { id name emails sales(first: 5) { kind at amount } timeline(first: 5) { kind at } consent { purpose channel answer } } }',
    variables: { id },
  }),
  identifier: ({ email }: Person) => ({
    query: 'query ($v: String!) { client(by: { kind: EMAIL, value: $v }) { id name } }',
    variables: { v: email },
  }),
  prefix: ({ words }: Person) => ({
    query: 'query ($s: String!) { clients(search: $s, first: 10) { edges { node { id name } } } }',
    variables: { s: words.slice(0, words.indexOf(' ') + 4) },
  }),
};
type Way = keyof typeof ways;
const names = Object.keys(ways) as readonly Way[]; // of the object above

type Times = ReadonlyMap<Way, number[]>;

/** Asks fifty questions a second until told to end, whatever was answered before. @returns milliseconds from when each was due */
async function ask({ pool }: Running, authorization: string, people: readonly Person[], over: () => boolean): Promise<Times> {
  const times = new Map<Way, number[]>(names.map((way) => [way, []]));
  const random = new Random(3);
  const open: Promise<void>[] = [];
  const one = async (way: Way, due: number): Promise<void> => {
    const answer = await pool.request({
      method: 'POST',
      path: '/graphql',
      headers: { 'content-type': 'application/json', authorization },
      body: JSON.stringify(ways[way](random.of(people))),
    });
    const text = await answer.body.text();
    if (answer.statusCode !== 200 || text.includes('"errors"')) throw new Error(`bench-answer: ${text.slice(0, 200)}`);
    times.get(way)?.push(performance.now() - due);
  };
  const start = performance.now();
  for (let turn = 0; !over(); turn += 1) {
    const due = start + turn * everyMs;
    await delay(Math.max(0, due - performance.now()));
    open.push(one(names[turn % names.length] ?? 'profile', due));
  }
  await Promise.all(open);
  return times;
}

const connectTimeout = 120_000;
const deadlineExceeded = 4; // as gRPC numbers it

/**
 * A connection to a Temporal that shares two cores with everything that is measured: a call that it could not answer in its time is made
 * again, which starts nothing twice, for the call carries an id of its own.
 */
async function connectPatiently(address: string): Promise<Connection> {
  const { delayFunction, retryableDecider } = defaultGrpcRetryOptions();
  const again = makeGrpcRetryInterceptor({
    delayFunction,
    retryableDecider: (attempt, given) => retryableDecider(attempt, given) || (attempt < 10 && given.code === deadlineExceeded),
  });
  return await Connection.connect({ address, connectTimeout, interceptors: [again] });
}

/** A worker in a process of its own. */
async function startWorkerProcess(temporal: string, database: string, tables: string, pulled: number) {
  const folder = mkdtempSync(join(tmpdir(), 'ficha-bench-worker-'));
  const child = spawn(process.execPath, ['--import', 'tsx', fileURLToPath(new URL('beside-worker.ts', import.meta.url))], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      BESIDE_TEMPORAL: temporal,
      BESIDE_DATABASE: database,
      BESIDE_TABLES: tables,
      BESIDE_FOLDER: folder,
      BESIDE_PEOPLE: `${pulled}`,
    },
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    child.stdout.once('data', () => resolve());
    child.once('exit', () => reject(new Error('bench-worker-ended: the worker did not start')));
  });
  return {
    stop: async () => {
      child.kill();
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Everything that the worker is given to do: one sync of so many records and twenty requests, erasures and copies in turn. */
async function work(client: Client, { worker }: ReadDatabase, pulled: number, say: Say): Promise<void> {
  const start = performance.now();
  const took = (what: string) => say(`graphql-beside: ${what} after ${((performance.now() - start) / 1000).toFixed(0)} s`);
  const startRequest = (requestId: string) =>
    client.workflow.start('runPrivacyRequest', {
      workflowId: workflowIdOf.request(requestId),
      taskQueue,
      args: [{ requestId }],
    });
  const office = { db: worker, temporal: client, start: startRequest };
  const sync = client.workflow.execute('syncSystem', {
    workflowId: 'bench-sync',
    taskQueue,
    args: [{ systemId: 'crm', mode: 'full' }],
  });
  const asked = Array.from({ length: requests }, async (_, place) =>
    carried(office, await known(worker, place + 1), place % 2 === 0 ? 'erasure' : 'access'),
  );
  await Promise.all([sync.then(() => took('sync done')), Promise.all(asked).then(() => took(`${requests} requests closed`))]);
  const { rows } = await worker.query<{ n: string }>(
    sql`select count(*) as n from source_record where linked_system_id = 'crm' and client_id is not null`,
  );
  if (Number(rows[0]?.n) !== pulled) throw new Error(`bench-sync: ${rows[0]?.n} of ${pulled} records have a client`);
}

function figuresOf(alone: Times, beside: Times): Figure[] {
  return names.flatMap((way) =>
    ([0.5, 0.99] as const).map((share): Figure => {
      const [before, during] = [percentile(alone.get(way) ?? [], share), percentile(beside.get(way) ?? [], share)];
      return {
        name: `${way} through the API while the worker works, p${share * 100}`,
        value: Number(during.toPrecision(3)),
        unit: 'ms',
        peer: `alone ${before.toPrecision(3)} ms`,
        ratio: during / before,
      };
    }),
  );
}

/**
 * Fifty questions a second to the API, first alone, then while a worker beside it pulls and resolves 100,000 records and carries out
 * twenty privacy requests. API, worker, PostgreSQL and Temporal are processes of their own on this machine.
 * @param size clients that are there before; with fewer than 100,000 as many are pulled
 */
export async function benchGraphqlBeside(say: Say, size = 100_000): Promise<readonly Figure[]> {
  const database = await startReadDatabase();
  const temporal = await startSharedTemporal();
  const address = temporal.facts['address'] ?? '';
  let server: Running | undefined;
  let worker: Awaited<ReturnType<typeof startWorkerProcess>> | undefined;
  const connection = await connectPatiently(address);
  try {
    const people = await loadPeople(database.owner, size, say);
    await database.owner.query(sql`create schema eight`);
    const tables = `${database.ownerUrl}?options=${encodeURIComponent('-c search_path=eight')}`;
    await loadEightTables(tables, 2 * requests);
    for (const system of ['tables', 'crm']) await linkSystem(database.worker, system);
    const keys = testKeyRing();
    const client = new Client({ connection, dataConverter: dataConverter(keys, payloadKeysOf(database.worker, keys)) });
    const pulled = Math.min(size, mostPulled);
    worker = await startWorkerProcess(address, database.workerUrl, tables, pulled);
    server = await startServer('ficha', database);
    const authorization = `Bearer ${await createTokenIssuer(keys)({ subject: 'bench', roles: ['front-office'] }, 3_600)}`;
    const asking = async (until: Promise<unknown>): Promise<Times> => {
      let over = false;
      const end = until.finally(() => {
        over = true;
      });
      end.catch(() => undefined); // thrown below, once nothing is asked any more
      const times = server === undefined ? new Map() : await ask(server, authorization, people, () => over);
      await end;
      return times;
    };
    await asking(delay(aloneMs / 4)); // warms up
    const alone = await asking(delay(aloneMs));
    say(`graphql-beside: alone, load ${loadavg()[0]?.toFixed(1)}`);
    const beside = await asking(work(client, database, pulled, say));
    say(`graphql-beside: beside the worker, load ${loadavg()[0]?.toFixed(1)}`);
    return figuresOf(alone, beside);
  } finally {
    await server?.pool.destroy();
    server?.stop();
    await worker?.stop();
    await connection.close();
    await temporal.stop();
    await database.stop();
  }
}
