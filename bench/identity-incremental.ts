import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { startEmbeddedPostgres } from '../runtime/embedded-postgres.ts';
import { type Database, openDatabase, sql } from '../store/database.ts';
import { migrate } from '../store/migrate.ts';
import { ensureRoles, roleUrl } from '../store/roles.ts';
import { type Incoming, resolverOf, writeRecords } from '../test/support/identity-scene.ts';
import { testKeyRing } from '../test/support/keys.ts';
import { cpuMs } from './cpu-time.ts';
import type { Figure } from './figure.ts';
import { generatePeople, type PersonRow } from './people-generator.ts';
import { percentile } from './read-database.ts';

const seed = 20_261_124;
const batchSize = 2_000;
/** Batches at once, as the workflow runs them. */
const lanes = 2;
/** So many batches wait at most for the lanes. */
const ahead = 2;
const singles = 300;
const usualSize = 20_000;

interface Bench {
  readonly db: Database;
  readonly resolveOne: (limit: number) => Promise<number>;
  /** Milliseconds of processor so far: of this process, which is the worker, and of PostgreSQL's connections. */
  readonly processor: () => Promise<{ readonly worker: number; readonly postgres: number }>;
  readonly stop: () => Promise<void>;
}

async function startBench(): Promise<Bench> {
  const folder = mkdtempSync(join(tmpdir(), 'ficha-bench-'));
  chmodSync(folder, 0o711);
  const settings = ['shared_buffers=512MB', 'max_wal_size=4GB', 'random_page_cost=1.1'];
  const server = await startEmbeddedPostgres({ dataDir: join(folder, 'data'), password: 'bench', settings });
  const keys = testKeyRing();
  await ensureRoles(server.ownerUrl, keys);
  await migrate(server.ownerUrl);
  const db = openDatabase(roleUrl(server.ownerUrl, 'ficha_worker', keys), { max: 6, statementTimeoutMs: 600_000 });
  const owner = openDatabase(server.ownerUrl, { max: 1 });
  const serverPid = Number(readFileSync(join(folder, 'data', 'postmaster.pid'), 'utf8').split('\n', 1)[0]);
  await db.query(sql`
    insert into linked_system (id, connector, title)
    select s, 'spreadsheet', s from unnest(${['crm', 'erp', 'mailer', 'sheet', 'helpdesk']}::text[]) s`);
  const { resolveBatch } = resolverOf(db);
  return {
    db,
    resolveOne: async (limit) =>
      ((await new MockActivityEnvironment().run(resolveBatch, { limit })) as { readonly taken: number }).taken,
    processor: async () => {
      const { user, system } = process.cpuUsage();
      return { worker: (user + system) / 1_000, postgres: await cpuMs(owner, serverPid) };
    },
    stop: async () => {
      await owner.end();
      await db.end();
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function incoming(row: PersonRow): Incoming {
  const fields = {
    givenName: row.givenName,
    familyName: row.surname,
    birthDate: row.birthDate,
    taxId: row.taxId,
    emails: row.email === '' ? '' : [row.email],
    phones: row.phone === '' ? '' : [row.phone],
    addresses: row.postcode + row.city === '' ? '' : [{ postcode: row.postcode, city: row.city }],
    country: 'ES',
  };
  const canonical = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''));
  return { system: row.source, kind: 'person', externalId: row.uniqueId, canonical };
}

const megabytes = (): number => Math.round(process.memoryUsage().rss / 1_048_576);

/** What filling came to. */
interface Filled {
  /** Records a second, in the first and in the second half. */
  readonly rates: readonly [number, number];
  /** Milliseconds of processor a record, from the middle on, when everything is warm. */
  readonly worker: number;
  readonly postgres: number;
}

/** The next `count` people, or fewer when there are no more: a million at once would be half a gigabyte. */
function next(people: Iterator<PersonRow>, count: number): PersonRow[] {
  const taken: PersonRow[] = [];
  while (taken.length < count) {
    const { value, done } = people.next();
    if (done === true) break;
    taken.push(value);
  }
  return taken;
}

/** Tells everybody who waits that something was done. */
class Signal {
  #waiting: (() => void)[] = [];

  readonly given = (): Promise<void> => new Promise((done) => this.#waiting.push(done));

  give(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const done of waiting) done();
  }
}

/** Writes people as syncs do, a batch whenever fewer than two wait, while lanes resolve what is there. */
async function fill(
  { db, resolveOne, processor }: Bench,
  people: Iterator<PersonRow>,
  size: number,
  say: (line: string) => void,
): Promise<Filled> {
  const middle = Math.floor(size / batchSize / 2) * batchSize;
  let [written, decided] = [0, 0];
  const began = performance.now();
  let halved = { at: began, decided: 0, processor: await processor() };
  const [wrote, resolved] = [new Signal(), new Signal()];
  const waiting = async (): Promise<number> =>
    (await db.query<{ readonly n: number }>(sql`select count(*)::int as n from resolution_queue`)).rows[0]?.n ?? 0;
  const write = async (): Promise<void> => {
    while (written < size) {
      const batch = next(people, Math.min(batchSize, size - written)).map(incoming);
      await db.transaction((tx) => writeRecords(tx, batch));
      written += batch.length;
      wrote.give();
      if (written === batchSize * 2 || written === batchSize * 11) await db.query(sql`analyze`); // as autovacuum does by itself
      for (let done = resolved.given(); (await waiting()) >= batchSize * ahead; done = resolved.given()) await done;
      if (written === middle) halved = { at: performance.now(), decided, processor: await processor() };
      if (written % (batchSize * 10) === 0) {
        const rate = decided / ((performance.now() - began) / 1_000);
        say(`${written} written, ${Math.round(rate)} records/s so far, ${megabytes()} MB`);
      }
    }
  };
  const resolve = async (): Promise<void> => {
    for (;;) {
      const more = wrote.given();
      const isLast = written >= size;
      const taken = await resolveOne(batchSize);
      decided += taken;
      if (taken > 0) resolved.give();
      else if (isLast) return;
      else await more;
    }
  };
  await Promise.all([write(), ...Array.from({ length: lanes }, resolve)]);
  const [ended, after] = [performance.now(), await processor()];
  const rate = (records: number, ms: number): number => Math.round(records / (ms / 1_000));
  const records = decided - halved.decided;
  return {
    rates: [rate(halved.decided, halved.at - began), rate(records, ended - halved.at)],
    worker: (after.worker - halved.processor.worker) / records,
    postgres: (after.postgres - halved.processor.postgres) / records,
  };
}

/** One record comes, is written and decided: milliseconds each. */
async function oneByOne({ db, resolveOne }: Bench, people: readonly PersonRow[]): Promise<number[]> {
  const taken: number[] = [];
  for (const row of people) {
    const began = performance.now();
    await db.transaction((tx) => writeRecords(tx, [incoming(row)]));
    while ((await resolveOne(10)) > 0);
    taken.push(performance.now() - began);
  }
  return taken;
}

/**
 * How fast records are decided into a PostgreSQL that holds `size` others: in batches (as it is filled), and
 * one by one. Each record is written, normalised, keyed, compared, clustered, and its client, golden fields, history and reviews saved.
 */
export async function benchIdentityIncremental(say: (line: string) => void, size = usualSize): Promise<readonly Figure[]> {
  const people = generatePeople(size + singles, seed);
  const bench = await startBench();
  try {
    const before = megabytes();
    const { rates, worker, postgres } = await fill(bench, people, size, say);
    const times = await oneByOne(bench, next(people, singles));
    const figure = (what: string, value: number, unit: string): Figure => ({
      name: `incremental, ${size} held: ${what}`,
      value,
      unit,
      peer: null,
      ratio: null,
    });
    return [
      figure('batches, second half', rates[1], 'records/s'),
      figure('batches, first half', rates[0], 'records/s'),
      figure('processor of the worker', Number(worker.toFixed(2)), 'ms a record'),
      figure('processor of PostgreSQL', Number(postgres.toFixed(2)), 'ms a record'),
      figure('one record p50', Number(percentile(times, 0.5).toFixed(1)), 'ms'),
      figure('one record p99', Number(percentile(times, 0.99).toFixed(1)), 'ms'),
      figure('memory grown', megabytes() - before, 'MB'),
    ];
  } finally {
    await bench.stop();
  }
}
