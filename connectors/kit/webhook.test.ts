import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { expect, test } from 'vitest';
import { connectorOf } from './connector.ts';
import type { InboundRequest } from './inbound.ts';
import { parseManifest } from './manifest.ts';

const now = new Date('2026-11-23T10:00:00Z');

const receiver = (signature: string, secret: string, more = '') => {
  const manifest = `
name: acme
title: Acme
version: 1
vendor: { docs: https://docs.acme.example }
secrets: [hook]
server: { url: 'https://acme.example' }
entities: { person: { list: { request: GET /x, page: { kind: none } }, id: id, map: {} } }
webhook:
  signature: ${signature}
  eventId: event
  echo: [{ path: source, values: [api] }]
  events:
    - { when: { type: unsubscribe }, kind: consent, entity: person, id: data.id, email: data.email, consent: { channel: email, purpose: marketing, answer: denied } }
    - { when: { type: gone }, kind: deleted, entity: person, id: data.id }
${more}`;
  const system = connectorOf(parseManifest(manifest, 'acme')).open({
    systemId: 'acme',
    config: {},
    secret: () => secret,
    signal: new AbortController().signal,
    now: () => now,
  });
  return async (request: Partial<InboundRequest>) =>
    await system.receive?.({ method: 'POST', url: 'https://ficha.example/hook', headers: {}, body: Buffer.from(''), ...request });
};

const body = Buffer.from(
  JSON.stringify([
    { event: 'e1', type: 'unsubscribe', data: { id: 7 } },
    { event: 'e2', type: 'unsubscribe', source: 'api', data: { id: 8 } },
    { event: 'e3', type: 'other' },
  ]),
);

const mac = (data: Uint8Array | string, encoding: 'hex' | 'base64', kind = 'sha256'): string =>
  createHmac(kind, 'secret').update(data).digest(encoding);

test('HMAC over the body, in hex with a prefix: events come, our own echo is left out, unknown kinds are counted', async () => {
  const receive = receiver('{ kind: hmac-sha256, secret: hook, header: x-sig, prefix: sha256= }', 'secret');
  const result = await receive({ body, headers: { 'x-sig': `sha256=${mac(body, 'hex')}` } });
  expect(result).toMatchObject({
    result: 'accepted',
    echoes: 1,
    unknown: 1,
    events: [{ id: 'e1', kind: 'consent', ref: { kind: 'person', externalId: '7' }, consent: { answer: 'denied' } }],
  });
  expect(await receive({ body, headers: { 'x-sig': mac(body, 'hex') } })).toMatchObject({
    result: 'refused',
    code: 'webhook-not-signed',
  });
  expect(await receive({ body })).toMatchObject({ result: 'refused' });
});

test('HMAC over time and body, in base64: an old one is refused although it is signed', async () => {
  const receive = receiver(
    "{ kind: hmac-sha256, secret: hook, header: x-sig, encoding: base64, over: '{timestamp}{body}', timestamp: { header: x-time, unit: iso, tolerance: 5m } }",
    'secret',
  );
  const at = (time: string) => ({
    body,
    headers: { 'x-time': time, 'x-sig': mac(Buffer.concat([Buffer.from(time), body]), 'base64') },
  });
  expect(await receive(at('2026-11-23T09:58:00Z'))).toMatchObject({ result: 'accepted' });
  expect(await receive(at('2026-11-23T09:54:00Z'))).toMatchObject({ result: 'refused', code: 'webhook-too-old' });
  expect(await receive({ ...at('2026-11-23T09:58:00Z'), body: Buffer.concat([body, Buffer.from(' ')]) })).toMatchObject({
    result: 'refused',
    code: 'webhook-not-signed',
  });
});

test('Ed25519 and RSA signatures are checked with the public key; one of no form is refused, not thrown', async () => {
  const ed = generateKeyPairSync('ed25519');
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = (key: typeof ed.publicKey): string => key.export({ type: 'spki', format: 'pem' }).toString();
  const byEd = receiver('{ kind: ed25519, secret: hook, header: x-sig, encoding: hex }', pem(ed.publicKey));
  expect(await byEd({ body, headers: { 'x-sig': sign(null, body, ed.privateKey).toString('hex') } })).toMatchObject({
    result: 'accepted',
  });
  expect(await byEd({ body, headers: { 'x-sig': 'zz' } })).toMatchObject({ result: 'refused' });
  const byRsa = receiver('{ kind: rsa-sha256, secret: hook, header: x-sig, encoding: base64 }', pem(rsa.publicKey));
  expect(await byRsa({ body, headers: { 'x-sig': sign('RSA-SHA256', body, rsa.privateKey).toString('base64') } })).toMatchObject({
    result: 'accepted',
  });
  const noKey = receiver('{ kind: ed25519, secret: hook, header: x-sig, encoding: hex }', 'no key at all');
  expect(await noKey({ body, headers: { 'x-sig': 'ff' } })).toMatchObject({ result: 'refused' });
});

test('a secret in the address, and a form-encoded body as some vendors send it', async () => {
  const receive = receiver('{ kind: token, secret: hook, query: key }', 'secret', '  form: true\n');
  const form = Buffer.from('type=unsubscribe&data%5Bemail%5D=a%40example.org&__proto__[x]=1');
  expect(await receive({ url: 'https://ficha.example/hook?key=secret', body: form })).toMatchObject({
    result: 'accepted',
    events: [{ ref: null, email: 'a@example.org', kind: 'consent' }],
  });
  expect(await receive({ url: 'https://ficha.example/hook?key=other', body: form })).toMatchObject({ result: 'refused' });
  expect(({} as { readonly x?: string }).x).toBeUndefined();
});

test('a body that is no JSON, too deep or too large is refused with its reason', async () => {
  const receive = receiver('{ kind: none }', '');
  expect(await receive({ body: Buffer.from('{"a":') })).toMatchObject({ result: 'refused', code: 'answer-not-json' });
  expect(await receive({ body: Buffer.from('['.repeat(10_000)) })).toMatchObject({ result: 'refused', code: 'answer-too-deep' });
  expect(await receive({ body: Buffer.alloc(3_000_000) })).toMatchObject({ result: 'refused', code: 'webhook-too-large' });
});
