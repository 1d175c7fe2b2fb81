import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { temporaryFolder } from '../test/support/temporary-folder.ts';

const program = fileURLToPath(new URL('../bin/ficha.cjs', import.meta.url));
const client = '01890000-0000-7000-8000-000000000001';
const folder = temporaryFolder();
let server: Server;
let url: string;
const asked: { readonly line: string; readonly type: string; readonly body: string }[] = [];

const answers: Readonly<Record<string, object | string>> = {
  [`GET /v1/consent-receipts/${client}`]: {
    schema_version: 'ISO/IEC TS 27560:2023',
    pii_processing: [
      {
        purpose: 'News',
        channel: 'email',
        events: [{ event_time: '2026-05-01', event_state: 'dpv:ConsentGiven', method: 'letter' }],
      },
    ],
  },
  [`GET /v1/consent-told/${client}`]: {
    told: [
      {
        linkedSystemId: 'mailer',
        purpose: 'news',
        channel: 'email',
        told: 'stop',
        since: '2026-05-02',
        answer: 'refused',
        detail: 'silently-ignored',
        readBackAt: null,
      },
    ],
  },
  'GET /v1/consent-drift': { drift: [] },
  'GET /v1/processing-record': {
    purposes: [{ purpose: 'news', legalBasis: 'consent', people: 3 }],
    recipients: [
      {
        linkedSystemId: 'mailer',
        regions: ['eu'],
        transferBasis: null,
        categories: ['contact'],
        special: [{ category: 'health' }],
      },
    ],
  },
  'GET /v1/processing-record?as=page&language=it': '<h1>Registro</h1>',
  'GET /v1/retention': {
    proposals: [{ taskId: 't-1', clientId: client, category: 'prospect', action: 'erase', lastHeardAt: '2022-01-02T00:00:00Z' }],
  },
  'POST /v1/retention': { taskId: 't-1', answer: 'erase', requestId: 'r-1' },
  'POST /v1/mail-reports': { found: 1, listed: 1 },
  'GET /v1/consent-tasks': {
    tasks: [
      {
        taskId: 't-2',
        reason: 'suppression-refused',
        clientId: client,
        linkedSystemId: 'mailer',
        purpose: 'marketing',
        channel: 'email',
        openedAt: '2026-03-01T00:00:00Z',
      },
    ],
  },
  'POST /v1/consent-tasks': { taskId: 't-2' },
};
const pages = [
  { allowed: [{ address: 'ana@example.org', clientIds: [client] }], leftOut: 2, next: 'ana@example.org' },
  { allowed: [{ address: 'luis@example.org', clientIds: ['c-2', 'c-3'] }], leftOut: 1, next: null },
];

/** Answers as the command API words it; the routes have tests of their own. */
beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const line = `${request.method ?? ''} ${request.url ?? ''}`;
      const body = Buffer.concat(chunks).toString('latin1');
      asked.push({ line, type: request.headers['content-type'] ?? '', body });
      const answer = line === 'POST /v1/audiences' ? pages[body.includes('"after"') ? 1 : 0] : answers[line];
      response
        .writeHead(answer === undefined ? 404 : 200)
        .end(typeof answer === 'string' ? answer : JSON.stringify(answer ?? {}));
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // it listens on TCP
});
afterAll(() => server.close());

async function ficha(...args: readonly string[]) {
  const bare = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('FICHA_')));
  const env = { ...bare, FICHA_URL: url, FICHA_TOKEN: 'a-token' };
  const child = spawn(process.execPath, [program, 'consent', ...args], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const texts = { out: '', err: '' };
  child.stdout.on('data', (part: Buffer) => (texts.out += part.toString()));
  child.stderr.on('data', (part: Buffer) => (texts.err += part.toString()));
  const code = await new Promise<number | null>((resolve) => {
    child.once('close', resolve);
  });
  return { code, ...texts };
}

test('what an auditor asks for is printed, with --json as the route says it; finding nothing has its exit code', async () => {
  const [receipt, told, drift, record, json] = await Promise.all([
    ficha('receipt', client),
    ficha('told', client),
    ficha('drift'),
    ficha('processing'),
    ficha('receipt', client, '--json'),
  ]);
  expect(receipt.out).toMatch(/2026-05-01 +News +email +dpv:ConsentGiven +letter/);
  expect(told.out).toMatch(/mailer +stop +news\/email +refused \(silently-ignored\) +not read back/);
  expect([drift.code, drift.out]).toEqual([4, 'Every system obeyed.\n']);
  expect(record.out).toMatch(/mailer +eu +no +contact, health/);
  expect(JSON.parse(json.out)).toEqual(answers[`GET /v1/consent-receipts/${client}`]);
});

test('the record of processing becomes a page in the language asked for, and in no other than those it is written in', async () => {
  expect(await ficha('processing', '--page', 'record.html', '--language', 'it')).toMatchObject({ code: 0 });
  expect(readFileSync(join(folder, 'record.html'), 'utf8')).toBe('<h1>Registro</h1>');
  expect(await ficha('processing', '--page', '-', '--language', 'de')).toMatchObject({ code: 2 });
});

test('who is kept for too long is listed; an erasure is confirmed first, keeping needs a reason', async () => {
  expect((await ficha('retention', 'list')).out).toMatch(/t-1 +2022-01-02 +prospect +erase/);
  asked.length = 0;
  expect(await ficha('retention', 'erase', 't-1')).toMatchObject({ code: 2 });
  expect(await ficha('retention', 'keep', 't-1')).toMatchObject({ code: 2 });
  expect(asked).toEqual([]);
  expect((await ficha('retention', 'erase', 't-1', '--yes')).out).toContain('ficha request show r-1');
});

test('an audience is written page by page to its end', async () => {
  const { code, out } = await ficha('audience', '--out', 'audience.csv');
  expect([code, out]).toEqual([0, '2 written to audience.csv; 3 may not be contacted.\n']);
  expect(readFileSync(join(folder, 'audience.csv'), 'utf8')).toBe(
    `address,clients\n"ana@example.org",${client}\n"luis@example.org",c-2 c-3\n`,
  );
});

test('messages of the bounce mailbox go as they came, whatever their encoding', async () => {
  const bytes = Buffer.from('Subject: d\u00e9livr\u00e9\r\n\r\nno', 'latin1');
  writeFileSync(join(folder, 'bounce.eml'), bytes);
  asked.length = 0;
  expect((await ficha('mail-report', 'bounce.eml', 'bounce.eml')).out).toBe('2 messages: 2 addresses named, 2 newly listed.\n');
  expect((await ficha('mail-report', 'bounce.eml')).out).toBe('1 message: 1 address named, 1 newly listed.\n');
  expect(asked[0]).toEqual({ line: 'POST /v1/mail-reports', type: 'message/rfc822', body: bytes.toString('latin1') });
});

test('what a system does not take is listed, told again, or settled with proof', async () => {
  expect((await ficha('tasks', 'list')).out).toMatch(/t-2 +2026-03-01 +suppression-refused +mailer +marketing\/email/);
  asked.length = 0;
  expect((await ficha('tasks', 'look-again', 't-2')).out).toBe('The system is being told again.\n');
  expect((await ficha('tasks', 'done', 't-2')).code).toBe(2);
  expect((await ficha('tasks', 'done', 't-2', '--evidence', 'ticket 4711')).out).toBe('Settled.\n');
  expect(asked.map(({ body }) => JSON.parse(body) as unknown)).toEqual([
    { taskId: 't-2', answer: 'look-again' },
    { taskId: 't-2', answer: 'done', evidence: 'ticket 4711' },
  ]);
});
