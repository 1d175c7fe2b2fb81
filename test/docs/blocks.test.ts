import { spawn } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadSettings } from '../../platform/settings.ts';
import { runMainJob } from '../../runtime/main-job.ts';
import { startSample } from '../../runtime/sample.ts';
import { collectStops } from '../../runtime/stops.ts';
import { openWorkspace } from '../../runtime/workspace.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { type Block, blocksOf, pages } from './markdown.ts';

/**
 * Follows the pages: what stands in a block of `sh` is run in a shell, beside the sample workspace, as a reader would type it; GraphQL is
 * asked. A block that cannot be run says why behind its language (`sh not-run: ...`).
 */
const ficha = fileURLToPath(new URL('../../bin/ficha.cjs', import.meta.url));
const files = fileURLToPath(new URL('files', import.meta.url));
const stops = collectStops();
let env: Readonly<Record<string, string>>;
let places: readonly (readonly [RegExp, string])[];

async function ask(url: string, token: string, query: string): Promise<{ readonly data?: unknown; readonly errors?: unknown }> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query }),
  });
  return (await response.json()) as { readonly data?: unknown; readonly errors?: unknown };
}

interface Edges<Node> {
  readonly edges: readonly { readonly node: Node }[];
}

let url: string;
let tokens: Readonly<Record<string, string>>;

beforeAll(async () => {
  const folder = temporaryFolder();
  chmodSync(folder, 0o711); // as root PostgreSQL runs as another user, who must be able to enter
  const home = join(folder, 'ficha');
  mkdirSync(home);
  const workspace = await openWorkspace({
    settings: loadSettings({ FICHA_HOME: home, FICHA_PORT: '4780' }),
    parts: ['worker', 'api'],
    say: () => {},
  });
  stops.add(() => workspace.stop());
  if (workspace.tokens === undefined) throw new Error('the workspace of a test has tokens');
  ({ url, tokens } = { url: workspace.url, tokens: workspace.tokens });
  const sample = await startSample(home, () => {});
  stops.add(() => sample.stop());
  await runMainJob({ url, tokens: workspace.tokens }, sample, () => {});

  const found = await ask(
    url,
    tokens['front-office'] ?? '',
    '{ clients(search: "navarro", first: 9) { edges { node { id emails } } } }',
  );
  const { clients } = found.data as { readonly clients: Edges<{ readonly id: string; readonly emails: readonly string[] }> };
  const asked = await ask(url, tokens['dpo'] ?? '', '{ privacyRequests(first: 5) { edges { node { id type } } } }');
  const { privacyRequests } = asked.data as { readonly privacyRequests: Edges<{ readonly id: string; readonly type: string }> };
  const candidates = clients.edges.flatMap(({ node: { id, emails } }) => emails.slice(0, 1).map((address) => ({ id, address })));
  const client = candidates[0]?.id ?? '';
  // what one page notes of a client must not stand in the way of another page, and a shared mailbox is nobody's
  const gate = await fetch(`${url}/v1/contactable`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${tokens['front-office'] ?? ''}` },
    body: JSON.stringify({
      purpose: 'service',
      channel: 'email',
      consent: 'not-needed',
      recipients: candidates.map(({ id, address }) => ({ address, clientId: id })),
    }),
  });
  const { answers } = (await gate.json()) as { readonly answers: readonly { readonly allowed: boolean }[] };
  const addressee = candidates.find(({ id }, place) => id !== client && answers[place]?.allowed)?.id ?? '';
  const erasure = privacyRequests.edges.find(({ node }) => node.type === 'erasure')?.node.id ?? '';
  const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
  places = [
    [/<client-id>/g, client],
    [/CLIENT-ID/g, addressee],
    [/<request-id>/g, erasure],
    [new RegExp(`(?<=request \\w+ )${uuid}`, 'g'), erasure],
  ];
  env = { FICHA_HOME: home, FICHA_URL: url, TOKEN: tokens['analyst'] ?? '', PATH: process.env['PATH'] ?? '', HOME: folder };
}, 300_000);
afterAll(() => stops.stop(), 60_000);

/** `ficha`, `npx ficha` and `npm run -s ficha --` all mean this checkout's; to find nothing (4) is an answer. */
const prelude = `set -e
ficha() { '${process.execPath}' '${ficha}' "$@" || [ $? = 4 ]; }
npx() { [ "$1" = ficha ] || return 1; shift; ficha "$@"; }
npm() { [ "$1 $2 $3 $4" = 'run -s ficha --' ] || return 1; shift 4; ficha "$@"; }
`;

/** Files that a page shows before its commands: a block of YAML whose first line is their name in a comment. */
const filesOn = (page: string): readonly (readonly [name: string, text: string])[] =>
  blocksOf(page).flatMap(({ language, text }) => {
    const name = language === 'yaml' ? /^# ([a-z-]+\.yaml)\b/.exec(text)?.[1] : undefined;
    return name === undefined ? [] : [[name, text] as const];
  });

async function shell(text: string, page: string): Promise<{ readonly code: number | null; readonly said: string }> {
  const cwd = temporaryFolder();
  for (const name of readdirSync(files)) copyFileSync(join(files, name), join(cwd, name));
  for (const [name, written] of filesOn(page)) writeFileSync(join(cwd, name), written);
  const child = spawn('bash', ['-c', prelude + text], { cwd, env: { ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => (said += part.toString()));
  const code = await new Promise<number | null>((resolve) => {
    child.once('close', resolve);
  });
  return { code, said };
}

const blocks = pages().flatMap((page) => blocksOf(page));
const named = ({ page, line }: Block): string => `${page}:${line}`;
const runnable = blocks.filter(({ language, info }) => language === 'sh' && !info.startsWith('not-run:'));
/** Commands that a page shows with what they print: `$ npm run ...`. */
const sessions = blocks
  .filter(({ language }) => language === '')
  .flatMap((block) => [...block.text.matchAll(/^\$ (.*)$/gm)].map(([, text = '']) => ({ ...block, text })));

describe('what the pages tell a reader to type', () => {
  test('is there, and what is left out says why', () => {
    expect(runnable.length).toBeGreaterThan(10);
    expect(sessions.length).toBeGreaterThanOrEqual(3);
    expect(existsSync(files)).toBe(true);
    const left = blocks.filter(({ language, info }) => language === 'sh' && info.startsWith('not-run:'));
    expect(left.filter(({ info }) => info.length < 25).map(named)).toEqual([]);
  });
  test.each([...runnable, ...sessions].map((block) => [named(block), block] as const))(
    '%s',
    { timeout: 240_000 },
    async (_, { text, page }) => {
      const filled = places.reduce((line, [place, value]) => line.replaceAll(place, value), text);
      const { code, said } = await shell(filled, page);
      expect(code, said).toBe(0);
    },
  );
  test.each(blocks.filter(({ language }) => language === 'graphql').map((block) => [named(block), block] as const))(
    '%s is answered',
    async (_, { text, page }) => {
      const role = page.includes('metrics') ? 'analyst' : 'front-office';
      expect((await ask(url, tokens[role] ?? '', text)).errors).toBeUndefined();
    },
  );
});
