import { defaultPolicy } from '../domain/identity/resolve.ts';
import { type Database, sql } from '../store/database.ts';
import { readGauges } from '../store/read/gauges.ts';
import { countSkippedComparisons } from '../store/write/skipped-comparisons.ts';
import { writeRecords } from '../test/support/identity-scene.ts';
import type { Figure } from './figure.ts';
import { generatePeople, type PersonRow } from './people-generator.ts';
import { percentile } from './read-database.ts';
import { incomingPerson, type ResolveDatabase, startResolveDatabase } from './resolve-database.ts';
import { nextPeople, resolveInLanes } from './resolve-in-lanes.ts';

const seed = 20_261_124;
const singles = 300;
const usualSize = 20_000;
const sample = 2_000;
/** A kept folder takes so many runs: how many people are invented decides how many towns there are. */
const mostRuns = 10;
const megabytes = (): number => Math.round(process.memoryUsage().rss / 1_048_576);

const firstRow = async <Row extends object>(answer: Promise<{ rows: Row[] }>): Promise<Row> => {
  const [row] = (await answer).rows;
  if (row === undefined) throw new Error('a count gives one row');
  return row;
};

const recordsHeld = async (db: Database): Promise<number> =>
  (await firstRow(db.query<{ readonly n: number }>(sql`select count(*)::int as n from source_record`))).n;

/** How many others each of the last records is compared with. */
const candidates = async (db: Database): Promise<number> =>
  (
    await firstRow(
      db.query<{ readonly mean: number }>(sql`
    with asked as materialized (
      select f.source_record_id as id, k.key, case when k.key & 3 = 3 then ${defaultPolicy.largestBroadBlock}::int else ${defaultPolicy.largestBlock}::int end as most
        from (select source_record_id, keys from match_form order by source_record_id desc limit ${sample}) f
       cross join lateral unnest(f.keys) k(key)),
    narrow as materialized (
      select id, key from asked s where (select count(*) from (select from match_key m where m.key = s.key limit s.most + 1) few) <= s.most)
    select count(*)::float / ${sample} as mean
      from (select distinct l.id, m.source_record_id
              from narrow l cross join lateral (select source_record_id from match_key m where m.key = l.key offset 0) m
             where m.source_record_id <> l.id) pairs`),
    )
  ).mean;

/** Pairs that share a key which too many have. */
async function skipped(db: Database): Promise<number> {
  await db.transaction((tx) => countSkippedComparisons(tx, new Date(), defaultPolicy));
  return (await readGauges(db, new Date())).comparisonsSkipped;
}

/** One record after the other comes, is written and decided: milliseconds until it has its client, and until nothing that it touched waits. */
async function oneByOne({ db, resolveOne }: ResolveDatabase, people: readonly PersonRow[]) {
  const [decided, settled]: [number[], number[]] = [[], []];
  for (const row of people) {
    const began = performance.now();
    await db.transaction((tx) => writeRecords(tx, [incomingPerson(row)]));
    await resolveOne(10);
    decided.push(performance.now() - began);
    while ((await resolveOne(10)) > 0);
    settled.push(performance.now() - began);
  }
  return { decided, settled };
}

/** How many are decided in batches beyond those that are held. */
const measuredOf = (size: number): number => Math.min(100_000, Math.max(10_000, Math.ceil(size / 10)));

/**
 * How fast records are decided into a PostgreSQL that holds `size` others: in batches, and one by one. Each record is written, normalised,
 * keyed, compared, clustered, and its client, golden fields, history and reviews saved.
 * @param data folder that keeps what is held for the next run, and what that run adds; one that goes away when left out
 */
export async function benchIdentityIncremental(
  say: (line: string) => void,
  size = usualSize,
  data?: string,
): Promise<readonly Figure[]> {
  const measured = measuredOf(size);
  const people = generatePeople(size + mostRuns * (measured + singles), seed);
  const bench = await startResolveDatabase(data);
  try {
    const held = await recordsHeld(bench.db);
    if (held > 0) say(`${held} records are held already`);
    nextPeople(people, held);
    if (held < size) {
      const { rate } = await resolveInLanes(bench, people, size - held, say);
      say(`filled at ${rate} records/s`);
    }
    const before = megabytes();
    const { rate, worker, postgres } = await resolveInLanes(bench, people, measured, say);
    const after = megabytes();
    say(
      `${measured} more: ${rate} records/s, ${worker.toFixed(2)} ms of the worker and ${postgres.toFixed(2)} ms of PostgreSQL a record`,
    );
    const { decided, settled } = await oneByOne(bench, nextPeople(people, singles));
    const figure = (what: string, value: number, unit: string): Figure => ({
      name: `incremental, ${size} held: ${what}`,
      value,
      unit,
      peer: null,
      ratio: null,
    });
    return [
      figure(`batches, ${measured} records more`, rate, 'records/s'),
      figure('processor of the worker', Number(worker.toFixed(2)), 'ms a record'),
      figure('processor of PostgreSQL', Number(postgres.toFixed(2)), 'ms a record'),
      figure('candidates', Number((await candidates(bench.db)).toFixed(1)), 'others a record'),
      figure('one record p50', Number(percentile(decided, 0.5).toFixed(1)), 'ms'),
      figure('one record p99', Number(percentile(decided, 0.99).toFixed(1)), 'ms'),
      figure('one record and all that it touches, p99', Number(percentile(settled, 0.99).toFixed(1)), 'ms'),
      figure('comparisons skipped, of all held', await skipped(bench.db), 'pairs'),
      figure('memory before', before, 'MB'),
      figure('memory after', after, 'MB'),
    ];
  } finally {
    await bench.stop();
  }
}
