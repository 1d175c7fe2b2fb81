import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import type { ErrorFilter, RateLimit } from '../../schemas/types.ts';
import { budgetRules } from './budget-rules.ts';
import type { CredentialSource } from './credentials.ts';
import type { Call, Send } from './hooks.ts';
import { createSend } from './http-client.ts';
import { createLimiter } from './limiter.ts';

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

async function serve(handler: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stops.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

interface Settings {
  readonly errors?: readonly ErrorFilter[];
  readonly limits?: readonly RateLimit[];
  readonly patterns?: readonly string[];
  readonly signal?: AbortSignal;
  readonly credentials?: CredentialSource;
}

const sendTo = (
  url: string,
  { errors = [], limits = [], patterns = [], signal = new AbortController().signal, credentials }: Settings = {},
): Send =>
  createSend({
    systemId: 'mailer',
    hosts: { base: new URL(url), patterns },
    headers: {},
    timeoutMs: 300,
    maxBytes: 10_000,
    limits,
    errors,
    limiter: createLimiter(budgetRules(limits, {})),
    signal,
    credentials: credentials ?? (() => Promise.resolve({ headers: { authorization: 'Bearer canary-token' } })),
  });

const get: Call = { method: 'GET', path: '/people/ana@example.test?token=x' };

test('a redirect or a next-link to another host is refused, and the token never gets there', async () => {
  const stolen: unknown[] = [];
  const elsewhere = await serve(({ headers }, response) => {
    stolen.push(headers);
    response.end('{}');
  });
  const url = await serve((_, response) => {
    response.writeHead(302, { location: `${elsewhere}/steal` });
    response.end();
  });
  await expect(sendTo(url)(get)).rejects.toMatchObject({ code: 'host-not-allowed', retry: 'never' });
  for (const path of [
    `${elsewhere}/next`,
    `//${new URL(elsewhere).host}/next`,
    'ftp://127.0.0.1/x',
    `http://user@${new URL(url).host}/x`,
  ]) {
    await expect(sendTo(url)({ ...get, path })).rejects.toMatchObject({ code: 'host-not-allowed' });
  }
  expect(stolen).toEqual([]);
});

test('a redirect on the same host is followed by a reading call and refused to a writing one', async () => {
  const url = await serve(({ url: path }, response) => {
    if (path === '/there') return response.end('{"ok":true}');
    response.writeHead(307, { location: '/there' });
    return response.end();
  });
  expect((await sendTo(url)({ method: 'GET', path: '/here' })).body).toEqual({ ok: true });
  await expect(sendTo(url)({ method: 'POST', path: '/here', json: {} })).rejects.toMatchObject({ code: 'redirect-refused' });
});

test('a body that is too large, too deep or endless is cut off, and the worker lives', async () => {
  const url = await serve(({ url: path = '' }, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    if (path === '/deep') response.end(`${'['.repeat(9_000)}1`);
    if (path === '/large') {
      const timer = setInterval(() => response.write('x'.repeat(5_000)), 1);
      response.on('close', () => clearInterval(timer));
    }
    if (path === '/drip') {
      const timer = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(timer));
    }
  });
  const send = sendTo(url);
  await expect(send({ method: 'GET', path: '/large' })).rejects.toMatchObject({ code: 'answer-too-large' });
  await expect(send({ method: 'GET', path: '/deep' })).rejects.toMatchObject({ code: 'answer-too-deep' });
  await expect(send({ method: 'POST', path: '/drip' })).rejects.toMatchObject({ code: 'outcome-unknown', retry: 'later' });
});

test('a reading call is tried again; a writing one whose outcome is not known is not', async () => {
  const calls: string[] = [];
  const url = await serve(({ method = '', socket }, response) => {
    calls.push(method);
    if (calls.length === 1) socket.destroy();
    else if (method === 'GET' && calls.length === 2) response.writeHead(503).end();
    else response.writeHead(method === 'GET' ? 200 : 500, { 'content-type': 'application/json' }).end('{"fine":1}');
  });
  expect((await sendTo(url)(get)).body).toEqual({ fine: 1 });
  expect(calls).toEqual(['GET', 'GET', 'GET']);
  await expect(sendTo(url)({ method: 'DELETE', path: '/x' })).rejects.toMatchObject({ code: 'outcome-unknown' });
  expect(calls).toHaveLength(4);
});

test('429 waits as the system asks, also for a writing call; a longer wait is left to the schedule', async () => {
  const times: number[] = [];
  let asked = '200';
  const url = await serve((_, response) => {
    times.push(Date.now());
    if (times.length === 1 || asked === '90000') response.writeHead(429, { 'x-wait': asked }).end();
    else response.end('{}');
  });
  const send = sendTo(url, { limits: [{ signal: { status: 429, header: 'X-Wait', unit: 'ms' } }] });
  expect((await send({ method: 'POST', path: '/x' })).status).toBe(200);
  expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(190);
  asked = '90000';
  await expect(send({ method: 'POST', path: '/x' })).rejects.toMatchObject({ code: 'rate-limited', retry: 'later' });
  expect(times).toHaveLength(3);
});

test('an ended session is renewed once, by one of many calls', async () => {
  const stales: (string | undefined)[] = [];
  const url = await serve(({ headers }, response) => response.writeHead(headers['authorization'] === 'new' ? 200 : 401).end());
  const send = sendTo(url, {
    credentials: (_, stale) => {
      stales.push(stale);
      const mark = stale === undefined ? 'old' : 'new';
      return Promise.resolve({ headers: { authorization: mark }, mark });
    },
  });
  expect((await send(get)).status).toBe(200);
  expect(stales).toEqual([undefined, 'old']);
  await expect(sendTo(url, { credentials: () => Promise.resolve({ headers: {} }) })(get)).rejects.toMatchObject({
    code: 'credentials-refused',
    retry: 'never',
  });
});

test('error filters decide before what is usual: a 200 that carries an error, a 500 that means absent', async () => {
  const url = await serve(({ url: path }, response) => {
    const error = path === '/gone' ? 'no such record' : 'quota used up';
    response.writeHead(path === '/gone' ? 500 : 200, { 'content-type': 'application/json' }).end(JSON.stringify({ error }));
  });
  const errors: ErrorFilter[] = [
    { path: 'error', equals: 'no such record', action: 'absent' },
    { path: 'error', includes: 'quota', action: 'fail', code: 'quota-used-up', say: 'ask for more' },
  ];
  expect((await sendTo(url, { errors })({ method: 'GET', path: '/gone' })).status).toBe(404);
  await expect(sendTo(url, { errors })(get)).rejects.toMatchObject({ code: 'quota-used-up' });
});

test('no address, body or credential is in an error', async () => {
  const url = await serve((_, response) => response.writeHead(400).end('{"email":"ana@example.test"}'));
  const error: unknown = await sendTo(url)(get).catch((caught: unknown) => caught);
  expect(String(error)).toContain('mailer: GET answered 400');
  expect(String(error)).not.toMatch(/ana@|token|canary|127\.0\.0\.1/);
});

test('never more calls in a window than allowed', async () => {
  const starts: number[] = [];
  const limiter = createLimiter(budgetRules([{ window: '20/10s' }, { window: '{config.perSecond}/1s' }], { perSecond: 5 }));
  const signal = new AbortController().signal;
  await Promise.all(
    Array.from({ length: 15 }, async () => {
      const release = await limiter.take(signal, get);
      starts.push(performance.now());
      release();
    }),
  );
  for (const start of starts)
    expect(starts.filter((other) => other >= start && other < start + 1_000).length).toBeLessThanOrEqual(5);
});
