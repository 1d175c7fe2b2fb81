import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ficha = fileURLToPath(new URL('../bin/ficha.cjs', import.meta.url));
const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  spawnSync(process.execPath, [ficha, ...args], { encoding: 'utf8', env: { PATH: process.env['PATH'] ?? '', ...env } });

test('every setting is explained with where its value comes from, and no secret is shown', () => {
  const { stdout } = run(['config', 'explain', '--json'], {
    FICHA_PORT: '4999',
    DATABASE_URL: 'postgres://u:hush@db/f',
    OIDC_CLIENT_SECRET: 'hush',
    FICHA_SMTP_URL: 'smtps://u:hush@mail.example',
  });
  const found = JSON.parse(stdout) as readonly {
    readonly name: string;
    readonly value: string | null;
    readonly from: string;
    readonly what: string;
  }[];
  expect(found.find(({ name }) => name === 'FICHA_PORT')).toMatchObject({ value: '4999', from: 'environment' });
  expect(found.find(({ name }) => name === 'FICHA_MODE')).toMatchObject({ value: 'development', from: 'default' });
  expect(found.filter(({ what }) => what === '')).toEqual([]);
  expect(stdout).not.toContain('hush');
});

test('a setting that is none, and settings that would not start, say so', () => {
  expect(run(['config', 'explain', 'FICHA_NOTHING'])).toMatchObject({
    status: 4,
    stderr: expect.stringContaining('unknown-setting') as unknown,
  });
  expect(run(['config', 'explain', 'FICHA_PROT']).stderr).toContain('Did you mean FICHA_PORT?');
  expect(run(['config', 'explain', 'FICHA_PORT'], { FICHA_PORT: '99999' }).stdout).toMatch(
    /FICHA_PORT = 99999 .*\n.*\n\nFicha would not start: setting-invalid: FICHA_PORT must be <= 65535/,
  );
  expect(run(['config', 'check'], { FICHA_PORT: 'many' }).status).not.toBe(0);
  expect(run(['config', 'check'])).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('ok: mode development') as unknown,
  });
});

test('bash completes commands, subcommands and options from the program itself', () => {
  const script = `eval "$('${process.execPath}' '${ficha}' completion bash)"; COMP_WORDS=(ficha request op); COMP_CWORD=2; _ficha; echo "\${COMPREPLY[@]}"; COMP_WORDS=(ficha config explain --); COMP_CWORD=3; _ficha; echo "\${COMPREPLY[@]}"`;
  const { stdout } = spawnSync('bash', ['-c', script], { encoding: 'utf8' });
  expect(stdout.trim().split('\n')).toEqual(['open', '--json --help']);
  expect(run(['completion', 'tcsh'])).toMatchObject({ status: 2 });
});
