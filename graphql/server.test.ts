import { UnsecuredJWT, SignJWT } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { keyRingOf } from '../platform/keys.ts';
import { createTokenIssuer } from '../platform/token.ts';
import { sql } from '../store/database.ts';
import { people, seedPeople } from '../test/support/read-people.ts';
import { type ReadScene, readScene } from '../test/support/read-scene.ts';
import { schema } from './schema.ts';

let scene: ReadScene;
beforeAll(async () => {
  scene = await readScene();
  await seedPeople(scene.database.worker);
});
afterAll(() => scene.stop());

const question = JSON.stringify({ query: '{ client(id: "' + people.ana + '") { name } }' });

test('the schema has queries and nothing that writes or pushes', () => {
  expect(schema.getMutationType()).toBeFalsy();
  expect(schema.getSubscriptionType()).toBeFalsy();
  expect(schema.getQueryType()).toBeTruthy();
});

const none = new UnsecuredJWT({ roles: ['dpo'] })
  .setSubject('x')
  .setIssuer('urn:ficha:local')
  .setAudience('ficha')
  .setExpirationTime('1h')
  .encode();
const forged = () => createTokenIssuer(keyRingOf([Buffer.alloc(32, 9)]))({ subject: 'x', roles: ['dpo'] }, 600);
const shared = (claims: { readonly iss: string; readonly aud: string }) =>
  new SignJWT({ roles: ['dpo'] })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject('x')
    .setIssuer(claims.iss)
    .setAudience(claims.aud)
    .setExpirationTime('1h')
    .sign(Buffer.alloc(32, 7));

test.each([
  ['missing', () => undefined],
  ['malformed', () => 'not.a.token'],
  ['expired', () => scene.token('dpo', -3600)],
  ['forged', forged],
  ['of alg none', () => none],
  ['signed with a shared secret', () => shared({ iss: 'urn:ficha:local', aud: 'ficha' })],
  ['of another issuer', () => shared({ iss: 'https://evil.example', aud: 'ficha' })],
  ['for another audience', () => shared({ iss: 'urn:ficha:local', aud: 'other' })],
])('a token that is %s opens nothing: 401, and no look is logged', async (_name, make) => {
  const token = await make();
  const before = await looks();
  const answer = await scene.send(question, token === undefined ? {} : { authorization: `Bearer ${token}` });
  expect(answer.status).toBe(401);
  expect(answer.data).toBeUndefined();
  expect(answer.text).not.toContain('Ana');
  expect(await looks()).toBe(before);
});

test('a token whose roles Ficha does not know reads nothing', async () => {
  const answer = await scene.ask(['admin', 'root'], `{ client(id: "${people.ana}") { name } }`);
  expect(answer.data?.['client'] ?? null).toBeNull();
  expect(answer.errors?.[0]?.extensions?.['code']).toBe('not-allowed');
});

test('batches, other methods than GET and POST, multipart and form bodies are refused', async () => {
  const authorization = `Bearer ${await scene.token('dpo')}`;
  const batch = await scene.send(`[${question},${question}]`, { authorization });
  expect(batch.status).toBeGreaterThanOrEqual(400);
  expect(batch.text).not.toContain('Ana');
  for (const method of ['PUT', 'DELETE', 'PATCH']) {
    const answer = await scene.send(question, { authorization }, method);
    expect(answer.status, method).toBeGreaterThanOrEqual(400);
  }
  for (const type of ['multipart/form-data; boundary=x', 'application/x-www-form-urlencoded', 'text/plain']) {
    const answer = await scene.send(question, { authorization, 'content-type': type });
    expect(answer.status, type).toBeGreaterThanOrEqual(400);
    expect(answer.text, type).not.toContain('Ana');
  }
});

test('a mutation is no operation of this schema', async () => {
  const answer = await scene.ask('dpo', 'mutation { erase }');
  expect(answer.errors?.length).toBeGreaterThan(0);
  expect(answer.data ?? null).toBeNull();
});

test.each([
  ['direct', question, 200],
  ['executed', JSON.stringify({ query: `{ overview { people } client(id: "${people.ana}") { name } }` }), 200],
  ['refused field by field', JSON.stringify({ query: `{ client(id: "${people.ana}") { notes } }` }), 200],
  ['refused', '{', 400],
  ['without a token', undefined, 401],
])('no cache may keep an answer about people: %s', async (_how, body, status) => {
  const authorization = body === undefined ? {} : { authorization: `Bearer ${await scene.token('dpo')}` };
  const headers = { 'content-type': 'application/json', ...authorization };
  const response = await fetch(scene.url, { method: 'POST', headers, body: body ?? question });
  expect(response.status).toBe(status);
  expect(response.headers.get('cache-control')).toBe('no-store');
  for (const name of ['etag', 'last-modified', 'expires', 'age']) expect(response.headers.get(name), name).toBeNull();
});

test('the role that reads cannot write, and its statements end after ten seconds', async () => {
  await expect(scene.database.reader.query(sql`update client set display_name = 'x'`)).rejects.toMatchObject({
    code: expect.stringMatching(/^database-(read-only|forbidden)$/),
  });
  const { rows } = await scene.database.reader.query<Record<string, string>>(sql`
    select current_user as who, current_setting('default_transaction_read_only') as "readOnly", current_setting('statement_timeout') as longest`);
  expect(rows).toEqual([{ who: 'ficha_reader', readOnly: 'on', longest: '10s' }]);
  const accessor = await scene.database.accessor.query(sql`select current_setting('statement_timeout') as longest`);
  expect(accessor.rows).toEqual([{ longest: '10s' }]);
  const worker = await scene.database.worker.query(sql`select current_setting('statement_timeout') as longest`);
  expect(worker.rows).toEqual([{ longest: '1min' }]);
});

test('development shows GraphiQL without a token, production does not; neither answers a query without one', async () => {
  const production = await scene.send(undefined, { accept: 'text/html' }, 'GET');
  expect(production.status).toBe(401);
  const development = await readScene({ development: true });
  try {
    const page = await development.send(undefined, { accept: 'text/html' }, 'GET');
    expect(page.status).toBe(200);
    expect(page.text).toContain('<!doctype html>');
    const query = `?query=${encodeURIComponent('{ overview { people } }')}`;
    const asked = await fetch(`${development.url}${query}`, { headers: { accept: 'text/html' } });
    expect(await asked.text()).not.toContain('"people":');
    expect((await development.send(question)).status).toBe(401);
  } finally {
    await development.stop();
  }
});

const looks = async (): Promise<number> => {
  const { rows } = await scene.database.owner.query<{ readonly n: number }>(sql`select count(*)::int as n from access_log`);
  return rows[0]?.n ?? -1;
};
