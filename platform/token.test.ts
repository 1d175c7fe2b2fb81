import { createServer, type Server } from 'node:http';
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { keyRingOf } from './keys.ts';
import { bearerOf, createTokenIssuer, createTokenVerifier } from './token.ts';

const keys = keyRingOf([Buffer.alloc(32, 1)]);
const later = () => new Date(Date.now() + 3_600_000 + 60_000);
const issue = createTokenIssuer(keys);
const verifyLocal = createTokenVerifier({ rolesClaim: 'roles' }, keys);
const dpo = { subject: 'user-1', roles: ['dpo'] as const };

let pair: Awaited<ReturnType<typeof generateKeyPair>>;
let issuer: Server;
let url = '';
let named = '';
beforeAll(async () => {
  pair = await generateKeyPair('ES256');
  const jwks = JSON.stringify({ keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'k1', alg: 'ES256' }] });
  issuer = createServer((request, response) => {
    const discovery = JSON.stringify({ issuer: named, jwks_uri: `${url}/jwks` });
    response.setHeader('content-type', 'application/json').end(request.url === '/jwks' ? jwks : discovery);
  });
  await new Promise<void>((done) => issuer.listen(0, '127.0.0.1', done));
  const address = issuer.address();
  url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  named = url;
});
afterAll(() => issuer.close());

const signed = (
  claims: Record<string, unknown>,
  options: { alg?: string; key?: CryptoKey | Uint8Array; iss?: string; aud?: string; exp?: number } = {},
) =>
  new SignJWT(claims)
    .setProtectedHeader({ alg: options.alg ?? 'ES256', kid: 'k1' })
    .setIssuer(options.iss ?? url)
    .setAudience(options.aud ?? 'ficha')
    .setExpirationTime(options.exp ?? Math.floor(Date.now() / 1000) + 600)
    .sign(options.key ?? pair.privateKey);
const verifyOidc = (more: { jwksUrl?: string; issuer?: string } = {}) =>
  createTokenVerifier({ oidc: { issuer: url, audience: 'ficha', ...more }, rolesClaim: 'realm_access.roles' }, keys);

test('a token that Ficha issued is accepted, by any process with the same master key', async () => {
  const token = await issue(dpo, 3600);
  expect(await verifyLocal(token)).toEqual(dpo);
  expect(
    await createTokenVerifier({ rolesClaim: 'roles' }, keyRingOf([Buffer.alloc(32, 8), Buffer.alloc(32, 1)]))(token),
  ).toEqual(dpo);
});

test('an expired, forged, changed or absent token is refused with its code', async () => {
  const token = await issue(dpo, 3600);
  await expect(createTokenVerifier({ rolesClaim: 'roles' }, keys, later)(token)).rejects.toMatchObject({ code: 'token-expired' });
  const forged = await createTokenIssuer(keyRingOf([Buffer.alloc(32, 3)]))(dpo, 3600);
  await expect(verifyLocal(forged)).rejects.toMatchObject({ code: 'token-forged' });
  const [head = '', , signature = ''] = token.split('.');
  const claims = Buffer.from(
    JSON.stringify({ sub: 'x', roles: ['dpo'], iss: 'urn:ficha:local', aud: 'ficha', exp: 9e9 }),
  ).toString('base64url');
  await expect(verifyLocal(`${head}.${claims}.${signature}`)).rejects.toMatchObject({ code: 'token-forged' });
  await expect(verifyLocal(undefined)).rejects.toMatchObject({ code: 'token-missing' });
  await expect(verifyLocal('not.a.token')).rejects.toMatchObject({ code: 'token-malformed' });
});

test('alg none and a shared secret made of the public key are refused', async () => {
  const none = new UnsecuredJWT({ roles: ['dpo'] })
    .setSubject('x')
    .setIssuer('urn:ficha:local')
    .setAudience('ficha')
    .setExpirationTime('1h')
    .encode();
  await expect(verifyLocal(none)).rejects.toMatchObject({ code: expect.stringMatching(/^token-(forged|malformed)$/) });
  await expect(verifyOidc()(none)).rejects.toMatchObject({ code: expect.stringMatching(/^token-(forged|malformed)$/) });
  const secret = new TextEncoder().encode(JSON.stringify(await exportJWK(pair.publicKey)));
  await expect(verifyOidc()(await signed({ sub: 'x' }, { alg: 'HS256', key: secret }))).rejects.toMatchObject({
    code: 'token-forged',
  });
});

test('a token of the OIDC issuer is accepted, found by discovery or by JWKS address; roles may lie deep', async () => {
  const token = await signed({ sub: 'u-9', realm_access: { roles: ['analyst', 'offline_access', 'analyst'] } });
  expect(await verifyOidc()(token)).toEqual({ subject: 'u-9', roles: ['analyst'] });
  expect(await verifyOidc({ jwksUrl: `${url}/jwks` })(token)).toEqual({ subject: 'u-9', roles: ['analyst'] });
  expect(await verifyOidc()(await signed({ sub: 'u-9' }))).toEqual({ subject: 'u-9', roles: [] });
});

test('another issuer, another audience, another key, no subject: refused', async () => {
  const verify = verifyOidc();
  await expect(verify(await signed({ sub: 'x' }, { iss: 'https://evil.example' }))).rejects.toMatchObject({
    code: 'token-other-issuer',
  });
  await expect(verify(await signed({ sub: 'x' }, { aud: 'other' }))).rejects.toMatchObject({ code: 'token-other-audience' });
  const other = await generateKeyPair('ES256');
  await expect(verify(await signed({ sub: 'x' }, { key: other.privateKey }))).rejects.toMatchObject({ code: 'token-forged' });
  await expect(verify(await signed({}))).rejects.toMatchObject({ code: 'token-incomplete' });
  await expect(verify(await signed({ sub: 'x' }, { exp: 1000 }))).rejects.toMatchObject({ code: 'token-expired' });
});

test('with an OIDC issuer set, tokens that Ficha issued itself no longer open', async () => {
  await expect(verifyOidc()(await issue(dpo, 60))).rejects.toMatchObject({ code: expect.stringMatching(/^token-/) });
});

test('an issuer that is down or names another is not a bad token, and is asked again', async () => {
  const verify = verifyOidc();
  const token = await signed({ sub: 'u-9' });
  named = 'https://evil.example';
  await expect(verify(token)).rejects.toMatchObject({ code: 'issuer-unreachable', retry: 'later' });
  named = url;
  expect(await verify(token)).toMatchObject({ subject: 'u-9' });
  await expect(verifyOidc({ jwksUrl: 'http://127.0.0.1:9/jwks' })(token)).rejects.toMatchObject({ code: 'issuer-unreachable' });
});

test('only a bearer header gives a token', () => {
  expect(bearerOf('Bearer abc.def.ghi')).toBe('abc.def.ghi');
  for (const header of [undefined, null, '', 'Basic abc', 'Bearer', 'Bearer a b']) expect(bearerOf(header)).toBeUndefined();
});
