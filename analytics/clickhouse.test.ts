import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { temporaryFolder } from '../test/support/temporary-folder.ts';
import { type Analytics, openAnalytics } from './clickhouse.ts';
import { dateColumn, numberColumn, textColumn, uuidColumn, versionColumn } from './native-block.ts';

const folder = temporaryFolder();
const source = { folder, database: 'default', user: 'default' };
let analytics: Analytics;

beforeAll(async () => {
  analytics = openAnalytics(source);
  await analytics.command(
    `create table event (id UInt64, said LowCardinality(String)) engine = MergeTree order by id settings non_replicated_deduplication_window = 100`,
  );
});
afterAll(() => analytics.close());

/** What a script says in a process of its own: the engine opens one folder a process. */
async function saidBy(script: string): Promise<string> {
  const child = spawn(process.execPath, ['--import', fileURLToPath(import.meta.resolve('tsx')), script]);
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  await new Promise((resolve) => child.once('close', resolve));
  return said;
}

test('values are bound, so that a quote stays a quote; a batch with the same token is written once', async () => {
  const said = `O'Neill\t"x" \\ {a:String}\r\n\\N`;
  const columns = [versionColumn('id', '1', 1), textColumn('said', [said], (text) => text)];
  await analytics.insert('event', columns, 'first');
  await analytics.insert('event', columns, 'first');
  const query = 'select id, said from event where said = {said: String} and id in {ids: Array(UInt64)}';
  expect(await analytics.query(query, { said, ids: [1, 2] })).toEqual([{ id: '1', said }]);
});

test('every kind of column comes back as it was written, over more rows and texts than one byte counts', async () => {
  await analytics.command(`
    create table kinds (row UInt64, id UUID, day Date, small Int32, large Int64, text LowCardinality(String), flag UInt8)
    engine = MergeTree order by row`);
  const rows = Array.from({ length: 300 }, (_, row) => ({
    id: `00112233-4455-4677-8899-aabbcc${row.toString(16).padStart(6, '0')}`,
    day: row % 2 === 0 ? '1970-01-01' : '2149-06-01',
    small: row - 150,
    large: ['0', '-1', '4294967296', '-4294967297', '9007199254740993', '-9223372036854775808'][row % 6] ?? '0',
    text: row === 0 ? '' : 'ñ'.repeat(row % 200),
    flag: row % 2,
  }));
  for (const [row, one] of rows.entries()) {
    if (row > 0 && row < 299) continue; // two blocks of one row, and one of all
    await analytics.insert('kinds', columnsOf([one], row), `row ${row}`);
  }
  await analytics.insert('kinds', columnsOf(rows, 1_000), 'all');
  const read = await analytics.query('select id, day, small, large, text, flag from kinds where row = 1000 order by id');
  expect(read).toEqual(rows);
  expect(await analytics.query('select id from kinds where row < 1000 order by row')).toEqual([
    { id: rows[0]?.id },
    { id: rows[299]?.id },
  ]);
  function columnsOf(some: typeof rows, row: number) {
    return [
      versionColumn('row', `${row}`, some.length),
      uuidColumn('id', Buffer.from(some.map(({ id }) => id.replaceAll('-', '')).join(''), 'hex')),
      dateColumn('day', some, ({ day }) => day),
      numberColumn('small', Int32Array.from(some.map(({ small }) => small))),
      numberColumn('large', BigInt64Array.from(some.map(({ large }) => BigInt(large)))),
      textColumn('text', some, ({ text }) => text),
      numberColumn('flag', Uint8Array.from(some.map(({ flag }) => flag))),
    ];
  }
});

test.each(["it's {one,two}", 'any*[a]?'])(
  'a folder whose name means something to the engine takes rows like any other: %s',
  async (name) => {
    const script = join(temporaryFolder(), 'odd.mts');
    const own = (file: string): string => JSON.stringify(fileURLToPath(new URL(file, import.meta.url)));
    writeFileSync(
      script,
      `import { openAnalytics } from ${own('clickhouse.ts')};
     import { numberColumn } from ${own('native-block.ts')};
     const analytics = openAnalytics({ folder: ${JSON.stringify(join(temporaryFolder(), name))}, database: 'default', user: 'default' });
     await analytics.command('create table one (id UInt8) engine = MergeTree order by id');
     await analytics.insert('one', [numberColumn('id', Uint8Array.of(1))], 'token');
     process.stdout.write(JSON.stringify(await analytics.query('select id from one')));
     await analytics.close();`,
    );
    expect(await saidBy(script)).toBe('[{"id":1}]');
  },
);

test('a query cannot write', async () => {
  await expect(analytics.query('drop table event')).rejects.toThrow(/readonly/);
  await expect(analytics.query(`insert into event values (2, 'x')`)).rejects.toThrow(/readonly/);
});

test('a long read or write holds up no other read', async () => {
  const ended: string[] = [];
  const long = [
    analytics.query('select sleep(2)').then(() => ended.push('read')),
    analytics.query('select sleep(2)').then(() => ended.push('read')),
    analytics.command('select sleep(2)').then(() => ended.push('write')),
  ];
  await analytics.query('select 1').then(() => ended.push('short read'));
  await Promise.all(long);
  expect(ended[0]).toBe('short read');
});

test('the folder belongs to one process; the next one is told so', async () => {
  const script = join(temporaryFolder(), 'second.mts');
  const own = JSON.stringify(fileURLToPath(new URL('clickhouse.ts', import.meta.url)));
  writeFileSync(
    script,
    `import { openAnalytics } from ${own};
     try { openAnalytics(${JSON.stringify(source)}); } catch (error) { process.stdout.write(error.message); }`,
  );
  expect(await saidBy(script)).toMatch(/^clickhouse-folder-in-use: .*Stop that one, or set CLICKHOUSE_URL$/);
});

test('a server of yours is asked over HTTP, in its database, with a limit on the time of every query', async () => {
  const asked: URL[] = [];
  const server = createServer((request, response) => {
    asked.push(new URL(request.url ?? '/', 'http://server'));
    request.resume().on('end', () => response.end('{"one":1}\n'));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const remote = openAnalytics({ folder: '/nowhere', database: 'ours', user: 'me', url: `http://127.0.0.1:${port}` });
  expect(await remote.query('select {n: UInt8} as one', { n: 1 })).toEqual([{ one: 1 }]);
  await remote.insert('event', [numberColumn('id', Uint8Array.of(1))], 'token');
  await remote.command('select 1');
  for (const { searchParams } of asked) {
    expect(searchParams.get('database')).toBe('ours');
    expect(Number(searchParams.get('max_execution_time'))).toBeGreaterThan(0);
  }
  expect(asked.length).toBe(3);
  expect(asked[0]?.searchParams.get('param_n')).toBe('1');
  expect(asked[1]?.searchParams.get('insert_deduplication_token')).toBe('token');
  await remote.close();
  server.close();
});
