import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { privacyPolicy } from '../../domain/privacy/privacy-policy.ts';
import { type Signature, signatureFault } from '../../domain/privacy/signature.ts';
import { canonicalJson } from '../../domain/record/canonical-json.ts';
import { sql } from '../../store/database.ts';
import { type TestCommandApi, testCommandApi } from '../../test/support/command-api.ts';
import { ana, type Scene, setScene } from '../../test/support/privacy-scene.ts';
import { openErasure } from '../../test/support/privacy-world.ts';
import { type TestTemporal, testTemporal } from '../../test/support/temporal.ts';

vi.setConfig({ testTimeout: 90_000, hookTimeout: 120_000 });

interface Taken {
  readonly about: { readonly requestId: string; readonly sha256: string };
  readonly signature: Signature;
  readonly package: Readonly<Record<string, unknown>>;
}

let temporal: TestTemporal;
let scene: Scene;
let api: TestCommandApi;
let other: Server;
let host: string;
let answer: number | 'hang up' = 200;
const taken: { readonly key: unknown; readonly body: Taken }[] = [];

beforeAll(async () => {
  other = createServer((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString('utf8')));
    request.on('end', () => {
      taken.push({ key: request.headers['idempotency-key'], body: JSON.parse(body) as Taken });
      if (answer === 'hang up') request.socket.destroy();
      else response.writeHead(answer).end();
    });
  });
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  host = `127.0.0.1:${(other.address() as AddressInfo).port}`;
  temporal = await testTemporal();
  scene = await setScene(temporal);
  api = testCommandApi(scene.database, temporal, { privacyPolicy: { ...privacyPolicy, transferHosts: [host] } });
});
afterAll(async () => {
  other.close();
  await scene.end();
  await temporal.stop();
});

const closed = async (type: 'access' | 'portability'): Promise<string> => {
  const { requestId } = await openErasure(scene.database, scene.anaId, type);
  await scene.bench.start(requestId);
  await scene.bench.approve(requestId);
  await scene.bench.until(requestId, 'waiting-for-person');
  await scene.answer(requestId, 'other-person');
  await scene.lookAgain(requestId);
  await scene.outcome(requestId);
  return requestId;
};
const send = (requestId: string, url = `http://${host}/packages`) =>
  api.send('dpo', 'POST', `/v1/requests/${requestId}/transfer`, { url });
const noted = async (requestId: string) =>
  (
    await scene.database.worker.query<{ facts: Readonly<Record<string, unknown>> }>(sql`
    select facts from audit_entry where subject = ${requestId} and action = 'package.transfer' order by seq`)
  ).rows.map(({ facts }) => facts);

test('the other controller gets the whole package, signed; both steps are in the audit log, nothing of the person is', async () => {
  const requestId = await closed('portability');
  const sent = await send(requestId);
  expect(sent).toMatchObject({ status: 200, body: { host, status: 200 } });
  const [{ key, body } = { key: '', body: undefined }] = taken;
  expect(key).toBe(requestId);
  expect(JSON.stringify(body?.package)).toContain(ana.email);
  expect(createHash('sha256').update(canonicalJson(body?.package)).digest('hex')).toBe(body?.about.sha256);
  expect(body && signatureFault(body.about, body.signature, String(sent.body['keyId']))).toBeUndefined();
  expect(body && signatureFault({ ...body.about, sha256: 'ff' }, body.signature)).toBe('changed');
  const facts = await noted(requestId);
  expect(facts).toMatchObject([
    { step: 'sending', host },
    { step: 'answered', status: 200, sha256: body?.about.sha256 },
  ]);
  expect(JSON.stringify(facts)).not.toContain(ana.email);

  answer = 503;
  expect(await send(requestId)).toMatchObject({ status: 409, body: { code: 'transfer-refused' } });
  answer = 'hang up';
  expect(await send(requestId)).toMatchObject({ status: 503, body: { code: 'transfer-unknown' } });
  expect((await noted(requestId)).at(-1)).toMatchObject({ step: 'sending' });
  answer = 200;
  expect((await api.send('dpo', 'POST', `/v1/requests/${requestId}/package-link`)).status).toBe(201);
});

test('goes nowhere that was not agreed, not by plain http, and only for portability that is closed', async () => {
  const before = taken.length;
  const access = await closed('access');
  expect(await send(access)).toMatchObject({ status: 409, body: { code: 'not-portability' } });
  const { requestId } = await openErasure(scene.database, scene.anaId, 'portability');
  expect(await send(requestId)).toMatchObject({ status: 409, body: { code: 'not-closed' } });
  expect(await send(requestId, 'https://elsewhere.example/x')).toMatchObject({ status: 409, body: { code: 'host-not-agreed' } });
  expect(await send(requestId, 'http://elsewhere.example/x')).toMatchObject({ status: 400, body: { code: 'bad-body' } });
  expect(await api.send('front-office', 'POST', `/v1/requests/${requestId}/transfer`, { url: `http://${host}/` })).toMatchObject({
    status: 403,
  });
  expect(taken.length).toBe(before);
});
