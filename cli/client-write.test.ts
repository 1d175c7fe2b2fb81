import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTokenIssuer } from '../platform/token.ts';
import { sql } from '../store/database.ts';
import { type ConsoleScene, consoleScene } from '../test/support/console-scene.ts';
import { testKeyRing } from '../test/support/keys.ts';
import { people } from '../test/support/read-people.ts';

const program = fileURLToPath(new URL('../bin/ficha.cjs', import.meta.url));
let scene: ConsoleScene;
let token: string;
beforeAll(async () => {
  scene = await consoleScene();
  token = await createTokenIssuer(testKeyRing())({ subject: 'somebody', roles: ['front-office'] }, 600);
});
afterAll(() => scene.stop());

/** Writes to Ana as a script would: the message on the standard input, nobody at a terminal. */
async function write(...options: readonly string[]) {
  const args = [program, 'client', 'write', people.ana, '--subject', 'Your order', '--text', '-', ...options];
  const env = { PATH: process.env['PATH'], FICHA_URL: scene.url, FICHA_TOKEN: token };
  const child = spawn(process.execPath, args, { env });
  child.stdin.end('It leaves tomorrow.');
  const texts = { out: '', err: '' };
  child.stdout.on('data', (part: Buffer) => (texts.out += part.toString()));
  child.stderr.on('data', (part: Buffer) => (texts.err += part.toString()));
  const code = await new Promise<number | null>((resolve) => {
    child.once('close', resolve);
  });
  return { code, ...texts };
}

test('a dry run says what the gate says, and its exit code says it to scripts', { timeout: 60_000 }, async () => {
  const service = await write('--dry-run', '--json');
  expect([service.code, JSON.parse(service.out)]).toEqual([0, { allowed: true, reason: 'not-needed', dryRun: true }]);
  const advert = await write('--dry-run', '--purpose', 'marketing');
  expect([advert.code, advert.out]).toEqual([4, 'It would not be sent: denied\n']);
});

test('without --yes a script sends nothing; an address of nobody is refused; what stops it is said', {
  timeout: 60_000,
}, async () => {
  const unasked = await write();
  expect([unasked.code, unasked.err]).toEqual([2, expect.stringContaining('say --yes')]);
  const elsewhere = await write('--yes', '--to', 'somebody@elsewhere.example');
  expect([elsewhere.code, elsewhere.err]).toEqual([1, expect.stringMatching(/^may-not-write: .*of-another-client/)]);
  const unsent = await write('--yes');
  expect([unsent.code, unsent.err]).toEqual([1, expect.stringMatching(/^no-mail-server: .*FICHA_SMTP_URL/)]);
  const { rows } = await scene.database.worker.query(sql`select 1 from sent_message`);
  expect(rows).toEqual([]);
});
