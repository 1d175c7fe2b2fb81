import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { createClient } from '@clickhouse/client';
import { createChdbConnection } from 'chdb/connection';
import type { Deps } from '../activities/deps.ts';
import { eventsToLimit } from '../activities/project-queues.ts';
import { projectActivities } from '../activities/project.ts';
import { ownCatalog } from '../analytics/catalog.ts';
import { type Analytics, openAnalytics } from '../analytics/clickhouse.ts';
import type { ProjectedRecords } from '../analytics/event-rows.ts';
import type { Column } from '../analytics/native-block.ts';
import { projectRecords } from '../analytics/project.ts';
import { ensureTables, tableOf } from '../analytics/tables.ts';
import { monthAfter } from '../domain/metrics/month.ts';
import { batchSize } from '../workflows/project-analytics.ts';
import { createLog } from '../platform/log.ts';
import { type Database, sql } from '../store/database.ts';
import { notHeld } from '../store/write/projection-records.ts';
import { testKeyRing } from '../test/support/keys.ts';
import { cpuMs } from './cpu-time.ts';
import { type Figure, figure } from './figure.ts';
import { startReadDatabase } from './read-database.ts';

type Say = (line: string) => void;

const clients = 20_000;
const rounds = 4;
/** As the projection writes them. */
const batchRows = batchSize * eventsToLimit;
const day = new Date('2026-11-23T12:00:00Z');

/** What one batch took; the processor's time is of this process, which holds the engine, its merges behind included. */
interface Took {
  readonly seconds: number;
  readonly cpuMicros: number;
}

async function took(work: () => Promise<unknown>): Promise<Took> {
  const [start, before] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(before);
  return { seconds: (performance.now() - start) / 1000, cpuMicros: user + system };
}

const median = (values: readonly number[]): number => [...values].sort((one, other) => one - other)[values.length >> 1] ?? 0;

const rateOf = (all: readonly Took[]): number => batchRows / median(all.map(({ seconds }) => seconds));

const microsOf = (all: readonly Took[]): number => median(all.map(({ cpuMicros }) => cpuMicros)) / batchRows;

const client = 'the bare client';

/** Rows a second and processor time a row of one way, beside those of the bare client. */
const figuresOf = (name: string, all: readonly Took[], peer: readonly Took[]): Figure[] => [
  figure(name, rateOf(all), 'rows/s', client, rateOf(all) / rateOf(peer)),
  figure(`${name}, processor`, microsOf(all), 'us/row', client, microsOf(all) / microsOf(peer)),
];

const idOf = (n: number): string => `0190a000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;

/** Rows as they come from PostgreSQL, spread over so many months. */
function recordsFrom(first: number, months: number): ProjectedRecords {
  const rows = batchRows;
  const [ids, owners] = [Buffer.alloc(rows * 8), Buffer.alloc(rows * 16)];
  const days = Int32Array.from(
    { length: months },
    (_, place) => Date.parse(`${monthAfter('2022-01', place)}-01T00:00:00Z`) / 86_400_000,
  );
  for (let place = 0; place < rows; place += 1) {
    ids.writeBigInt64BE(BigInt(1_000_000_000 + first + place), place * 8);
    owners.write(idOf(1 + ((first + place) % clients)).replaceAll('-', ''), place * 16, 'hex');
  }
  const texts = (text: string): readonly string[] =>
    Array.from({ length: rows }, () => text)
      .join(',')
      .split(',');
  return {
    rows,
    ids,
    clients: owners,
    months: Int32Array.from({ length: rows }, (_, place) => days[place % months] ?? 0),
    projectedMonths: new Int32Array(rows).fill(notHeld),
    amountCents: new BigInt64Array(rows).fill(1999n),
    responseMinutes: new Int32Array(rows).fill(-1),
    linkedSystems: texts('erp'),
    kinds: texts('order'),
    channels: texts('web'),
    currencies: texts('EUR'),
  };
}

/** Finished rows as objects, one after another. */
function* objectsFrom(first: number): Generator<object> {
  for (let row = first; row < first + batchRows; row += 1) {
    yield {
      event: `00000000-0000-4000-8000-${`${row}`.padStart(12, '0')}`,
      client: idOf(1 + (row % clients)),
      linked_system: 'erp',
      kind: 'order',
      month: '2022-01-01',
      channel: 'web',
      amount_cents: '1999',
      currency: 'EUR',
      response_minutes: -1,
      version: '1',
      is_deleted: 0,
    };
  }
}

/** Streams of objects through the bare client, without pseudonyms, as its documentation shows. */
function bareClient(folder: string) {
  const bare = createClient({ connection: createChdbConnection({ path: folder }) as never }); // the two packages differ in optional properties only
  return {
    insert: (table: string, objects: Iterable<object>) =>
      bare.insert({ table, values: Readable.from(objects), format: 'JSONEachRow' }),
    close: () => bare.close(),
  };
}

/**
 * The way into ClickHouse: from rows as they were read to rows under pseudonyms, and finished columns alone, beside a stream of finished
 * objects through the bare client. One after another in turns, so that what else runs on the machine disturbs all alike.
 */
async function insertFigures(analytics: Analytics, folder: string): Promise<Figure[]> {
  const keys = testKeyRing();
  await ensureTables(analytics, 1);
  await analytics.command(`create table plain_event as ${tableOf('client_event', 1)}`);
  const bare = bareClient(folder);
  const columnsOf = finishedColumns(analytics);
  const times = { one: [] as Took[], many: [] as Took[], columns: [] as Took[], bare: [] as Took[] };
  for (let turn = 0; turn < rounds; turn += 1) {
    const stamp = (version: number) => ({ epoch: 1, version: `${version}`, today: day, unsure: [] });
    const [one, many] = [recordsFrom(turn * batchRows, 1), recordsFrom(1e9 + turn * batchRows, 36)];
    const finished = await columnsOf(recordsFrom(2e9 + turn * batchRows, 1), turn);
    times.bare.push(await took(() => bare.insert('plain_event', objectsFrom(turn * batchRows))));
    times.columns.push(await took(() => analytics.insert('plain_event', finished, `columns:${turn}`)));
    times.one.push(await took(() => projectRecords(analytics, keys, ownCatalog(), one, stamp(2 * turn + 2))));
    times.many.push(await took(() => projectRecords(analytics, keys, ownCatalog(), many, stamp(2 * turn + 3))));
  }
  await bare.close();
  return [
    figure(`${client}, a stream of finished objects of one month`, rateOf(times.bare), 'rows/s'),
    figure(`${client}, processor`, microsOf(times.bare), 'us/row'),
    ...figuresOf('way in: finished columns of one month with a token', times.columns, times.bare),
    ...figuresOf('way in with pseudonyms and domains, one month', times.one, times.bare),
    ...figuresOf('way in with pseudonyms and domains, each batch over 36 months', times.many, times.bare),
  ];
}

/** What the projection would hand to ClickHouse, kept instead of inserted. */
function finishedColumns(analytics: Analytics) {
  return async (records: ProjectedRecords, turn: number): Promise<readonly Column[]> => {
    let kept: readonly Column[] = [];
    const keep: Analytics = {
      ...analytics,
      insert: (_table, columns) => {
        kept = columns;
        return Promise.resolve();
      },
    };
    await projectRecords(keep, testKeyRing(), ownCatalog(), records, {
      epoch: 1,
      version: `${turn + 1}`,
      today: day,
      unsure: [],
    });
    return kept;
  };
}

/** Clients and their sales of three years in PostgreSQL, queued as a sync leaves them. */
async function queueEvents(owner: Database, events: number): Promise<void> {
  await owner.query(sql`insert into linked_system (id, connector, title) values ('erp', 'bench', 'ERP')`);
  await owner.query(sql`
    insert into client (id, kind, golden, country, first_seen_at)
    select ('0190a000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'person', '{}', 'ES', '2023-11-01' from generate_series(1, ${clients}::int) n`);
  await owner.query(sql`
    insert into source_record (linked_system_id, stream, kind, external_id, raw, canonical, content_hash, seen_run_id, client_id)
    select 'erp', 'all', 'sale', 's' || n, '{}', '{}', '\\x00', uuidv7(), ('0190a000-0000-7000-8000-' || lpad(to_hex(1 + n % ${clients}::int), 12, '0'))::uuid
      from generate_series(1, ${events}::int) n`);
  await owner.query(sql`
    insert into sale (source_record_id, linked_system_id, client_id, sale_kind, at, amount_cents, currency, channel)
    select id, 'erp', client_id, 'order', timestamptz '2026-10-20' - make_interval(hours => (id % 26000)::int), 1999, 'EUR', 'web' from source_record`);
  await owner.query(sql`delete from projection_queue`);
  await owner.query(sql`insert into projection_queue (source_record_id) select source_record_id from sale order by 1`);
  await owner.query(sql`vacuum analyze`);
}

/** Everything from the queue in PostgreSQL to the note that ClickHouse holds it, as the workflow does it. */
async function endToEndFigures(say: Say, analytics: Analytics, events: number): Promise<Figure[]> {
  const database = await startReadDatabase();
  try {
    await queueEvents(database.owner, events);
    const deps = { db: database.worker, analytics, keys: testKeyRing(), log: createLog(), now: () => day } as unknown as Deps; // it opens no system
    const { projectBatch } = projectActivities(deps);
    let projected = 0;
    await database.worker.query(sql`select 1`);
    const before = await cpuMs(database.owner, 0);
    const whole = await took(async () => {
      for (let last = 1; last > 0; projected += last) last = (await projectBatch({ limit: batchSize })).projected;
    });
    const inDatabase = ((await cpuMs(database.owner, 0)) - before) * 1000;
    say(`ingest: ${projected} changes in ${whole.seconds.toFixed(1)} s, load ${loadavg()[0]?.toFixed(1)}`);
    const name = `end to end, ${events} sales and ${clients} clients queued in PostgreSQL`;
    return [
      figure(name, projected / whole.seconds, 'rows/s'),
      figure(`${name}, processor of PostgreSQL`, inDatabase / projected, 'us/row'),
      figure(`${name}, processor of the worker with the engine`, whole.cpuMicros / projected, 'us/row'),
    ];
  } finally {
    await database.stop();
  }
}

/** The way into ClickHouse alone, and the whole projection from the queue in PostgreSQL. @param size events queued */
export async function benchIngest(say: Say, size = 300_000): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'ficha-bench-ingest-'));
  const analytics = openAnalytics({ folder, database: 'default', user: 'default' });
  try {
    const figures = await insertFigures(analytics, folder);
    say(`ingest: the way in measured, load ${loadavg()[0]?.toFixed(1)}`);
    return [...figures, ...(await endToEndFigures(say, analytics, size))];
  } finally {
    await analytics.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
