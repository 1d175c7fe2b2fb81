import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, open, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../../../runtime/free-port.ts';
import { madeOnce, pythonEnvironment } from './python.ts';
import { type RealSystem, run, searchDump, stopGroup, untilAnswers } from './real-system.ts';
import { setUpAccounting } from './tryton-accounting.ts';
import { trytonClient } from './tryton-client.ts';

/** Tryton 7.0 with the modules that the sample company uses, every version fixed. GPL-3: run, never linked. */
const packages = [
  ['trytond==7.0.59', 'trytond_party==7.0.8', 'trytond_sale==7.0.20', 'trytond_account_invoice==7.0.18'],
  ['trytond_party_relationship==7.0.1', 'trytond_marketing_email==7.0.3', 'trytond-marketing==7.0.0'],
  ['trytond_account==7.0.29', 'trytond_account_invoice_stock==7.0.2', 'trytond_account_product==7.0.3'],
  ['trytond_company==7.0.4', 'trytond_country==7.0.1', 'trytond_currency==7.0.1', 'trytond_product==7.0.6'],
  ['trytond_stock==7.0.21', 'trytond_web_user==7.0.2', 'trytond-web-shortener==7.0.0', 'defusedxml==0.7.1'],
  ['Genshi==0.7.12', 'lxml==6.1.3', 'MarkupSafe==3.0.4', 'passlib==1.7.4', 'polib==1.2.0', 'puremagic==1.30'],
  ['python-dateutil==4.0.0', 'tzdata==2026.6', 'python-sql==1.8.1', 'python-stdnum==2.2', 'relatorio==1.0.0'],
  ['simpleeval==1.0.8', 'Werkzeug==3.1.9'],
].flat();
const modules = ['party', 'sale', 'account_invoice', 'party_relationship', 'marketing_email'] as const;
const admin = { user: 'admin', password: 'admin-pw-123' } as const; // test constants: the server listens on the loopback only
const database = 'tryton';

export interface RealTryton extends RealSystem {
  readonly database: string;
}

const configuration = (dir: string, port: number): string => `[database]
uri = sqlite://
path = ${dir}
[web]
listen = 127.0.0.1:${port}
[email]
uri = smtp://127.0.0.1:9
from = erp@example.test
`;

/** Runs a command until our end of the pipe closes, however this process ends: a test that is killed leaves no server behind. */
const untilParentEnds = 'exec 3<&0; "$@" </dev/null & server=$!; (read -r _ <&3; kill "$server") & wait "$server"';

/** Serves the databases of `dir`; answers once trytond has loaded its modules. */
async function serve(venv: string, dir: string): Promise<{ readonly url: string; readonly server: ChildProcess }> {
  const port = await freePort();
  await writeFile(join(dir, 'trytond.conf'), configuration(dir, port));
  const log = await open(join(dir, 'server.log'), 'a');
  const command = [join(venv, 'bin/trytond'), '-c', join(dir, 'trytond.conf'), '-d', database];
  const server = spawn('sh', ['-c', untilParentEnds, 'sh', ...command], {
    cwd: dir,
    detached: true,
    stdio: ['pipe', log.fd, log.fd],
    env: { ...process.env, TZ: 'UTC', PYTHONUNBUFFERED: '1' },
  });
  await log.close();
  const url = `http://127.0.0.1:${port}`;
  await untilAnswers(`${url}/`, server, {}).catch(async (cause: unknown) => {
    await stopGroup(server);
    throw cause;
  });
  return { url, server };
}

/** The empty company with its modules and accounts, made once (about 30 s): every start copies it. */
const template = (venv: string): Promise<string> =>
  madeOnce('tryton-7.0.59-template-2', async (folder) => {
    const passwordFile = join(folder, 'password');
    await writeFile(passwordFile, `${admin.password}\n`);
    await writeFile(join(folder, 'trytond.conf'), configuration(folder, 0));
    await writeFile(join(folder, `${database}.sqlite`), '');
    const update = ['-c', join(folder, 'trytond.conf'), '-d', database, '--all', '--email', 'admin@example.test'];
    const env = { TRYTONPASSFILE: passwordFile };
    await run(join(venv, 'bin/trytond-admin'), [...update, '--activate-dependencies', '-u', ...modules], {
      env,
      timeoutMs: 300_000,
    });
    const { url, server } = await serve(venv, folder);
    try {
      await setUpAccounting(await trytonClient({ url, database, ...admin }));
    } finally {
      await stopGroup(server);
    }
  });

const dumpScript = 'import sqlite3, sys\nfor line in sqlite3.connect(sys.argv[1]).iterdump(): print(line)';

/**
 * Boots the real trytond 7.0 in `dir` (SQLite, one company, no mail leaves) and gives its address. A second start in the same
 * folder keeps the data. About 3 s once installed; the first start on a machine takes a minute.
 * @throws RealSystemUnavailable without Python 3 or package index
 */
export async function startTryton({ dir }: { readonly dir: string }): Promise<RealTryton> {
  const venv = await pythonEnvironment('tryton-7.0.59', packages);
  await mkdir(dir, { recursive: true });
  const file = join(dir, `${database}.sqlite`);
  if (!existsSync(file)) {
    await copyFile(join(await template(venv), `${database}.sqlite`), `${file}.making`);
    await rename(`${file}.making`, file);
  }
  const { url, server } = await serve(venv, dir);
  return {
    url,
    database,
    ...admin,
    stop: () => stopGroup(server),
    rawStorageSearch: async (needles) => {
      const env = { PYTHONIOENCODING: 'utf-8' };
      return searchDump(await run(join(venv, 'bin/python'), ['-c', dumpScript, file], { env }), needles);
    },
  };
}
