import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../test/support/temporary-folder.ts';
import { livingProcessOf, processIdentity } from './process-identity.ts';
import { startServerProcess } from './server-process.ts';

const sleeper = (records: string) =>
  ({
    program: process.execPath,
    args: ['-e', 'console.log("up"); setInterval(() => {}, 1000)'],
    records,
    endSignal: 'SIGTERM',
  }) as const;

test('a server is recorded while it runs, and gone when it is stopped', async () => {
  const records = join(temporaryFolder(), 'one');
  const server = await startServerProcess(sleeper(records));
  const pid = livingProcessOf(`${records}.pid`);
  expect(pid).toBeGreaterThan(0);
  expect(server.running()).toBe(true);
  await server.stop();
  expect(server.running()).toBe(false);
  expect(processIdentity(pid ?? 0)).toBeUndefined();
  expect(existsSync(`${records}.pid`)).toBe(false);
});

test('a server that its Ficha left behind is ended before the next one starts', async () => {
  const records = join(temporaryFolder(), 'one');
  const killed = `import { startServerProcess } from ${JSON.stringify(fileURLToPath(new URL('server-process.ts', import.meta.url)))};
    await startServerProcess(${JSON.stringify(sleeper(records))});
    process.kill(process.pid, 'SIGKILL');`;
  const script = join(temporaryFolder(), 'killed.mts');
  writeFileSync(script, killed);
  const tsx = fileURLToPath(import.meta.resolve('tsx'));
  await new Promise((resolve) => spawn(process.execPath, ['--import', tsx, script], { stdio: 'inherit' }).once('exit', resolve));
  const left = livingProcessOf(`${records}.pid`);
  expect(left).toBeGreaterThan(0);
  const next = await startServerProcess(sleeper(records));
  expect(processIdentity(left ?? 0)).toBeUndefined();
  expect(livingProcessOf(`${records}.pid`)).not.toBe(left);
  await next.stop();
});

test('a number that another process has by now is left alone', () => {
  const file = join(temporaryFolder(), 'other.pid');
  writeFileSync(file, `${process.pid} 1`);
  expect(livingProcessOf(file)).toBeUndefined();
});

test('a program that cannot start says why', async () => {
  const records = join(temporaryFolder(), 'one');
  const server = await startServerProcess({ ...sleeper(records), program: '/no/such/program' });
  await new Promise((resolve) => setImmediate(resolve));
  expect(server.running()).toBe(false);
  expect(server.lastWords()).toContain('ENOENT');
  await server.stop();
});

test('what a server says is kept beside it, for its own user only', async () => {
  const records = join(temporaryFolder(), 'one');
  const server = await startServerProcess({ ...sleeper(records), args: ['-e', 'console.error("no room"); process.exit(3)'] });
  await expect.poll(() => server.running()).toBe(false);
  expect(server.lastWords()).toContain('no room');
  expect(readFileSync(`${records}.log`, 'utf8')).toContain('no room');
  await server.stop();
});
