import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../test/support/temporary-folder.ts';

const program = fileURLToPath(new URL('../bin/ficha.cjs', import.meta.url));
const run = (cwd: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  spawnSync(process.execPath, [program, ...args], { encoding: 'utf8', cwd, env: { PATH: process.env['PATH'] ?? '', ...env } });

const forReal = ['--mode', 'production', '--database', 'postgres://owner:hush@db.example/ficha', '--temporal', 't.example:7233'];

interface Explained {
  readonly name: string;
  readonly value: string | null;
  readonly from: string;
}

test('writes a commented file that holds, with the password in a file of its own; the environment wins over it', {
  timeout: 120_000,
}, () => {
  const folder = temporaryFolder();
  const made = run(folder, ['init', '--yes', ...forReal]);
  expect([made.status, made.stderr]).toEqual([0, '']);
  const config = readFileSync(join(folder, 'ficha.yaml'), 'utf8');
  expect(config).not.toContain('hush');
  expect(config).toMatch(/^FICHA_MODE: production$/m);
  expect(config).toMatch(/^# FICHA_PORT: 4680$/m);
  const secret = join(folder, 'ficha.database-url');
  expect([readFileSync(secret, 'utf8').trim(), statSync(secret).mode & 0o077]).toEqual([forReal[3], 0]);

  const told = run(folder, ['config', 'explain', '--json'], { FICHA_MODE: 'development' });
  const explained = JSON.parse(told.stdout) as readonly Explained[];
  const one = (name: string) => explained.find((found) => found.name === name);
  expect(one('TEMPORAL_ADDRESS')).toMatchObject({ value: 't.example:7233', from: 'file' });
  expect(one('FICHA_MODE')).toMatchObject({ value: 'development', from: 'environment' });
  expect(run(folder, ['config', 'check', '--json']).stdout).toContain('"mode": "production"');

  const again = run(folder, ['init', '--yes']);
  expect([again.status, again.stderr]).toEqual([2, expect.stringContaining('already-there')]);
  expect(readFileSync(join(folder, 'ficha.yaml'), 'utf8')).toBe(config);
});

test('without a person to ask it says how; what Ficha would refuse is not written; a dry run writes nothing', {
  timeout: 120_000,
}, () => {
  const folder = temporaryFolder();
  const cases = [
    { args: ['init'], status: 2, says: 'nobody-there' },
    { args: ['init', '--yes', '--temporal', 'nowhere'], status: 1, says: 'TEMPORAL_ADDRESS' },
    { args: ['init', '--yes', '--mode', 'holiday'], status: 2, says: 'development, production' },
  ];
  for (const { args, status, says } of cases) {
    const ran = run(folder, args);
    expect([ran.status, ran.stderr], args.join(' ')).toEqual([status, expect.stringContaining(says)]);
  }
  const dry = run(folder, ['init', '--yes', '--dry-run', ...forReal]);
  expect([dry.status, dry.stdout.includes('FICHA_MODE: production'), dry.stdout.includes('hush')]).toEqual([0, true, false]);
  expect(existsSync(join(folder, 'ficha.yaml')) || existsSync(join(folder, 'ficha.database-url'))).toBe(false);
});

test('the demo wants a yes, never empties what is no sample, and never servers of yours', { timeout: 120_000 }, () => {
  const folder = temporaryFolder();
  const home = join(folder, '.ficha');
  mkdirSync(join(home, 'postgres'), { recursive: true });
  const cases = [
    { args: ['demo'], env: {}, status: 2, says: '--yes' },
    { args: ['demo', '--yes'], env: {}, status: 1, says: 'no-sample' },
    { args: ['demo', '--yes'], env: { DATABASE_URL: 'postgres://u@db/f' }, status: 1, says: 'sample-needs-all' },
  ];
  for (const { args, env, status, says } of cases) {
    const ran = run(folder, args, env);
    expect([ran.status, ran.stderr], says).toEqual([status, expect.stringContaining(says)]);
  }
  expect(existsSync(join(home, 'postgres'))).toBe(true);
});
