import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { auditQuestion } from '../../console/pages/audit.ts';
import { dataQuestion } from '../../console/pages/data.ts';
import { findQuestion } from '../../console/pages/find.ts';
import { metricQuestion } from '../../console/pages/metrics.ts';
import { nextReviewsQuestion } from '../../console/pages/review.ts';
import { clientQuestion } from '../../console/client-question.ts';
import { requestQuestion, requestsQuestion } from '../../console/request-question.ts';
import { systemQuestion, systemsQuestion } from '../../console/system-question.ts';
import { mayReadCategory } from '../../domain/access/category.ts';
import { type Database, sql } from '../../store/database.ts';
import { migrate } from '../../store/migrate.ts';
import { readGauges } from '../../store/read/gauges.ts';
import type { TestDatabase } from '../support/postgres.ts';
import { type ReadScene, readScene } from '../support/read-scene.ts';
import { everyRow, oldDatabase, seeds, unseeded, versionOf, versions } from './old-database.ts';

const ana = '00000000-0000-7000-8000-000000000001';
const anaBefore = '00000000-0000-7000-8000-0000000000f1';
const erasure = '00000000-0000-7000-8000-0000000000c1';

type Row = Readonly<Record<string, unknown>>;

/** The first 8 bytes of a `bytea` in JSON, `\\x01`, as a whole number; a shorter one has zeros behind it. */
const firstBytes = (hash: unknown): number =>
  Number(Buffer.from(String(hash).slice(2).padEnd(16, '0').slice(0, 16), 'hex').readBigInt64BE());

/** What a later migration means to change in rows that are there, by the last version that wrote them so. */
const meant: readonly { readonly until: string; readonly table: string; readonly now: (row: Row) => Row }[] = [
  {
    until: '0001-spine', // 0002: doubtful pairs come again as doubtful clients
    table: 'review_task',
    now: (row) => (row['kind'] === 'match' && row['state'] === 'open' ? { ...row, state: 'withdrawn', settled_at: null } : row),
  },
  {
    until: '0004-metrics', // 0005: a look may show many
    table: 'access_log',
    now: ({ client_id, ...row }) => ({ ...row, client_ids: [client_id] }),
  },
  {
    until: '0023-open-requests', // 0024: other pseudonyms, so another epoch
    table: 'analytics_epoch',
    now: (row) => ({ ...row, number: Number(row['number']) + 1, state: 'rebuilding', started_at: null }),
  },
  {
    until: '0024-pseudonym-cipher', // 0025: a key is the first 8 bytes of its hash
    table: 'match_key',
    now: ({ kind, hash, ...row }) => ({ ...row, key: firstBytes(hash), class: kind === 'email' ? 2 : 1 }),
  },
  {
    until: '0029-cheaper-arrivals', // 0030: response times as they are, in an epoch of its own
    table: 'analytics_epoch',
    now: (row) => ({ ...row, number: Number(row['number']) + 1, state: 'rebuilding', started_at: null }),
  },
  {
    until: '0030-response-times', // 0031: the class of a key is in its two lowest bits
    table: 'match_key',
    now: ({ key, class: keyClass, ...row }) => ({
      ...row,
      key: Number((BigInt(Number(key)) & -4n) | BigInt(Number(keyClass))),
    }),
  },
  {
    until: '0041-second-look', // 0042: which versions are unsure
    table: 'projection_state',
    now: ({ unsure, ...row }) => ({ ...row, unsure_versions: unsure === true ? '{[0,)}' : '{}' }),
  },
];

/** Tables that later versions have not, because nothing was ever written there. */
const dropped = new Set(['resolution_model']); // 0035

let current: TestDatabase | undefined;
const inCurrent = (role: 'reader' | 'accessor'): Database => {
  const open = (): Database => {
    if (current === undefined) throw new Error('no upgraded database yet');
    return current[role];
  };
  return {
    query: (statement) => open().query(statement),
    transaction: (work) => open().transaction(work),
    end: () => Promise.resolve(),
  };
};

let scene: ReadScene;
let rightsOfNew: readonly object[];
beforeAll(async () => {
  scene = await readScene({ readerOf: () => inCurrent('reader'), accessorOf: () => inCurrent('accessor') });
  rightsOfNew = await rightsIn(scene.database.owner);
});
afterEach(async () => {
  await current?.drop();
  current = undefined;
});
afterAll(() => scene.stop());

/** Every right of the three roles, on tables, columns and functions. */
async function rightsIn(owner: Database): Promise<readonly object[]> {
  const { rows } = await owner.query<object>(sql`
    select grantee::text, table_name::text as of, '' as part, privilege_type::text as may from information_schema.table_privileges where table_schema = 'ficha'
    union all
    select grantee::text, table_name::text, column_name::text, privilege_type::text from information_schema.column_privileges where table_schema = 'ficha'
    union all
    select grantee::text, routine_name::text, '()', privilege_type::text from information_schema.routine_privileges where routine_schema = 'ficha'
    order by 1, 2, 3, 4`);
  return rows;
}

const expected = (version: string, table: string, row: Row): Row =>
  meant.filter((one) => version <= one.until && one.table === table).reduce((held, one) => one.now(held), row);

/** Rows that were there and are not any more, by table; a column that came later does not count, nor a time that is now. */
function lost(version: string, before: Awaited<ReturnType<typeof everyRow>>, after: typeof before): readonly string[] {
  return [...before].flatMap(([table, rows]) => {
    if (dropped.has(table) && !after.has(table)) return [];
    const left = [...(after.get(table) ?? [])];
    return rows.flatMap((row) => {
      const wanted = Object.entries(expected(version, table, row)).filter(([, value]) => value !== null);
      const place = left.findIndex((one) =>
        wanted.every(([column, value]) => JSON.stringify(one[column]) === JSON.stringify(value)),
      );
      if (place < 0) return [`${table}: ${JSON.stringify(row)}`];
      left.splice(place, 1);
      return [];
    });
  });
}

const roles = ['dpo', 'data-team', 'front-office'] as const;

async function answered(question: string, variables: Record<string, unknown> = {}): Promise<string> {
  const answer = await scene.ask(roles, question, variables);
  expect(answer.errors, question).toBeUndefined();
  return JSON.stringify(answer.data);
}

test('every migration has a seed, and every seed a migration', () => {
  expect([...new Set(seeds.map(versionOf))]).toEqual(versions);
});

test.each(versions)(
  'a database of %s with data in every column becomes one of today: nothing is lost, all is read',
  async (version) => {
    current = await oldDatabase(version);
    const { owner, urls, worker } = current;
    expect(await unseeded(owner), `fill them in test/upgrade/seeds/${version}.sql`).toEqual([]);
    const before = await everyRow(owner);

    expect(await migrate(urls.owner)).toEqual(versions.filter((one) => one > version));
    const after = await everyRow(owner);
    expect(lost(version, before, after)).toEqual([]);
    expect(await rightsIn(owner)).toEqual(rightsOfNew);
    expect(await migrate(urls.owner)).toEqual([]);
    expect(await everyRow(owner)).toEqual(after);

    // what people open in the console, asked as the console asks it
    for (const typed of ['nunez ortega', 'ana nunes', 'ana.nunez@quintana.example', '600 111 222']) {
      expect(await answered(findQuestion, { search: typed }), typed).toContain('Ana Núñez Ortega');
    }
    const ficha = clientQuestion((category) => mayReadCategory({ roles }, category));
    for (const id of [ana, anaBefore]) expect(await answered(ficha, { id })).toContain('ana.nunez@quintana.example');
    expect(await answered(requestsQuestion, { open: true })).toContain(erasure);
    expect(await answered(requestQuestion, { id: erasure })).toContain('Código de Comercio, art. 30');
    expect(await answered(systemsQuestion)).toContain('The workbook');
    expect(await answered(systemQuestion, { id: 'erp' })).toContain('emails[0] is no address');
    expect(await answered(auditQuestion)).toContain('request-opened');
    expect(await answered(`{ looks(clientId: "${ana}") { edges { node { actor } } } }`)).toContain('sergio');
    expect(await answered(dataQuestion)).toContain('newsletter');
    await answered(nextReviewsQuestion);
    expect(await answered(metricQuestion, { name: 'CLIENTS', from: '2026-01', to: '2026-01', by: ['COUNTRY'] })).toContain(
      'missing',
    );
    expect((await readGauges(worker, new Date())).requestsOpen).toBeGreaterThan(0);
  },
  60_000,
);
