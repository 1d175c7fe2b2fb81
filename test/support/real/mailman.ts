import { spawn } from 'node:child_process';
import { mkdir, open, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../../../runtime/free-port.ts';
import type { MailmanSeed } from '../../twins/mailman/store.ts';
import { pythonEnvironment } from './python.ts';
import { type RealSystem, run, type StorageHit, searchDump, stopGroup, untilAnswers } from './real-system.ts';

/**
 * GNU Mailman core 3.3.10, every version fixed. With SQLAlchemy 2.1, which pip would pick, every list, roster and ban read answers 500.
 * GPL-3: run, never linked.
 */
const packages = [
  ['mailman==3.3.10', 'SQLAlchemy==2.0.58', 'aiosmtpd==1.4.6', 'alembic==1.20.1', 'atpublic==9.0.0', 'attrs==26.1.0'],
  ['authheaders==0.16.3', 'authres==1.2.0', 'certifi==2026.10.18', 'charset-normalizer==3.5.2', 'click==8.5.1'],
  ['dkimpy==1.1.8', 'dnspython==2.9.2', 'falcon==4.4.0', 'flufl.bounce==6.0.0', 'flufl.i18n==8.0.0', 'flufl.lock==10.0.0'],
  ['greenlet==3.5.6', 'gunicorn==27.0.1', 'idna==3.20', 'lazr.config==4.0.0', 'lazr.delegates==4.0.0', 'Mako==1.4.3'],
  ['MarkupSafe==3.0.4', 'passlib==1.7.4', 'psutil==7.2.2', 'publicsuffix2==2.20191221', 'python-dateutil==4.0.0'],
  ['requests==2.34.2', 'typing_extensions==4.16.0', 'tzdata==2026.6', 'urllib3==2.8.0', 'zope.component==7.1'],
  ['zope.configuration==7.1', 'zope.event==6.2', 'zope.hookable==8.4', 'zope.i18nmessageid==8.4', 'zope.interface==8.7'],
  ['zope.schema==8.1'],
].flat();
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
  const venv = await pythonEnvironment('mailman-3.3.10', packages);
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

/** Makes a list and its subscribers over REST, as an import does: confirmed beforehand, no mail. About 20 ms each. */
export async function seedMailman(mailman: RealSystem, fqdn: string, seed: readonly MailmanSeed[]): Promise<void> {
  const authorization = `Basic ${Buffer.from(`${mailman.user}:${mailman.password}`).toString('base64')}`;
  const post = async (path: string, form: Readonly<Record<string, string>>, method = 'POST'): Promise<void> => {
    const answer = await fetch(`${mailman.url}${path}`, {
      method,
      headers: { authorization },
      body: new URLSearchParams(form),
    });
    if (!answer.ok && answer.status !== 409) throw new Error(`seeding Mailman: ${path} answered ${answer.status}`);
  };
  const confirmed = { pre_verified: 'true', pre_confirmed: 'true', pre_approved: 'true', send_welcome_message: 'false' };
  await post('/domains', { mail_host: fqdn.split('@')[1] ?? '' });
  await post('/lists', { fqdn_listname: fqdn });
  // a farewell lies in the outgoing queue until it is delivered, and here nothing is
  await post(`/lists/${fqdn.replace('@', '.')}/config`, { send_goodbye_message: 'false' }, 'PATCH');
  for (const { email, name, optedOut } of seed) {
    const who = { list_id: fqdn.replace('@', '.'), subscriber: email, display_name: name ?? '' };
    await post('/members', { ...who, ...confirmed, ...(optedOut === true ? { delivery_status: 'by_user' } : {}) });
  }
}
