import { createHmac, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Hono } from 'hono';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { intakeWays } from '../../runtime/intake-ways.ts';
import { sql } from '../../store/database.ts';
import { evidenceOf, privacyRequestById } from '../../store/read/privacy-requests.ts';
import { intakesToSettle, settleIntake } from '../../store/write/privacy-callers.ts';
import {
  answerOf,
  asked,
  type IntakeScene,
  intakeScene,
  isSigned,
  openDsrFile,
  shopSecret,
} from '../../test/support/intake-scene.ts';
import { testKeyRing } from '../../test/support/keys.ts';
import { ana, everythingStored, type Scene } from '../../test/support/privacy-scene.ts';
import type { IntakeDeps } from './ground.ts';
import { openWaiting } from './open-waiting.ts';
import { createIntake } from './server.ts';
import { tellCallers } from './tell-callers.ts';
import { formTypes, formWords } from './words.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const nobody = 'nobody.here@example.net';

let all: IntakeScene;
let scene: Scene;
let intake: Hono;
let deps: IntakeDeps;
beforeAll(async () => {
  all = await intakeScene();
  ({ scene, intake, deps } = all);
});
afterAll(() => all.end());

/** Approves, and says of the namesake who shares the telephone that it is somebody else. */
const toTheEnd = async (requestId: string) => {
  await scene.bench.approve(requestId);
  await scene.bench.until(requestId, 'waiting-for-person');
  await scene.answer(requestId, 'other-person');
  await scene.lookAgain(requestId);
  return await scene.outcome(requestId);
};

describe('OpenDSR', () => {
  test('says what it supports, and signs it with the certificate that it hands out', async () => {
    const found = await answerOf(await intake.request('/opendsr/v2/discovery'));
    expect(found.body).toMatchObject({
      api_version: '2.0',
      supported_subject_request_types: ['access', 'portability', 'erasure'],
    });
    expect(isSigned(found)).toBe(true);
    const { pathname } = new URL(String(found.body['processor_certificate']));
    expect((await answerOf(await intake.request(pathname))).text).toBe(readFileSync(openDsrFile('processor.pem'), 'utf8'));
  });

  test('an unsigned, wrongly signed, replayed or altered request opens nothing', async () => {
    const body = asked('erasure', ['email', ana.email]);
    const path = '/requests';
    const wrong = { 'x-opendsr-controller-signature': Buffer.from('x').toString('base64') };
    expect(await all.asAcme('POST', path, body, wrong)).toMatchObject({ status: 401, body: { error: { code: 401 } } });
    expect(await all.asAcme('POST', path, body, { 'x-opendsr-controller-id': 'other' })).toMatchObject({ status: 401 });
    const old = `${Math.floor(Date.now() / 1000) - 3_600}`;
    expect(await all.asAcme('POST', path, body, { 'x-opendsr-timestamp': old })).toMatchObject({ status: 401 });
    expect(await all.asAcme('GET', `${path}/${body.subject_request_id}`)).toMatchObject({ status: 404 });
    expect(await all.requestOf(body.subject_request_id)).toBe('');
  });

  test('an access of a client is opened once, told of at every step by signed callbacks until they are taken, and fetched once', async () => {
    const body = asked('access', ['email', ana.email.toUpperCase()], { status_callback_urls: [all.callbackUrl] });
    const created = await all.asAcme('POST', '/requests', body);
    expect(created).toMatchObject({ status: 201, body: { controller_id: 'acme', subject_request_id: body.subject_request_id } });
    expect(isSigned(created)).toBe(true);
    expect(JSON.parse(Buffer.from(String(created.body['encoded_request']), 'base64').toString('utf8'))).toEqual(body);
    expect((await all.asAcme('POST', '/opengdpr_requests', body)).status).toBe(201);
    const requestId = await all.requestOf(body.subject_request_id);
    expect(await privacyRequestById(scene.database.reader, requestId)).toMatchObject({ clientId: scene.anaId, duplicates: 0 });
    const status = async () => (await all.asAcme('GET', `/requests/${body.subject_request_id}`)).body;
    expect(await status()).toMatchObject({ request_status: 'pending' });
    expect(await toTheEnd(requestId)).toBe('complete');
    const { openDsr } = all.ways;
    if (openDsr === undefined) throw new Error('OpenDSR is not set up');
    const tell = async (laterMs: number) => await tellCallers({ ...deps, now: () => new Date(Date.now() + laterMs) }, openDsr);
    await tell(0);
    expect(all.calledBack).toHaveLength(1);
    await tell(1_000);
    expect(all.calledBack).toHaveLength(1);
    await tell(3_600_000);
    await tell(7_200_000);
    const [, taken] = all.calledBack;
    expect(all.calledBack).toHaveLength(2);
    expect(JSON.parse(taken?.body ?? '')).toMatchObject({
      request_status: 'completed',
      status_callback_url: all.callbackUrl,
      results_count: 4,
    });
    const headers = new Headers(taken?.headers as Record<string, string>);
    expect(isSigned({ text: taken?.body ?? '', headers })).toBe(true);
    expect(String((await status())['results_url'])).toMatch(/^https:\/\/ficha\.test\/v1\/links\/package\//);
  });

  test('of a person whom Ficha does not know every system is asked: found nothing, with evidence', async () => {
    const body = asked('erasure', ['email', nobody]);
    await all.asAcme('POST', '/requests', body);
    const requestId = await all.requestOf(body.subject_request_id);
    expect(await everythingStored(scene.database)).not.toContain(nobody);
    await scene.bench.approve(requestId);
    expect(await scene.outcome(requestId)).toBe('complete');
    const located = (await evidenceOf(scene.database.reader, requestId)).filter(({ verb }) => verb === 'locate');
    expect(located.map(({ linkedSystemId, result }) => `${linkedSystemId} ${result}`).sort()).toEqual([
      'erp nothing-found',
      'mailer nothing-found',
    ]);
    expect((await all.asAcme('GET', `/requests/${body.subject_request_id}`)).body).toMatchObject({
      request_status: 'completed',
      results_count: 0,
    });
    const { rows } = await scene.database.worker.query(sql`select 1 from tombstone where request_id = ${requestId}`);
    expect(rows).toEqual([]);
  });

  test('a record that only a system holds is found by its id there, and erased', async () => {
    scene.erp.put({ kind: 'person', externalId: 'only-here', identifiers: [], fields: { name: 'Nova Nueva' } });
    const body = asked('erasure', ['controller_customer_id', 'only-here']);
    await all.asAcme('POST', '/requests', body);
    const requestId = await all.requestOf(body.subject_request_id);
    await scene.bench.approve(requestId);
    expect(await scene.outcome(requestId)).toBe('complete');
    expect(scene.erp.rows.has('person:only-here')).toBe(false);
  });

  test('is cancelled while it is pending, and not after', async () => {
    const body = asked('portability', ['email', ana.email]);
    await all.asAcme('POST', '/requests', body);
    await scene.bench.until(await all.requestOf(body.subject_request_id), 'waiting-for-approval');
    const path = `/requests/${body.subject_request_id}`;
    const cancelled = await all.asAcme('DELETE', path);
    expect(cancelled).toMatchObject({ status: 202, body: { subject_request_id: body.subject_request_id } });
    expect(isSigned(cancelled)).toBe(true);
    await scene.outcome(await all.requestOf(body.subject_request_id));
    expect((await all.asAcme('GET', path)).body).toMatchObject({ request_status: 'cancelled' });
    expect((await all.asAcme('DELETE', path)).status).toBe(202);
  });

  test.each([
    ['an identity that cannot be looked for', asked('erasure', ['ios_vendor_id', 'x']), 'email (raw)'],
    ['an address that is none', asked('erasure', ['email', 'not an address']), 'not an e-mail address'],
    ['a type that OpenDSR does not have', asked('objection', ['email', ana.email]), 'subject_request_type'],
    ['a time to come', asked('access', ['email', ana.email], { submitted_time: '2999-01-01T00:00:00Z' }), 'future'],
    [
      'a callback elsewhere',
      asked('access', ['email', ana.email], { status_callback_urls: ['https://evil.example/x'] }),
      'not agreed',
    ],
    ['no JSON', 'x{', 'not JSON'],
  ])('refuses %s, says why, and repeats nothing of the person', async (_what, body, why) => {
    const refused = await all.asAcme('POST', '/requests', body);
    expect(refused.status).toBe(400);
    expect(refused.text).toContain(why);
    expect(refused.text).not.toContain(ana.email);
  });

  test.each([
    ['for another domain', { domain: 'other.test' }, 'is not for other.test'],
    ['that signs itself', { certificateFile: openDsrFile('self-signed.pem') }, 'signs itself'],
    ['that is none', { certificateFile: openDsrFile('README.md') }, 'cannot be read as PEM'],
    ['with the key of another', { key: `file:${openDsrFile('README.md')}` }, 'cannot be read as PEM'],
  ])('does not start with a certificate %s', (_what, change, why) => {
    expect(() => intakeWays(all.settings(change), true, new Date())).toThrow(`policy-invalid: policies/intake.json, openDsr.`);
    expect(() => intakeWays(all.settings(change), true, new Date())).toThrow(why);
  });
});

describe('webhooks of a shop', () => {
  const send = async (topic: string, body: object, secret = shopSecret, id = randomUUID()) => {
    const text = JSON.stringify({ shop_domain: 'acme.myshopify.com', ...body });
    const headers = {
      'x-shopify-topic': topic,
      'x-shopify-webhook-id': id,
      'x-shopify-hmac-sha256': createHmac('sha256', secret).update(text).digest('base64'),
    };
    return { id, ...(await answerOf(await intake.request('/shops/main', { method: 'POST', headers, body: text }))) };
  };
  const customer = { id: 2, email: 'luis.quijano@example.org' };

  test('with a wrong signature are refused 401, as the platform tests it; to an unknown shop likewise', async () => {
    expect((await send('customers/redact', { customer }, 'wrong')).status).toBe(401);
    expect((await answerOf(await intake.request('/shops/other', { method: 'POST', body: '{}' }))).status).toBe(401);
  });

  test('a data request opens an access and a redaction an erasure, each once; the second waits for the first', async () => {
    const data = await send('customers/data_request', { customer, orders_requested: [1], data_request: { id: 9 } });
    expect(data.status).toBe(200);
    const access = await all.requestOf(data.id);
    expect(await privacyRequestById(scene.database.reader, access)).toMatchObject({ type: 'access' });
    expect(
      (await send('customers/data_request', { customer, orders_requested: [1], data_request: { id: 9 } }, shopSecret, data.id))
        .status,
    ).toBe(200);
    const redact = await send('customers/redact', { customer, orders_to_redact: [] });
    expect([redact.status, await all.requestOf(redact.id)]).toEqual([200, '']);
    await toTheEnd(access);
    await openWaiting({ ...deps, now: () => new Date(Date.now() + 3_600_000) });
    expect(await privacyRequestById(scene.database.reader, await all.requestOf(redact.id))).toMatchObject({ type: 'erasure' });
  });

  test('of a shop that left wait for the officer; another topic and another shop are refused', async () => {
    const left = await send('shop/redact', {});
    expect(left.status).toBe(200);
    const { rows } = await scene.database.worker.query(sql`select type, state from privacy_intake where caller_ref = ${left.id}`);
    expect(rows).toEqual([{ type: 'shop-left', state: 'waiting' }]);
    expect(await intakesToSettle(scene.database.worker)).toMatchObject([{ type: 'shop-left', waitsFor: 'officer' }]);
    const [{ id } = { id: '' }] = await intakesToSettle(scene.database.worker);
    await scene.database.worker.transaction((tx) => settleIntake(tx, id, 'dpo-1', new Date()));
    await expect(scene.database.worker.transaction((tx) => settleIntake(tx, id, 'dpo-1', new Date()))).rejects.toThrow(
      'unknown-task',
    );
    expect((await send('orders/create', {})).status).toBe(400);
    expect((await send('shop/redact', { shop_domain: 'other.myshopify.com' })).status).toBe(400);
    expect((await send('customers/redact', { customer: {} })).status).toBe(400);
  });
});

describe('the request form', () => {
  const send = async (type: string, typed: Readonly<Record<string, string>>) =>
    await answerOf(await intake.request(`/rights/${type}?lang=es`, { method: 'POST', body: new URLSearchParams(typed) }));
  const linkTo = (address: string): string =>
    /https:\/\/ficha\.test(\S+)/.exec(all.post.mails.findLast(({ to }) => to === address)?.text ?? '')?.[1] ?? '';

  test('answers and mails the same whether a person is known or not, and opens nothing before the link is followed', async () => {
    const before = (await scene.database.worker.query(sql`select 1 from privacy_request`)).rowCount;
    const texts: string[] = [];
    for (const email of [ana.email, 'stranger@example.net']) {
      const { status, text } = await send('erasure', { email });
      const mail = all.post.mails.findLast(({ to }) => to === email);
      texts.push(
        `${status} ${text} ${mail?.subject} ${mail?.text}`.replaceAll(/nonce="?[^"\s]+|confirm\/[^?]+|[A-Za-z0-9_-]{20,}/g, ''),
      );
    }
    expect(texts[0]).toBe(texts[1]);
    expect((await scene.database.worker.query(sql`select 1 from privacy_request`)).rowCount).toBe(before);
    const stored = await everythingStored(scene.database);
    expect(stored).not.toContain('stranger@example.net');
  });

  test('opens the request once the button behind the link is pressed, once; the deadline counts from the proof', async () => {
    const link = linkTo(ana.email);
    expect((await answerOf(await intake.request(link))).text).toContain(formWords.es.confirm);
    const confirmed = await answerOf(await intake.request(link, { method: 'POST' }));
    expect([confirmed.status, confirmed.text.includes(formWords.es.confirmed)]).toEqual([200, true]);
    const again = await answerOf(await intake.request(link, { method: 'POST' }));
    expect([again.status, again.text.includes(formWords.es.deadLink)]).toEqual([404, true]);
    const { rows } = await scene.database.worker.query<{ id: string }>(sql`
      select id from privacy_request where opened_by = 'form:form' and client_id = ${scene.anaId}`);
    expect(await privacyRequestById(scene.database.reader, rows[0]?.id ?? '')).toMatchObject({
      type: 'erasure',
      identityProof: 'link',
    });
    expect((await privacyRequestById(scene.database.reader, rows[0]?.id ?? ''))?.identityProvenAt).not.toBeNull();
  });

  test('sends at most the set number of mails to one address, and does not tell', async () => {
    const sentTo = (address: string) => all.post.mails.filter(({ to }) => to === address).length;
    for (let time = 0; time < 4; time += 1) expect((await send('access', { email: 'often@example.net' })).status).toBe(200);
    expect(sentTo('often@example.net')).toBe(2);
  });

  test('a wrong address, a correction without a value and a mail that cannot leave are told, and nothing is kept', async () => {
    const count = async () => (await scene.database.worker.query(sql`select 1 from privacy_intake`)).rowCount;
    const before = await count();
    const wrong = await send('access', { email: 'nothing' });
    expect([wrong.status, wrong.text.includes(formWords.es.emailWrong)]).toEqual([400, true]);
    expect(wrong.text).not.toContain('nothing');
    expect((await send('rectification', { email: 'a.b@example.net', field: 'name' })).text).toContain(formWords.es.newMissing);
    all.post.takes = false;
    expect((await send('access', { email: 'a.b@example.net' })).status).toBe(503);
    all.post.takes = true;
    expect(await count()).toBe(before);
  });

  test('an objection of somebody whom Ficha does not know keeps the address from being written to', async () => {
    await send('objection', { email: 'tired@example.net' });
    const confirmed = await intake.request(linkTo('tired@example.net'), { method: 'POST' });
    expect(confirmed.status).toBe(200);
    const hash = testKeyRing().mac('suppression', 'email:tired@example.net');
    const listed = async () =>
      (await scene.database.worker.query(sql`select 1 from suppression_list where hash = ${hash}`)).rowCount;
    await expect.poll(listed, { timeout: 30_000 }).toBe(1);
  });

  test('forms above the set number in an hour are asked to come later', async () => {
    const statuses: number[] = [];
    for (let time = 0; time < 25; time += 1) statuses.push((await send('access', { email: `many.${time}@example.net` })).status);
    expect(statuses.at(-1)).toBe(429);
  });

  test('every language has every text', () => {
    for (const words of Object.values(formWords)) {
      expect(Object.keys(words).sort()).toEqual(Object.keys(formWords.en).sort());
      expect(Object.keys(words.types)).toEqual([...formTypes]);
    }
  });

  test('is not there without a mail server, and ways that are not set up are not there at all', async () => {
    expect(() => intakeWays(all.settings(), false, new Date())).toThrow('needs a mail server');
    const none = createIntake(deps, { shops: new Map() });
    for (const path of ['/rights', '/opendsr/v2/discovery', '/shops/main']) expect((await none.request(path)).status).toBe(404);
  });
});
