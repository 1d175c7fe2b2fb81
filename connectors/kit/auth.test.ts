import { generateKeyPairSync, verify } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { connectorOf } from './connector.ts';
import { parseManifest } from './manifest.ts';
import { memoryShelf } from './token-shelf.ts';

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

interface Vendor {
  readonly url: string;
  readonly grants: URLSearchParams[];
  readonly headers: Readonly<Record<string, string | string[] | undefined>>[];
  accepted: string;
  refuse: boolean;
}

/** A vendor with a token endpoint, a login and one path behind them. */
async function vendor(): Promise<Vendor> {
  const made = {
    url: '',
    grants: [] as URLSearchParams[],
    headers: [] as Vendor['headers'][number][],
    accepted: 'token-1',
    refuse: false,
  };
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => {
      made.headers.push(request.headers);
      const say = (status: number, value: unknown, headers = {}): void =>
        void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));
      if (request.url === '/token') {
        if (made.refuse) return say(400, { error: 'invalid_grant', error_description: 'canary-secret' });
        made.grants.push(new URLSearchParams(body));
        made.accepted = `token-${made.grants.length}`;
        return say(200, { access_token: made.accepted, expires_in: 3600, refresh_token: `refresh-${made.grants.length}` });
      }
      if (request.url === '/login') {
        made.grants.push(new URLSearchParams(JSON.parse(body) as Record<string, string>));
        made.accepted = `token-${made.grants.length}`;
        return say(200, { key: made.accepted }, { 'set-cookie': ['sid=abc; Path=/; HttpOnly', 'lang=it'] });
      }
      const { authorization = '', 'x-session': session } = request.headers;
      const fine =
        [`Bearer ${made.accepted}`].includes(authorization) || session === made.accepted || (request.url ?? '').includes('key=');
      return say(fine ? 200 : 401, { id: 1 });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stops.push(() => {
    server.closeAllConnections();
    server.close();
  });
  made.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return made;
}

const manifest = (auth: string): string => `
name: acme
title: Acme
version: 1
vendor: { docs: https://docs.acme.example }
config: { type: object, properties: { url: { type: string } } }
secrets: [id, key, refresh, pem]
auth: ${auth}
server: { url: '{config.url}' }
check: { request: GET /me }
entities: { person: { list: { request: GET /me, page: { kind: none } }, id: id, map: {} } }
`;

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const secrets: Readonly<Record<string, string>> = {
  id: 'client-id',
  key: 'canary-secret',
  refresh: 'refresh-0',
  pem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
};

const open = (url: string, auth: string, systemId = 'mailer') =>
  connectorOf(parseManifest(manifest(auth), 'connectors/acme/manifest.yaml')).open({
    systemId,
    config: { url },
    secret: (name) => secrets[name] ?? '',
    signal: new AbortController().signal,
    now: () => new Date(),
    tokens: memoryShelf(),
  });

test('a refresh token makes one access token for 20 calls, and the replaced refresh token is used the next time', async () => {
  const made = await vendor();
  const auth =
    "{ kind: refreshToken, token: { url: '{config.url}/token', clientId: one, clientSecret: key, refreshToken: refresh } }";
  const system = open(made.url, auth);
  expect((await system.check()).ok).toBe(true);
  expect(Object.fromEntries(made.grants[0] ?? [])).toMatchObject({
    grant_type: 'refresh_token',
    refresh_token: 'refresh-0',
    client_id: 'one',
  });
  made.accepted = 'ended at the vendor';
  const answers = await Promise.all(Array.from({ length: 20 }, () => system.check()));
  expect(answers.every(({ ok }) => ok)).toBe(true);
  expect(made.grants).toHaveLength(2);
  expect(made.grants[1]?.get('refresh_token')).toBe('refresh-1');
});

test('client credentials go in the body or as basic; a refusal names the way out and no secret', async () => {
  const made = await vendor();
  const auth =
    "{ kind: clientCredentials, token: { url: '{config.url}/token', client: basic, clientId: one, clientSecret: key, scope: read } }";
  expect((await open(made.url, auth).check()).ok).toBe(true);
  expect(made.headers[0]?.['authorization']).toBe(`Basic ${Buffer.from('one:canary-secret').toString('base64')}`);
  expect(made.grants[0]?.get('scope')).toBe('read');
  made.refuse = true;
  const { ok, problems } = await open(made.url, auth).check();
  expect(ok).toBe(false);
  expect(problems[0]).toMatchObject({ code: 'credentials-refused' });
  expect(problems[0]?.say).toContain('invalid_grant');
  expect(problems[0]?.say).not.toContain('canary');
});

test('a JWT is signed by the private key, for the vendor, for three minutes', async () => {
  const made = await vendor();
  const auth =
    "{ kind: jwtBearer, token: { url: '{config.url}/token', issuer: app, subject: user, audience: https://login.example, privateKey: pem } }";
  expect((await open(made.url, auth).check()).ok).toBe(true);
  const [head = '', claims = '', signature = ''] = (made.grants[0]?.get('assertion') ?? '').split('.');
  expect(verify('sha256', Buffer.from(`${head}.${claims}`), publicKey, Buffer.from(signature, 'base64url'))).toBe(true);
  const said = JSON.parse(Buffer.from(claims, 'base64url').toString()) as {
    iss: string;
    sub: string;
    aud: string;
    iat: number;
    exp: number;
  };
  expect(said).toMatchObject({ iss: 'app', sub: 'user', aud: 'https://login.example', exp: said.iat + 180 });
});

test('a session is opened by the manifest, carries what it saved and the cookies, and is opened again once when it ends', async () => {
  const made = await vendor();
  const auth =
    "{ kind: session, login: { request: POST /login, json: { user: '{secret.id}', password: '{secret.key}' }, save: { key: key } }, carry: { x-session: '{saved.key}' } }";
  const system = open(made.url, auth);
  expect((await system.check()).ok).toBe(true);
  expect(made.grants[0]?.get('password')).toBe('canary-secret');
  expect(made.headers.at(-1)?.['cookie']).toBe('sid=abc; lang=it');
  made.accepted = 'ended at the vendor';
  await Promise.all(Array.from({ length: 5 }, () => system.check()));
  expect(made.grants).toHaveLength(2);
});

test('a key goes in the query only where the manifest says so, and a token endpoint elsewhere is never called', async () => {
  const made = await vendor();
  expect((await open(made.url, '{ kind: apiKey, secret: key, query: key }').check()).ok).toBe(true);
  const elsewhere = await vendor();
  const auth = `{ kind: clientCredentials, token: { url: '${elsewhere.url}/token', clientId: one, clientSecret: key } }`;
  expect((await open(made.url, auth).check()).problems[0]).toMatchObject({ code: 'host-not-allowed' });
  expect(elsewhere.headers).toEqual([]);
});
