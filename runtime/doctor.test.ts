import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadSettings } from '../platform/settings.ts';
import { type TestDatabase, testDatabase } from '../test/support/postgres.ts';
import { temporaryFolder } from '../test/support/temporary-folder.ts';
import { clock, lookAround, portFree } from './doctor.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
});
afterAll(() => db.drop());

const closed = '127.0.0.1:9';

test('servers that answer are told with their version, and the clocks agree', async () => {
  const home = temporaryFolder();
  const { findings } = await lookAround({ FICHA_HOME: home, DATABASE_URL: db.urls.owner });
  expect(findings.filter(({ ok }) => !ok)).toEqual([]);
  const told = findings.map(({ what }) => what);
  expect(told).toContain('PostgreSQL 18');
  expect(told.some((what) => /^clock: 0\.\d s from that of PostgreSQL$/.test(what))).toBe(true);
});

test('a role that may not make roles is found', async () => {
  const { findings } = await lookAround({ FICHA_HOME: temporaryFolder(), DATABASE_URL: db.urls.reader });
  expect(findings.find(({ what }) => what.includes('may not make roles'))).toMatchObject({ ok: false });
});

test('servers that do not answer are each named with a fix, and no password is shown', async () => {
  const { findings } = await lookAround({
    FICHA_HOME: temporaryFolder(),
    DATABASE_URL: `postgres://u:hush@${closed}/f`,
    TEMPORAL_ADDRESS: closed,
    CLICKHOUSE_URL: `http://${closed}`,
    OIDC_ISSUER: `http://${closed}`,
    OIDC_AUDIENCE: 'ficha',
  });
  const wrong = findings.filter(({ ok }) => !ok);
  expect(wrong.map(({ what }) => what.split(' ')[0])).toEqual(['PostgreSQL', 'Temporal', 'ClickHouse', 'sign-in:']);
  expect(wrong.every(({ fix = '' }) => fix.length > 10)).toBe(true);
  expect(JSON.stringify(findings)).not.toContain('hush');
});

test('production that answers any GraphQL operation is told so; with a list of them, or in development, it is not', async () => {
  const told = async (env: Readonly<Record<string, string>>) => {
    const { findings } = await lookAround({ FICHA_HOME: temporaryFolder(), DATABASE_URL: db.urls.owner, ...env });
    return findings.filter(({ what }) => what.includes('FICHA_PERSISTED_OPERATIONS')).map(({ ok }) => ok);
  };
  const oidc = { OIDC_ISSUER: `http://${closed}`, OIDC_AUDIENCE: 'ficha' };
  expect(await told({ FICHA_MODE: 'production', ...oidc, FICHA_PERSISTED_OPERATIONS: 'any' })).toEqual([true]);
  expect(await told({ FICHA_MODE: 'production', ...oidc })).toEqual([]);
  expect(await told({ FICHA_MODE: 'production', ...oidc, FICHA_PERSISTED_OPERATIONS: 'operations.json' })).toEqual([]);
  expect(await told({})).toEqual([]);
});

test('a master key that cannot be read, or is none, is found before a start would; nothing is made, and no key is shown', async () => {
  const home = temporaryFolder();
  const file = join(home, 'other.key');
  const keyOf = async (env: Readonly<Record<string, string>>) =>
    (await lookAround({ FICHA_HOME: home, ...env })).findings.filter(({ what }) => /master.key/i.test(what));
  expect(await keyOf({})).toEqual([]);
  expect(existsSync(join(home, 'keys'))).toBe(false);
  const [absent] = await keyOf({ FICHA_MASTER_KEY_FILE: file });
  expect([absent?.ok, absent?.what]).toEqual([false, expect.stringContaining(`${file} cannot be read`)]);
  writeFileSync(file, 'hush', { mode: 0o600 });
  const [short] = await keyOf({ FICHA_MASTER_KEY_FILE: file });
  expect([short?.ok, short?.what.includes('hush')]).toEqual([false, false]);
  writeFileSync(file, '0'.repeat(64));
  const found = await keyOf({ FICHA_MASTER_KEY_FILE: file });
  expect(found.map(({ ok }) => ok)).toEqual([true]);
  expect(JSON.stringify(found)).not.toContain('0'.repeat(16));
});

test('settings that do not hold, keys open to others, a port that is taken and a clock that is wrong', async () => {
  const home = temporaryFolder();
  mkdirSync(join(home, 'keys'));
  const key = join(home, 'keys', 'master.key');
  writeFileSync(key, `${'0'.repeat(64)}\n`);
  chmodSync(key, 0o644);
  const open = await lookAround({ FICHA_HOME: home });
  expect(open.findings.find(({ what }) => what.includes('open to other users'))).toMatchObject({
    ok: false,
    fix: `chmod 600 ${key}`,
  });
  const bad = await lookAround({ FICHA_PORT: 'many' });
  expect(bad.findings.find(({ ok }) => !ok)?.what).toContain('FICHA_PORT');

  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const taken = loadSettings({ FICHA_PORT: String(typeof address === 'object' ? address?.port : 0), FICHA_HOME: home });
  expect(await portFree(taken)).toMatchObject({ ok: false });
  await new Promise((resolve) => {
    server.close(resolve);
  });
  expect(await portFree(taken)).toMatchObject({ ok: true });

  expect(clock('the server', 4_000).ok).toBe(true);
  expect(clock('the server', 6_000)).toMatchObject({ ok: false, what: 'clock: 6.0 s from that of the server' });
});
