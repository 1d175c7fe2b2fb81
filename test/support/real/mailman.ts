import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../../../runtime/free-port.ts';
import { type RealSystem, RealSystemUnavailable, type StorageHit } from './real-system.ts';
import { realCacheDir, run, searchDump, stopGroup, untilAnswers } from './real-system.ts';

// With SQLAlchemy 2.1 every list, roster and ban read of Mailman 3.3.10 answers 500.
const packages = ['mailman==3.3.10', 'sqlalchemy<2.1'] as const;
const admin = { user: 'restadmin', password: 'restpass' } as const; // test constants: the server listens on the loopback only
const unusedRunners = [
  'archive',
  'bounces',
  'command',
  'digest',
  'in',
  'lmtp',
  'nntp',
  'out',
  'pipeline',
  'retry',
  'task',
  'virgin',
];

/** The settings of a Mailman that keeps everything below `dir` and sends no mail. */
const configuration = (dir: string, port: number): string => `[mailman]
layout: here
site_owner: owner@example.test
[paths.here]
var_dir: ${dir}/var
[webservice]
hostname: 127.0.0.1
port: ${port}
workers: 1
admin_user: ${admin.user}
admin_pass: ${admin.password}
[mta]
incoming: mailman.mta.null.NullMTA
outgoing: mailman.mta.null.NullMTA
${unusedRunners.map((runner) => `[runner.${runner}]\nstart: no\n`).join('')}`;

/** Waits while another process makes the environment; its lock file is older than ten minutes when it died. */
async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  for (let waited = 0; ; waited += 250) {
    const lock = await open(path, 'wx').catch(() => undefined);
    if (lock) {
      await lock.close();
      return work().finally(() => rm(path, { force: true }));
    }
    if (waited > 600_000) await rm(path, { force: true });
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/** The Python environment with Mailman in it, made once for the user (about 30 s). */
async function mailmanEnvironment(): Promise<string> {
  const venv = join(realCacheDir(), 'mailman-3.3.10');
  await mkdir(realCacheDir(), { recursive: true });
  return withLock(`${venv}.lock`, async () => {
    if (existsSync(join(venv, 'complete'))) return venv;
    await rm(venv, { recursive: true, force: true });
    try {
      await run('python3', ['-m', 'venv', venv]);
      await run(join(venv, 'bin/pip'), ['install', '--quiet', '--disable-pip-version-check', ...packages], {
        timeoutMs: 600_000,
      });
    } catch (cause) {
      const reason = `Python 3 with venv and the package mailman 3.3.10 are needed (${String(cause).slice(0, 300)})`;
      throw new RealSystemUnavailable('GNU Mailman', reason);
    }
    await writeFile(join(venv, 'complete'), '');
    return venv;
  });
}

/** Files that Mailman writes beside its database: queues, logs, list folders. */
async function searchFiles(root: string, needles: readonly string[]): Promise<StorageHit[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const hits: StorageHit[] = [];
  for (const entry of entries) {
    if (!entry.isFile() || entry.name === 'mailman.db' || entry.name === 'master.pid') continue;
    const path = join(entry.parentPath, entry.name);
    const text = (await readFile(path, 'latin1')).toLowerCase();
    const found = needles.filter((needle) => text.includes(needle.toLowerCase()));
    hits.push(...found.map((needle) => ({ needle, where: `file ${path.slice(root.length + 1)}` })));
  }
  return hits;
}

const dumpScript = 'import sqlite3, sys\nfor line in sqlite3.connect(sys.argv[1]).iterdump(): print(line)';

/**
 * Boots the real GNU Mailman 3.3.10 core in `dir` (SQLite, REST only, no mail leaves) and gives its REST address.
 * A second start in the same folder keeps the data. About 2 s once installed.
 * @throws RealSystemUnavailable without Python or package index
 */
export async function startMailman({ dir }: { readonly dir: string }): Promise<RealSystem> {
  const venv = await mailmanEnvironment();
  await mkdir(dir, { recursive: true });
  const port = await freePort();
  await writeFile(join(dir, 'mailman.cfg'), configuration(dir, port));
  const log = await open(join(dir, 'server.log'), 'a');
  const server = spawn(join(venv, 'bin/master'), ['-C', join(dir, 'mailman.cfg')], {
    cwd: dir,
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
    env: { ...process.env, TZ: 'UTC', PYTHONUNBUFFERED: '1' },
  });
  await log.close();
  const url = `http://127.0.0.1:${port}/3.1`;
  const authorization = `Basic ${Buffer.from(`${admin.user}:${admin.password}`).toString('base64')}`;
  await untilAnswers(`${url}/system/versions`, server, { authorization }).catch(async (cause: unknown) => {
    await stopGroup(server);
    throw cause;
  });
  return {
    url,
    ...admin,
    stop: () => stopGroup(server),
    rawStorageSearch: async (needles) => {
      const dump = await run(join(venv, 'bin/python'), ['-c', dumpScript, join(dir, 'var/data/mailman.db')]);
      return [...searchDump(dump, needles), ...(await searchFiles(join(dir, 'var'), needles))];
    },
  };
}
