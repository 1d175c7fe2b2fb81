import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, expect, onTestFinished, test, vi } from 'vitest';
import { migrate } from '../store/migrate.ts';
import { ensureRoles } from '../store/roles.ts';
import { testKeyRing } from '../test/support/keys.ts';
import { startEmbeddedPostgres } from './embedded-postgres.ts';
import { launchAs, linkLibraries, passingClosedFolders, postgresUser } from './postgres-program.ts';
import { livingProcessOf } from './process-identity.ts';

const folder = mkdtempSync(join(tmpdir(), 'ficha-embedded-'));
chmodSync(folder, 0o711);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ask = async (url: string, text: string): Promise<unknown> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows[0];
  } finally {
    await client.end();
  }
};

test('the first start makes the database, the second keeps its data; the owner is no superuser', async () => {
  const options = { dataDir: join(folder, 'data'), password: "pass'word%/" };
  const first = await startEmbeddedPostgres(options);
  await ensureRoles(first.ownerUrl, testKeyRing());
  expect(await migrate(first.ownerUrl)).toContain('0001-spine');
  expect(await ask(first.ownerUrl, 'select rolsuper from pg_roles where rolname = current_user')).toEqual({ rolsuper: false });
  await ask(first.ownerUrl, `insert into ficha.linked_system (id, connector, title) values ('erp', 'tryton', 'Núñez')`);
  await first.stop();
  const second = await startEmbeddedPostgres(options);
  expect(await ask(second.ownerUrl, `select lower(title) as title from ficha.linked_system`)).toEqual({ title: 'núñez' });
  expect(await migrate(second.ownerUrl)).toEqual([]);
  await second.stop();
}, 120_000);

test('a server that was killed in the middle of work comes back with all that was committed', async () => {
  const options = { dataDir: join(folder, 'killed'), password: 'x' };
  const first = await startEmbeddedPostgres(options);
  await ask(first.ownerUrl, 'create table kept as select 1 as one');
  process.kill(livingProcessOf(`${options.dataDir}.pid`) ?? 0, 'SIGKILL');
  const second = await startEmbeddedPostgres(options);
  expect(await ask(second.ownerUrl, 'select one from kept')).toEqual({ one: 1 });
  await second.stop();
  await first.stop();
}, 120_000);

test('a port that another program took in the same moment is told with the way out, not with what PostgreSQL logs', async () => {
  const other = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => {
    other.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => void other.close());
  const { port } = other.address() as AddressInfo; // it listens on TCP
  await expect(startEmbeddedPostgres({ dataDir: join(folder, 'taken'), password: 'x', port })).rejects.toThrow(
    /embedded-postgres-failed: .* another program took that port in the same moment\. Start Ficha again: it takes the next free one$/,
  );
});

test('a wrong password stops the start with its reason, and leaves no server', async () => {
  const options = { dataDir: join(folder, 'data'), password: 'not the one' };
  await expect(startEmbeddedPostgres(options)).rejects.toThrow(/embedded-postgres-failed: .*password authentication failed/s);
  expect(livingProcessOf(`${options.dataDir}.pid`)).toBeUndefined();
}, 120_000);

const asRoot = test.runIf(process.getuid?.() === 0);

asRoot(
  'as root, the server runs as another user all the same in a folder that is closed to it',
  async () => {
    const closed = join(folder, 'closed');
    mkdirSync(closed, { mode: 0o700 });
    const options = { dataDir: join(closed, 'data'), password: 'x' };
    const server = await startEmbeddedPostgres(options);
    expect(await ask(server.adminUrl, 'select 1 as one')).toEqual({ one: 1 });
    expect(statSync(`/proc/${livingProcessOf(`${options.dataDir}.pid`)}`).uid).not.toBe(0);
    await server.stop();
    const again = await startEmbeddedPostgres(options);
    await again.stop();
  },
  120_000,
);

asRoot('as root, programs in a closed folder are found too, as initdb looks for them: by access(2)', () => {
  const closed = join(folder, 'programs');
  mkdirSync(closed, { mode: 0o700 });
  const program = join(closed, 'program');
  writeFileSync(program, '', { mode: 0o755 });
  const user = postgresUser();
  const passing = user && passingClosedFolders(user);
  const look = ['-e', `require('node:fs').accessSync(${JSON.stringify(program)}, 1)`];
  const statusAs = (who: typeof user): number | null => {
    const { program: launched, args, as } = launchAs(who, process.execPath, look);
    return spawnSync(launched, args, { ...as }).status;
  };
  expect(statusAs(passing)).toBe(0);
  expect(statusAs(user)).not.toBe(0);
});

asRoot('as root and without setpriv, a folder that the server cannot enter is named with the way out', async () => {
  const shut = join(folder, 'shut');
  mkdirSync(shut, { mode: 0o700 });
  const tools = join(folder, 'tools');
  mkdirSync(tools);
  for (const tool of ['id', 'true']) copyFileSync(`/usr/bin/${tool}`, join(tools, tool));
  vi.stubEnv('PATH', tools);
  onTestFinished(() => void vi.unstubAllEnvs());
  const start = () => startEmbeddedPostgres({ dataDir: join(shut, 'data'), password: 'x' });
  await expect(start()).rejects.toThrow(/embedded-postgres-closed-folder: .*may not enter \/.*\. Move Ficha/);
});

test('the names that the package gives its libraries when it is installed are made at the start too', () => {
  const root = join(folder, 'package');
  mkdirSync(join(root, 'native', 'lib'), { recursive: true });
  writeFileSync(join(root, 'native', 'lib', 'libpq.so.5.18'), 'the library');
  const names = [{ source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so.5' }];
  writeFileSync(join(root, 'native', 'pg-symlinks.json'), JSON.stringify(names));
  linkLibraries(root);
  linkLibraries(root);
  expect(readFileSync(join(root, 'native', 'lib', 'libpq.so.5'), 'utf8')).toBe('the library');
  expect(readlinkSync(join(root, 'native', 'lib', 'libpq.so.5'))).toBe('libpq.so.5.18');
});
