import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openKeyRing } from '../platform/keys.ts';
import { writeBackup } from '../runtime/backup-file.ts';
import type { BackupLine } from '../store/backup/dump.ts';
import { temporaryFolder } from '../test/support/temporary-folder.ts';

const program = fileURLToPath(new URL('../bin/ficha.cjs', import.meta.url));

interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the program as a user would, in a folder where nothing is; `env` on top of an environment without Ficha's settings. */
async function ficha(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> {
  const bare = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('FICHA_')));
  const child = spawn(process.execPath, [program, ...args], { cwd: temporaryFolder(), env: { ...bare, ...env } });
  const texts = { out: '', err: '' };
  child.stdout.on('data', (part: Buffer) => (texts.out += part.toString()));
  child.stderr.on('data', (part: Buffer) => (texts.err += part.toString()));
  const code = await new Promise<number | null>((resolve) => {
    child.once('close', resolve);
  });
  return { code, ...texts };
}

describe('what is typed', () => {
  test('every command has a help that says what it is for', { timeout: 120_000 }, async () => {
    const { code, out } = await ficha(['--help']);
    expect([code, out.includes('Exit codes: 0 done')]).toEqual([0, true]);
    const listed = out.slice(out.indexOf('Commands:'), out.indexOf('Start here:'));
    const commands = [...listed.matchAll(/^ {2}([a-z]+) /gm)].flatMap(([, name]) => (name === 'help' ? [] : (name ?? [])));
    expect(commands.length).toBeGreaterThanOrEqual(8);
    const helps = await Promise.all(commands.map((name) => ficha([name, '--help'])));
    for (const [place, help] of helps.entries())
      expect([help.code, help.out.includes(`ficha ${commands[place]}`)], commands[place]).toEqual([0, true]);
  });
  test('a command that is not there, or lacks what it takes, is wrong usage and says the way on', async () => {
    const [unknown, misspelt, short] = await Promise.all([
      ficha(['eraze']),
      ficha(['clinet', 'find']),
      ficha(['client', 'show']),
    ]);
    for (const ran of [unknown, misspelt, short]) expect([ran.code, ran.err.includes('--help')]).toEqual([2, true]);
    expect(misspelt.err).toContain('Did you mean client?');
    expect(short.err).toContain("missing required argument 'id'");
  });
});

describe('where no Ficha runs', () => {
  test('asking says so and how to start one; the doctor says it too, and finds nothing wrong with that', async () => {
    const [asked, doctor] = await Promise.all([ficha(['client', 'find', 'garcia']), ficha(['doctor', '--json'])]);
    expect(asked.code).toBe(3);
    expect(asked.err).toMatch(/^no-server: .*npm start/);
    expect(doctor.code).toBe(0);
    const findings = JSON.parse(doctor.out) as readonly { readonly ok: boolean; readonly what: string; readonly fix?: string }[];
    expect(findings.find(({ what }) => what === 'Ficha is not running')?.fix).toContain('npm start');
    expect(findings.filter(({ ok }) => !ok)).toEqual([]);
  });
  test('an address that nobody answers, and one without a token, are told apart', async () => {
    const [silent, nameless, absurd] = await Promise.all([
      ficha(['client', 'find', 'garcia'], { FICHA_URL: 'http://127.0.0.1:9', FICHA_TOKEN: 'x' }),
      ficha(['client', 'find', 'garcia'], { FICHA_URL: 'http://127.0.0.1:9' }),
      ficha(['client', 'find', 'garcia'], { FICHA_URL: 'nonsense', FICHA_TOKEN: 'x' }),
    ]);
    expect([absurd.code, absurd.err]).toEqual([
      3,
      'setting-invalid: FICHA_URL must be an address such as http://127.0.0.1:4680\n',
    ]);
    expect([silent.code, silent.err.includes('does not answer')]).toEqual([3, true]);
    expect([nameless.code, nameless.err.includes('FICHA_TOKEN')]).toEqual([3, true]);
  });
});

describe('where one runs', () => {
  let server: Server;
  let url: string;
  const asked: { readonly path: string; readonly token: string }[] = [];

  /** Answers as the two APIs word it: the CLI is what is tested here, they have tests of their own. */
  beforeAll(async () => {
    server = createServer((request, response) => {
      asked.push({ path: request.url ?? '', token: request.headers.authorization ?? '' });
      const json = (status: number, body: object) => response.writeHead(status).end(JSON.stringify(body));
      if (request.url === '/graphql') return json(200, { data: { clients: { edges: [] } } });
      if (request.url === '/ready') return json(503, { postgres: 'ready', temporal: 'not ready' });
      return json(403, { code: 'not-allowed', message: 'not-allowed: your role may not record-consent' });
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // it listens on TCP
  });
  afterAll(() => server.close());

  test('finding nobody, being refused, and a part that is not ready each have their exit code', async () => {
    const env = { FICHA_URL: url, FICHA_TOKEN: 'a-token' };
    const [nobody, refused, doctor, unproven] = await Promise.all([
      ficha(['client', 'find', 'zzz', '--json'], env),
      ficha(['consent', 'record', '01890000-0000-7000-8000-000000000000', 'denied'], env),
      ficha(['doctor'], env),
      ficha(['consent', 'record', '01890000-0000-7000-8000-000000000000', 'granted'], env),
    ]);
    expect([unproven.code, unproven.err.startsWith('text-missing: a yes needs --text-version')]).toEqual([2, true]);
    expect([nobody.code, JSON.parse(nobody.out)]).toEqual([4, []]);
    expect([refused.code, refused.err]).toEqual([1, 'not-allowed: your role may not record-consent\n']);
    expect(doctor.code).toBe(1);
    expect(doctor.out).toMatch(/ok {4}postgres: ready/);
    expect(doctor.out).toMatch(/wrong temporal: not ready\n +fix: /);
  });

  test('the folder that `ficha up` keeps says where to ask and with which token', async () => {
    const home = temporaryFolder();
    mkdirSync(join(home, 'tokens'));
    writeFileSync(join(home, 'address'), `${url}\n`);
    writeFileSync(join(home, 'tokens', 'front-office'), 'kept-token\n');
    asked.length = 0;
    expect((await ficha(['client', 'find', 'zzz'], { FICHA_HOME: home })).code).toBe(4);
    expect(asked).toEqual([{ path: '/graphql', token: 'Bearer kept-token' }]);
  });
});

describe('a file that cannot be read', () => {
  const away = [
    'consent exclude away.csv',
    'connector discover away.yaml',
    'request verify away.json',
    'audit verify away.jsonl',
  ];
  const url = { FICHA_URL: 'http://127.0.0.1:9', FICHA_TOKEN: 'x' };

  test.each(away)('ficha %s says so in one line', async (line) => {
    const { code, out, err } = await ficha(line.split(' '), url);
    expect([out, err.trimEnd().split('\n').length]).toEqual(['', 1]);
    expect(err).toMatch(/^file-unreadable: \S*away\S*/);
    expect(code).toBeGreaterThan(0);
  });
  test('a link file that is no YAML, and one that links nothing, are told with the way out', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'broken.yaml'), 'id: [erp\n');
    writeFileSync(join(folder, 'other.yaml'), 'id: erp\nconector: odoo\n');
    const [broken, other] = await Promise.all(
      ['broken.yaml', 'other.yaml'].map((name) => ficha(['connector', 'discover', join(folder, name)])),
    );
    expect([broken?.code, broken?.err]).toEqual([2, expect.stringMatching(/^not-yaml: .*broken\.yaml .*line \d/)]);
    expect([other?.code, other?.err]).toEqual([2, expect.stringContaining('Did you mean "connector"')]);
  });
});

describe('a dry run', () => {
  test('of a list reads it, names the lines that hold no address, and asks no server', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'robinson.csv');
    writeFileSync(file, `e-mail\nana@example.org\n${'x'.repeat(400)}\n`);
    const { code, out } = await ficha(['consent', 'exclude', file, '--dry-run', '--json'], {
      FICHA_URL: 'http://127.0.0.1:9',
      FICHA_TOKEN: 'x',
    });
    expect([code, JSON.parse(out)]).toEqual([1, { listed: 1, known: 0, unreadableLines: [3], dryRun: true }]);
  });
  test('of a link checks the file and asks the account', async () => {
    const folder = temporaryFolder();
    const book = join(folder, 'leads.csv');
    writeFileSync(book, 'nombre,correo\nAna,ana@example.org\n');
    const link = (path: string): string => {
      const file = join(folder, 'link.yaml');
      writeFileSync(file, `id: sheet\ntitle: Leads\nconnector: spreadsheet\nconfig: { path: ${path} }\n`);
      return file;
    };
    const there = await ficha(['system', 'link', link(book), '--dry-run']);
    expect([there.code, there.out]).toEqual([0, expect.stringContaining('It would be linked')]);
    const away = await ficha(['system', 'link', link(join(folder, 'none.csv')), '--dry-run']);
    expect(away.code).toBe(1);
    expect(`${away.out}${away.err}`).toContain('file-missing');
  });
  test('of a restore opens the backup with this key and changes nothing', async () => {
    const home = temporaryFolder();
    const file = join(temporaryFolder(), 'b.backup');
    const keys = openKeyRing({ home });
    async function* lines(): AsyncGenerator<BackupLine> {
      yield { kind: 'head', version: 1, scope: 'all', migrations: [], at: '2026-11-29T10:00:00.000Z' };
      yield { kind: 'rows', table: 'client', rows: [{}, {}] };
      yield { kind: 'end', rows: 2 };
    }
    await writeBackup(file, keys, lines());
    const whole = await ficha(['restore', file, '--dry-run'], { FICHA_HOME: home });
    expect([whole.code, whole.out]).toEqual([0, 'Whole: 2 rows, made 2026-11-29 10:00 UTC. Nothing was restored.\n']);
    const foreign = await ficha(['restore', file, '--dry-run'], { FICHA_HOME: temporaryFolder() });
    expect([foreign.code, foreign.err]).toEqual([1, expect.stringContaining('key-unknown')]);
  });
});

test('a backup writes over no file that is there unless somebody says so', async () => {
  const file = join(temporaryFolder(), 'monday.backup');
  writeFileSync(file, 'the backup of Monday');
  const refused = await ficha(['backup', file], { FICHA_HOME: temporaryFolder() });
  expect([refused.code, refused.err]).toEqual([2, expect.stringContaining('not-confirmed')]);
  expect(readFileSync(file, 'utf8')).toBe('the backup of Monday');
});
