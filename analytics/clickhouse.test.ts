import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { temporaryFolder } from '../test/support/temporary-folder.ts';
import { type Analytics, escaped, openAnalytics } from './clickhouse.ts';

const folder = temporaryFolder();
const source = { folder, database: 'default', user: 'default' };
let analytics: Analytics;

beforeAll(async () => {
  analytics = openAnalytics(source);
  await analytics.command(
    `create table event (id UInt64, said String) engine = MergeTree order by id settings non_replicated_deduplication_window = 100`,
  );
});
afterAll(() => analytics.close());

test('values are bound, so that a quote stays a quote; a batch with the same token is written once', async () => {
  const said = `O'Neill\t"x" \\ {a:String}\r\n\\N`;
  const lines = [`1\t${escaped(said)}`];
  await analytics.insert('event', ['id', 'said'], lines, 'first');
  await analytics.insert('event', ['id', 'said'], lines, 'first');
  const query = 'select id, said from event where said = {said: String} and id in {ids: Array(UInt64)}';
  expect(await analytics.query(query, { said, ids: [1, 2] })).toEqual([{ id: '1', said }]);
});

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
  const child = spawn(process.execPath, ['--import', fileURLToPath(import.meta.resolve('tsx')), script]);
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  await new Promise((resolve) => child.once('close', resolve));
  expect(said).toMatch(/^clickhouse-folder-in-use: .*Stop that one, or set CLICKHOUSE_URL$/);
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
  await remote.insert('event', ['id'], ['1'], 'token');
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
