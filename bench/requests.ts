import { loadavg } from 'node:os';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import pg from 'pg';
import type { Deps } from '../activities/deps.ts';
import { dataConverter } from '../platform/codec.ts';
import { payloadKeysOf } from '../runtime/payload-keys.ts';
import { openDatabase } from '../store/database.ts';
import { roleUrl } from '../store/roles.ts';
import { testKeyRing } from '../test/support/keys.ts';
import { type PrivacyBench, privacyBench } from '../test/support/privacy-bench.ts';
import { linkSystem } from '../test/support/privacy-world.ts';
import { startSharedPostgres } from '../test/support/shared-postgres.ts';
import { startSharedTemporal } from '../test/support/shared-temporal.ts';
import { carried, known } from './carry-request.ts';
import { eightTables, loadEightTables, rowsLeft } from './eight-tables.ts';
import type { Figure } from './figure.ts';
import { benchClosedRequests, benchWaitingRequests } from './many-requests.ts';

const singles = 20;
const atOnce = 100;
const mostAtOnce = 100;
type Say = (line: string) => void;

interface Ground {
  readonly db: Deps['db'];
  readonly tables: pg.Pool;
  readonly temporal: Client;
  readonly bench: PrivacyBench;
  readonly start: PrivacyBench['start'];
}

/** The database of Ficha, the eight tables beside it, a Temporal server and a worker, all here. */
async function ground(say: Say, people: number): Promise<Ground & { readonly stop: () => Promise<void> }> {
  const keys = testKeyRing();
  const postgres = await startSharedPostgres();
  const server = await startSharedTemporal();
  const { adminUrl = '', ownerUrl = '' } = postgres.facts;
  const admin = new pg.Client({ connectionString: adminUrl });
  await admin.connect();
  await admin.query('create database eight');
  await admin.end();
  const target = new URL(adminUrl);
  target.pathname = '/eight';
  say(
    `requests: ${await loadEightTables(target.href, people)} rows in 8 PostgreSQL tables, 27 a person; load ${loadavg()[0]?.toFixed(1)}`,
  );
  const tables = new pg.Pool({ connectionString: target.href, max: 20 });
  const db = openDatabase(roleUrl(ownerUrl, 'ficha_worker', keys), { max: 20 });
  await linkSystem(db, 'tables');
  const address = server.facts['address'] ?? '';
  const clientConnection = await Connection.connect({ address });
  const connection = await NativeConnection.connect({ address });
  const temporal = new Client({ connection: clientConnection, dataConverter: dataConverter(keys, payloadKeysOf(db, keys)) });
  const deps: Pick<Deps, 'db' | 'keys' | 'now' | 'openSystem'> = {
    db,
    keys,
    now: () => new Date(),
    openSystem: () => Promise.resolve(eightTables(tables)),
  };
  const bench = await privacyBench({ client: temporal, connection, deps: deps as Deps }); // privacy needs neither log nor analytics
  return {
    db,
    tables,
    temporal,
    bench,
    start: bench.start,
    stop: async () => {
      await bench.stop();
      await Promise.all([tables.end(), db.end(), clientConnection.close()]);
      await connection.close();
      await server.stop();
      await postgres.stop();
    },
  };
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
const seconds = (ms: number): number => Math.round(ms) / 1000;

/** One request at a time, then 100 erasures at once; judged by what is left in the tables. `size` is the number of rows. */
export async function benchRequests(say: Say, size = 520_000): Promise<readonly Figure[]> {
  const people = Math.max(mostAtOnce + 2 * singles + 1, Math.floor(size / 27));
  const all = await ground(say, people);
  try {
    const access: number[] = [];
    const erasure: number[] = [];
    await carried(all, await known(all.db, 1), 'erasure'); // the first loads the workflow code
    for (let person = 2; person < 2 + singles; person += 1) {
      const clientId = await known(all.db, person);
      access.push(await carried(all, clientId, 'access'));
      erasure.push(await carried(all, clientId, 'erasure'));
    }
    say(
      `one by one: access ${seconds(median(access))} s, erasure ${seconds(median(erasure))} s (medians); load ${loadavg()[0]?.toFixed(1)}`,
    );
    const crowd = Array.from({ length: atOnce }, (_, index) => 2 + singles + index);
    const clientIds = await Promise.all(crowd.map((person) => known(all.db, person)));
    const start = performance.now();
    await Promise.all(clientIds.map((clientId) => carried(all, clientId, 'erasure')));
    const whole = performance.now() - start;
    let left = 0;
    for (const person of [...crowd, ...Array.from({ length: singles }, (_, index) => index + 2)])
      left += await rowsLeft(all.tables, person);
    const figure = (name: string, value: number, unit: string, peer: string | null, theirs: number | null): Figure => ({
      name,
      value,
      unit,
      peer,
      ratio: theirs === null ? null : value / theirs,
    });
    return [
      figure('access, median', seconds(median(access)), 's', 'Fides 2.78.2, 0.80 s', 0.8),
      figure('erasure with read-back, median', seconds(median(erasure)), 's', 'Fides 2.78.2, 1.60 s without read-back', 1.6),
      figure(`${atOnce} erasures at once`, seconds(whole), 's', 'Fides 2.78.2, 188-242 s with false errors', 188),
      figure('rows of erased people left', left, 'rows', null, null),
    ];
  } finally {
    await all.stop();
  }
}

/** A thousand open requests that wait, and the lists of a hundred thousand closed ones. */
export async function benchManyRequests(say: Say): Promise<readonly Figure[]> {
  const all = await ground(say, 0);
  try {
    return [...(await benchWaitingRequests(all.db, all.bench, all.temporal)), ...(await benchClosedRequests(all.db))];
  } finally {
    await all.stop();
  }
}
