import { afterAll, beforeAll, expect, test } from 'vitest';
import { bearerOf, createTokenVerifier } from '../platform/token.ts';
import { testKeyRing } from '../test/support/keys.ts';
import { type OpenIdProvider, startOpenIdProvider } from '../test/support/openid-provider.ts';
import { people, seedPeople } from '../test/support/read-people.ts';
import { type ReadScene, readScene } from '../test/support/read-scene.ts';

let provider: OpenIdProvider;
let scene: ReadScene;
let clock = Date.now();
beforeAll(async () => {
  provider = await startOpenIdProvider();
  const settings = { oidc: { issuer: provider.issuer, audience: 'ficha' }, rolesClaim: 'groups.ficha' };
  const verify = createTokenVerifier(settings, testKeyRing(), () => new Date(clock));
  scene = await readScene({ viewerOf: (request) => verify(bearerOf(request.headers.get('authorization'))) });
  await seedPeople(scene.database.worker);
});
afterAll(async () => {
  await scene.stop();
  await provider.stop();
});

const ask = (token: string) =>
  scene.send(JSON.stringify({ query: `{ client(id: "${people.ana}") { name } }` }), { authorization: `Bearer ${token}` });
const ana = { client: { name: 'Ana Núñez Ortega' } };

test('a token of the OpenID provider reads what its roles read; the provider is found by discovery', async () => {
  expect((await ask(await provider.token(['front-office', 'something-else']))).data).toEqual(ana);
  expect((await ask(await provider.token(['analyst']))).errors?.[0]?.extensions?.['code']).toBe('not-allowed');
  expect((await ask(await provider.token([]))).errors?.[0]?.extensions?.['code']).toBe('not-allowed');
});

test('a token for another audience, or one that Ficha issued itself, is refused', async () => {
  const other = await ask(await provider.token(['dpo'], 'another'));
  expect([other.status, other.errors?.[0]?.extensions?.['code']]).toEqual([401, 'token-other-audience']);
  expect((await ask(await scene.token('dpo'))).status).toBe(401);
});

test('when the provider rotates its key, new tokens are read and old ones end', async () => {
  const old = await provider.token(['dpo']);
  expect((await ask(old)).status).toBe(200);
  await provider.rotate();
  const real = Date.now;
  try {
    // past the time for which keys and checked tokens are kept
    Date.now = () => real() + 11 * 60_000;
    clock = real() + 40_000;
    expect((await ask(await provider.token(['dpo']))).data).toEqual(ana);
    expect((await ask(old)).errors?.[0]?.extensions?.['code']).toBe('token-forged');
  } finally {
    Date.now = real;
  }
});

test('while the provider cannot be reached, a token is neither good nor bad: 503, come back later', async () => {
  const token = await provider.token(['dpo']);
  await provider.stop();
  const settings = { oidc: { issuer: provider.issuer, audience: 'ficha' }, rolesClaim: 'groups.ficha' };
  const verify = createTokenVerifier(settings, testKeyRing());
  const late = await readScene({ viewerOf: (request) => verify(bearerOf(request.headers.get('authorization'))) });
  try {
    const answer = await late.send(JSON.stringify({ query: '{ __typename }' }), { authorization: `Bearer ${token}` });
    expect([answer.status, answer.errors?.[0]?.extensions?.['code']]).toEqual([503, 'issuer-unreachable']);
    expect(answer.errors?.[0]?.message).toContain('OIDC_ISSUER');
  } finally {
    await late.stop();
  }
});
