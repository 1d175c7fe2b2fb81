import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { freePort } from '../../../runtime/free-port.ts';
import type { RtSeed } from '../../twins/request-tracker/records.ts';
import { ensureDebianPackages } from './debian.ts';
import type { RealSystem } from './real-system.ts';
import { run, searchDump, stopGroup, untilAnswers } from './real-system.ts';

const packages = ['request-tracker5', 'rt5-db-sqlite', 'rt5-standalone', 'dbconfig-no-thanks', 'msmtp-mta'] as const;
const admin = { user: 'root', password: 'password' } as const; // RT's own first password; the server listens on the loopback only
const customField = resolve(import.meta.dirname, '../../../connectors/request-tracker/do-not-contact.initialdata');

const seedScript = resolve(import.meta.dirname, 'request-tracker-seed.pl');

const siteConfiguration = (dir: string, database: string, port: number): string => `use utf8;
Set($rtname, 'test.local'); Set($Organization, 'test.local');
Set($CorrespondAddress, 'rt@test.local'); Set($CommentAddress, 'rt-comment@test.local');
Set($WebDomain, '127.0.0.1'); Set($WebPort, ${port}); Set($WebPath, '');
Set($DatabaseType, 'SQLite'); Set($DatabaseName, '${database}');
Set($Timezone, 'UTC'); Set($BcryptCost, 4); Set($LogToSyslog, undef); Set($LogToSTDERR, 'warning');
Set($MailCommand, 'testfile'); Set($MasonDataDir, '${dir}/mason'); Set($MasonSessionDir, '${dir}/sessions');
Set(%GnuPG, Enable => 0); Set(%SMIME, Enable => 0);
1;
`;

/** A fresh database with RT's own first data and the custom field that an administrator adds for Ficha. */
async function makeDatabase(database: string, env: Readonly<Record<string, string>>): Promise<void> {
  if (existsSync(database)) return;
  await run('rt-setup-database-5', ['--action', 'init', '--dba', 'x', '--dba-password', 'x', '--skip-create'], { env });
  await run('rt-setup-database-5', ['--action', 'insert', '--datafile', customField, '--skip-create'], { env });
}

/** Users and tickets made through RT's own classes, as one transaction and without mail: over REST two thousand would take minutes. */
async function seedDatabase(dir: string, seed: readonly RtSeed[], env: Readonly<Record<string, string>>): Promise<void> {
  if (seed.length === 0) return;
  const file = join(dir, 'seed.json');
  await writeFile(file, JSON.stringify(seed));
  const args = ['--action', 'insert', '--datafile', seedScript, '--skip-create'];
  await run('rt-setup-database-5', args, { env: { ...env, FICHA_RT_SEED: file }, timeoutMs: 600_000 });
  await rm(file);
}

export interface RealRequestTracker extends RealSystem {
  /** Runs a program of RT as an administrator does on its host. */
  onHost(program: string, args: readonly string[]): Promise<string>;
}

export interface RequestTrackerOptions {
  readonly dir: string;
  /** Requestors and their tickets that the first start in `dir` makes. */
  readonly seed?: readonly RtSeed[];
}

const mostStarts = 3;

/** Starts the server on a free port; on another one when a test beside took that port in between. */
async function serve(
  dir: string,
  database: string,
  env: Readonly<Record<'RT_SITE_CONFIG' | 'RT_SITE_CONFIG_DIR', string>>,
): Promise<{ readonly url: string; readonly server: ChildProcess }> {
  const authorization = `Basic ${Buffer.from(`${admin.user}:${admin.password}`).toString('base64')}`;
  for (let starts = 1; ; starts += 1) {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}/REST/2.0`;
    await writeFile(env.RT_SITE_CONFIG, siteConfiguration(dir, database, port));
    const log = await open(join(dir, 'server.log'), 'a');
    const server = spawn(
      '/usr/share/request-tracker5/libexec/standalone_httpd',
      ['--host', '127.0.0.1', '--port', String(port)],
      {
        cwd: dir,
        detached: true,
        stdio: ['ignore', log.fd, log.fd],
        env: { ...process.env, ...env },
      },
    );
    await log.close();
    try {
      await untilAnswers(`${url}/rt`, server, { authorization });
      return { url, server };
    } catch (cause) {
      await stopGroup(server);
      if (starts === mostStarts) throw cause;
    }
  }
}

/**
 * Boots the real Request Tracker 5 of Debian in `dir` (SQLite, no mail leaves) and gives its REST2 address.
 * A second start in the same folder keeps the data. About 5 s once installed.
 * @throws RealSystemUnavailable where its packages are not and cannot be installed
 */
export async function startRequestTracker({ dir, seed = [] }: RequestTrackerOptions): Promise<RealRequestTracker> {
  await ensureDebianPackages('Request Tracker 5', packages);
  await mkdir(join(dir, 'config'), { recursive: true });
  await mkdir(join(dir, 'mason'), { recursive: true });
  await mkdir(join(dir, 'sessions'), { recursive: true });
  const database = join(dir, 'rt.sqlite');
  const env = { RT_SITE_CONFIG: join(dir, 'RT_SiteConfig.pm'), RT_SITE_CONFIG_DIR: join(dir, 'config') };
  if (!existsSync(database)) {
    const making = `${database}.making`;
    await rm(making, { force: true });
    await writeFile(env.RT_SITE_CONFIG, siteConfiguration(dir, making, 80));
    await makeDatabase(making, env);
    await seedDatabase(dir, seed, env);
    await rename(making, database);
  }
  const { url, server } = await serve(dir, database, env);
  return {
    url,
    ...admin,
    stop: () => stopGroup(server),
    onHost: (program, args) => run(program, args, { env }),
    rawStorageSearch: async (needles) => searchDump(await run('sqlite3', [database, '.dump']), needles),
  };
}
