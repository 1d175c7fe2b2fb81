import { chmodSync, chownSync, copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { startEmbeddedPostgres } from '../../../runtime/embedded-postgres.ts';
import { postgresUser } from '../../../runtime/postgres-program.ts';
import { startMariadb } from '../../../test/support/real/mariadb.ts';
import { orLeftOut, run } from '../../../test/support/real/real-system.ts';
import { testDatabase } from '../../../test/support/postgres.ts';
import { manifestFor } from '../../../test/support/sql-shops.ts';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';
import { connectorOf } from '../connector.ts';
import type { LinkedSystem } from '../contract.ts';
import { parseManifest } from '../manifest.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 600_000 });

const folder = temporaryFolder();
chmodSync(folder, 0o755); // the servers run as other users

interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** An authority and its certificates for `localhost` and for another host, made by openssl. */
async function authority(
  name: string,
): Promise<{ readonly ca: string; readonly here: Certificate; readonly elsewhere: Certificate }> {
  const file = (what: string): string => join(folder, `${name}-${what}.pem`);
  const [ca, caKey] = [file('ca'), file('ca-key')];
  const made = ['-newkey', 'rsa:2048', '-nodes', '-days', '2'];
  await run('openssl', ['req', '-x509', ...made, '-subj', `/CN=${name} authority`, '-keyout', caKey, '-out', ca]);
  const certificate = async (host: string): Promise<Certificate> => {
    const [cert, key] = [file(host), file(`${host}-key`)];
    const names = ['-subj', `/CN=${host}`, '-addext', `subjectAltName=DNS:${host}`, '-addext', 'basicConstraints=CA:FALSE'];
    await run('openssl', ['req', '-x509', ...made, ...names, '-CA', ca, '-CAkey', caKey, '-keyout', key, '-out', cert]);
    return { cert, key };
  };
  return { ca, here: await certificate('localhost'), elsewhere: await certificate('db.elsewhere.example') };
}

interface TlsServer {
  readonly title: string;
  readonly kind: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly name: string;
  /** From now on it shows a certificate for another host. */
  showOther(): Promise<void>;
  stop(): Promise<void>;
}

const ours = await authority('ours');
const theirs = await authority('theirs');
const tables = ['create table customer (id integer primary key, first_name varchar(80))'];

async function postgresql(): Promise<TlsServer> {
  const password = 'pg-secret';
  const { adminUrl, port, stop } = await startEmbeddedPostgres({ dataDir: join(folder, 'pg'), password });
  const owner = postgresUser();
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  const show = async ({ cert, key }: Certificate): Promise<void> => {
    for (const file of [cert, key]) {
      chmodSync(file, 0o600);
      if (owner !== undefined) chownSync(file, owner.uid, owner.gid);
    }
    const settings = [`ssl_cert_file = '${cert}'`, `ssl_key_file = '${key}'`, 'ssl = on'];
    for (const setting of settings) await client.query(`alter system set ${setting}`);
    await client.query('select pg_reload_conf()');
  };
  for (const table of tables) await client.query(table);
  await show(ours.here);
  return {
    title: 'PostgreSQL',
    kind: 'postgresql',
    port,
    user: 'postgres',
    password,
    name: 'postgres',
    showOther: () => show(ours.elsewhere),
    stop: () => client.end().then(stop),
  };
}

async function mariadb(): Promise<TlsServer> {
  const password = 'my-secret';
  const dir = join(folder, 'maria');
  mkdirSync(dir);
  const [cert, key] = [join(dir, 'cert.pem'), join(dir, 'key.pem')];
  const put = (from: Certificate): void => {
    copyFileSync(from.cert, cert);
    copyFileSync(from.key, key);
    for (const file of [cert, key]) chmodSync(file, 0o644); // keys of this test alone
  };
  put(ours.here);
  const server = await startMariadb({ dir, options: [`--ssl-cert=${cert}`, `--ssl-key=${key}`] });
  await server.sql(
    `create database shop; create user ficha@'%' identified by '${password}' require ssl; grant all on shop.* to ficha@'%'`,
  );
  await server.sql(tables.join(';'), 'shop');
  return {
    title: 'MariaDB',
    kind: 'mysql',
    port: server.port,
    user: 'ficha',
    password,
    name: 'shop',
    showOther: async () => {
      put(ours.elsewhere);
      await server.sql('flush ssl');
    },
    stop: () => server.stop(),
  };
}

const servers = [await postgresql(), ...(await orLeftOut(mariadb()))];
afterAll(() => Promise.all(servers.map(({ stop }) => stop())));

const opened: LinkedSystem[] = [];
afterAll(() => Promise.all(opened.map((one) => one.close())));

async function checkOn(
  { kind, port, user, password, name }: Pick<TlsServer, 'kind' | 'port' | 'user' | 'password' | 'name'>,
  config: Readonly<Record<string, unknown>>,
): Promise<unknown> {
  const where = 'host: "{config.host}", port: "{config.port}", name: "{config.name}", user: "{config.user}"';
  const database = `database: { kind: ${kind}, ${where}, secret: password, tls: verify, ca: "{config.ca}" }`;
  const manifest = manifestFor({ database }, ['    host:', '    ca: { type: string, default: "" }\n    host:']);
  const system = connectorOf(parseManifest(manifest, 'shop/manifest.yaml')).open({
    systemId: 'shop',
    config: { host: 'localhost', port, name, user, ...config },
    secret: () => password,
    signal: new AbortController().signal,
    now: () => new Date(),
  });
  opened.push(system);
  return await system.check();
}

const refused = {
  ok: false,
  problems: [expect.objectContaining({ code: 'certificate-refused', say: expect.stringContaining('database.ca') as unknown })],
};

describe.each(servers.map((server) => [server.title, server] as const))('TLS of %s', (_, server) => {
  const check = (config: Readonly<Record<string, unknown>>): Promise<unknown> => checkOn(server, config);

  test('a server whose authority is named is asked over TLS', async () => {
    expect(await check({ ca: ours.ca })).toEqual({ ok: true, problems: [] });
  });

  test('one whose authority nobody named, or another one, is told no password', async () => {
    expect(await check({})).toEqual(refused);
    expect(await check({ ca: theirs.ca })).toEqual(refused);
  });

  test('an authority file that is not there is named as a setting', async () => {
    const missing = {
      ok: false,
      problems: [expect.objectContaining({ code: 'setting-invalid', say: expect.stringContaining('database.ca') as unknown })],
    };
    expect(await check({ ca: join(folder, 'none.pem') })).toEqual(missing);
  });

  test('one that proves to be another host is told no password', async () => {
    await server.showOther();
    await vi.waitFor(async () => expect(await check({ ca: ours.ca })).toEqual(refused), { timeout: 20_000, interval: 500 });
  });
});

test('a server that speaks no TLS is told no password', async () => {
  const plain = await testDatabase({ empty: true });
  const { port, username, password, pathname } = new URL(plain.urls.owner);
  const server = { kind: 'postgresql', port: Number(port), user: username, password, name: pathname.slice(1) };
  expect(await checkOn(server, { ca: ours.ca })).toEqual(refused);
  await plain.drop();
});

test('MySQL, which compares names only, is not asked by number', async () => {
  const server = { kind: 'mysql', port: 3306, user: 'ficha', password: 'x', name: 'shop' };
  const told = {
    ok: false,
    problems: [expect.objectContaining({ code: 'setting-invalid', say: expect.stringContaining('by name') as unknown })],
  };
  expect(await checkOn(server, { host: '192.0.2.1' })).toEqual(told);
});
