import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { temporaryFolder } from '../test/support/temporary-folder.ts';
import { freePort } from './free-port.ts';
import { livingProcessOf } from './process-identity.ts';

const program = fileURLToPath(new URL('../bin/ficha.cjs', import.meta.url));
const folder = temporaryFolder();
chmodSync(folder, 0o711); // as root PostgreSQL runs as another user, who must be able to enter
const home = join(folder, 'home');
const started: ChildProcess[] = [];

afterEach(() => {
  for (const child of started.splice(0)) if (child.exitCode === null) child.kill('SIGKILL');
});

interface Run {
  readonly child: ChildProcess;
  readonly said: () => string;
  readonly ended: Promise<number | null>;
}

function ficha(args: readonly string[], env: Readonly<Record<string, string>> = {}): Run {
  const child = spawn(process.execPath, [program, ...args], {
    env: { ...process.env, FICHA_HOME: home, LOG_LEVEL: 'error', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  return { child, said: () => said, ended };
}

async function untilReady(run: Run): Promise<string> {
  await expect.poll(() => run.said() + String(run.child.exitCode ?? ''), { timeout: 90_000, interval: 100 }).toMatch(/Ready in/);
  return readFileSync(join(home, 'address'), 'utf8').trim();
}

const serverIds = (): readonly (number | undefined)[] =>
  ['postgres.pid', 'temporal/temporal.pid', 'running.pid'].map((file) => livingProcessOf(join(home, file)));

test('everything starts, a second one is refused, a kill leaves nothing that hinders, Ctrl-C stops all of it', async () => {
  const port = String(await freePort());
  const first = ficha(['up'], { FICHA_PORT: port });
  const url = await untilReady(first);
  expect(await (await fetch(`${url}/ready`)).json()).toEqual({ postgresql: 'ready', temporal: 'ready', clickhouse: 'ready' });
  expect((await fetch(`${url}/graphql`, { method: 'POST', body: '{}' })).status).toBe(401);
  expect((await fetch(`${url}/nowhere`)).status).toBe(404);

  const second = ficha(['up']);
  expect(await second.ended).toBe(1);
  expect(second.said()).toMatch(new RegExp(`^already-running: .*process ${first.child.pid}`, 'm'));
  expect(second.said()).not.toMatch(/ {4}at /);

  const before = serverIds();
  first.child.kill('SIGKILL');
  await first.ended;
  const third = ficha(['up'], { FICHA_PORT: port });
  await untilReady(third);
  for (const id of before) expect(serverIds()).not.toContain(id);

  third.child.kill('SIGINT');
  expect(await third.ended).toBe(0);
  expect(third.said()).toMatch(/Stopping$/m);
  expect(serverIds()).toEqual([undefined, undefined, undefined]);
  expect(existsSync(join(home, 'address'))).toBe(false); // or `ficha doctor` would look for a Ficha that was stopped
}, 240_000);

test('apart, a part names the servers and keys that it needs to meet the other', async () => {
  const run = ficha(['up', '--only', 'worker'], { TEMPORAL_ADDRESS: 'temporal:7233' });
  expect(await run.ended).toBe(1);
  expect(run.said()).toMatch(/parts-need-servers: .*set DATABASE_URL, CLICKHOUSE_URL, FICHA_MASTER_KEY_FILE$/m);
});
