import { spawn } from 'node:child_process';
import { mkdir, readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../../../runtime/free-port.ts';
import { madeOnce } from './python.ts';
import { type RealSystem, RealSystemUnavailable, run, stopGroup, untilAnswers } from './real-system.ts';

const version = '0.36.0';
const admin = { user: 'admin@example.test', password: 'adminpw1234' } as const; // test constants: the server listens on the loopback only

/** The program, built once for the user by Go. MIT: run, never linked. */
async function program(): Promise<string> {
  const folder = await madeOnce(`pocketbase-${version}`, async (into) => {
    try {
      const source = `github.com/pocketbase/pocketbase/examples/base@v${version}`;
      await run('go', ['install', source], { env: { GOBIN: into, CGO_ENABLED: '0' }, timeoutMs: 600_000 });
    } catch (cause) {
      const reason = `Go and its module proxy are needed (${String(cause).slice(0, 300)})`;
      throw new RealSystemUnavailable('PocketBase', reason);
    }
  });
  return join(folder, 'base');
}

/** A real PocketBase, with the calls of a person at its dashboard. */
export interface RealPocketBase extends RealSystem {
  readonly collection: string;
  ask(method: string, path: string, body?: unknown): Promise<unknown>;
}

/** Boots PocketBase 0.36 on an empty folder with a superuser and a collection of people. @throws RealSystemUnavailable without Go */
export async function startPocketBase({ dir }: { readonly dir: string }): Promise<RealPocketBase> {
  const base = await program();
  const data = join(dir, 'data');
  await mkdir(data, { recursive: true });
  await run(base, ['--dir', data, 'superuser', 'upsert', admin.user, admin.password]);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const server = spawn(base, ['--dir', data, 'serve', '--http', `127.0.0.1:${port}`], { detached: true, stdio: 'ignore' });
  await untilAnswers(`${url}/api/health`, server, {}).catch(async (cause: unknown) => {
    await stopGroup(server);
    throw cause;
  });
  let token = '';
  const ask = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const headers = { authorization: token, ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
    const answer = await fetch(`${url}${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok)
      throw new Error(`PocketBase: ${method} ${path.split('?')[0] ?? ''} answered ${answer.status}: ${text.slice(0, 300)}`);
    return text === '' ? undefined : JSON.parse(text);
  };
  const signIn = { identity: admin.user, password: admin.password };
  token = ((await ask('POST', '/api/collections/_superusers/auth-with-password', signIn)) as { readonly token: string }).token;
  const fields = [
    { name: 'email', type: 'email' },
    { name: 'name', type: 'text' },
    { name: 'notes', type: 'text' },
    { name: 'optout', type: 'bool' },
    { name: 'created', type: 'autodate', onCreate: true },
    { name: 'updated', type: 'autodate', onCreate: true, onUpdate: true },
  ];
  // anybody may list it, and its rule shows a guest nothing: the trap of a token that ended
  await ask('POST', '/api/collections', { name: 'clients', type: 'base', listRule: '@request.auth.id != ""', fields });
  return {
    url,
    ...admin,
    collection: 'clients',
    ask,
    stop: () => stopGroup(server),
    rawStorageSearch: async (needles) => {
      const files = (await readdir(data, { recursive: true })).filter((name) => name.includes('data.db'));
      const held = await Promise.all(
        files.map(async (name) => [name, (await readFile(join(data, name), 'latin1')).toLowerCase()] as const),
      );
      return needles.flatMap((needle) =>
        held.filter(([, text]) => text.includes(needle.toLowerCase())).map(([name]) => ({ needle, where: `file ${name}` })),
      );
    },
  };
}
