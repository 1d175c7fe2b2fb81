import { spawn } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../../../runtime/free-port.ts';
import { pythonEnvironment } from './python.ts';
import { type RealSystem, stopGroup, untilAnswers } from './real-system.ts';

/** WsgiDAV 4.4.0 (MIT) and openpyxl 3.1.5 (MIT), every version fixed. */
const davPackages = [
  [
    'wsgidav==4.4.0',
    'cheroot==11.1.2',
    'defusedxml==0.7.1',
    'Jinja2==3.1.6',
    'MarkupSafe==3.0.4',
    'json5==0.17.3',
    'PyYAML==6.0.4',
  ],
  ['more-itertools==11.2.1', 'jaraco.functools==4.6.0', 'openpyxl==3.1.5', 'et_xmlfile==2.0.0'],
].flat();

/** Radicale 3.9.0 (GPL-3: run, never linked), every version fixed. */
const cardPackages = [
  ['radicale==3.9.0', 'defusedxml==0.7.1', 'libpass==1.9.4', 'pika==1.4.4', 'requests==2.34.2', 'certifi==2026.10.19.post1'],
  ['charset-normalizer==3.5.3', 'idna==3.20', 'urllib3==2.8.0', 'vobject==0.9.9', 'python-dateutil==4.0.0', 'pytz==2026.6'],
  ['six==1.17.0', 'tzdata==2026.6'],
].flat();

const user = 'ana';
const password = 'pw'; // test constants: the servers listen on the loopback only

async function searchFiles(root: string, needles: readonly string[]): Promise<{ needle: string; where: string }[]> {
  const files = (await readdir(root, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const found: { needle: string; where: string }[] = [];
  for (const entry of files) {
    const path = join(entry.parentPath, entry.name);
    const text = (await readFile(path, 'utf8')).toLowerCase();
    for (const needle of needles)
      if (text.includes(needle.toLowerCase())) found.push({ needle, where: `file ${path.slice(root.length + 1)}` });
  }
  return found;
}

interface Launched {
  readonly dir: string;
  readonly port: number;
  readonly program: string;
  readonly args: readonly string[];
}

async function launched({ dir, port, program, args }: Launched, root: string): Promise<RealSystem> {
  const server = spawn(program, [...args], { cwd: dir, detached: true, stdio: 'ignore' });
  const url = `http://127.0.0.1:${port}`;
  await untilAnswers(url, server, {}).catch(async (cause: unknown) => {
    await stopGroup(server);
    throw cause;
  });
  return { url, user, password, stop: () => stopGroup(server), rawStorageSearch: (needles) => searchFiles(root, needles) };
}

/** A real WebDAV server on an empty folder, with the Python that writes workbooks. @throws RealSystemUnavailable without Python */
export async function startWebDav({
  dir,
}: {
  readonly dir: string;
}): Promise<RealSystem & { readonly root: string; readonly python: string }> {
  const venv = await pythonEnvironment('wsgidav-4.4.0', davPackages);
  const root = join(dir, 'root');
  await mkdir(root, { recursive: true });
  const port = await freePort();
  const config = {
    host: '127.0.0.1',
    port,
    provider_mapping: { '/': root },
    simple_dc: { user_mapping: { '*': { [user]: { password } } } },
  };
  await writeFile(join(dir, 'dav.json'), JSON.stringify(config));
  const args = ['--config', join(dir, 'dav.json')];
  const system = await launched({ dir, port, program: join(venv, 'bin/wsgidav'), args }, root);
  return { ...system, root, python: join(venv, 'bin/python') };
}

/** A real CardDAV server, Radicale, without an address book yet. @throws RealSystemUnavailable without Python */
export async function startCardDav({ dir }: { readonly dir: string }): Promise<RealSystem & { readonly root: string }> {
  const venv = await pythonEnvironment('radicale-3.9.0', cardPackages);
  const root = join(dir, 'cards');
  await mkdir(root, { recursive: true });
  const port = await freePort();
  await writeFile(join(dir, 'users'), `${user}:${password}\n`);
  const settings = [
    `[server]\nhosts = 127.0.0.1:${port}`,
    `[auth]\ntype = htpasswd\nhtpasswd_filename = ${join(dir, 'users')}\nhtpasswd_encryption = plain\ndelay = 0`,
    `[storage]\nfilesystem_folder = ${root}`,
  ];
  await writeFile(join(dir, 'radicale.conf'), `${settings.join('\n')}\n`);
  const args = ['-m', 'radicale', '--config', join(dir, 'radicale.conf')];
  return { ...(await launched({ dir, port, program: join(venv, 'bin/python'), args }, root)), root };
}
