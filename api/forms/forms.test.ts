import { createHmac } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { resolveActivities } from '../../activities/resolve.ts';
import { webhookActivities } from '../../activities/webhooks.ts';
import { loadConnectors } from '../../connectors/kit/registry.ts';
import { consentPolicy } from '../../domain/consent/consent-policy.ts';
import { createLog } from '../../platform/log.ts';
import { webhookReader } from '../../runtime/receive-webhook.ts';
import { sql } from '../../store/database.ts';
import { testKeyRing } from '../../test/support/keys.ts';
import { type TestDatabase, testDatabase } from '../../test/support/postgres.ts';
import { temporaryFolder } from '../../test/support/temporary-folder.ts';
import { unlinked } from '../../test/support/unlinked.ts';
import { createCommandApi } from '../server.ts';
import { createForms } from './server.ts';

const keys = testKeyRing();
const logged: string[] = [];
const log = createLog({}, { write: (line: string) => logged.push(line) } as never);
let database: TestDatabase;
let hour = 0;
/** Every test has an hour of its own, so that none fills up another's. */
const now = (): Date => new Date(Date.parse('2026-11-24T00:00:00Z') + hour * 3_600_000);
beforeEach(() => {
  hour += 2;
});

const link = async (id: string, connector: string, config: object): Promise<void> => {
  await database.worker.query(sql`
    insert into linked_system (id, connector, title, config, state) values (${id}, ${connector}, ${id}, ${JSON.stringify(config)}, 'active')`);
};

/** What came in is worked into records and clients, as the worker does. */
async function worked(systemId: string): Promise<void> {
  const deps = {
    db: database.worker,
    keys,
    log,
    now,
    analytics: {} as never,
    openSystem: () => Promise.reject(new Error('not here')),
  };
  const { workInWebhooks } = webhookActivities(deps);
  const { resolveBatch } = resolveActivities(deps);
  const environment = new MockActivityEnvironment();
  await environment.run(workInWebhooks, { systemId, after: '0', upTo: null });
  while (((await environment.run(resolveBatch, { limit: 500 })) as { readonly taken: number }).taken > 0);
}

const recordsOf = async (systemId: string) =>
  (
    await database.worker.query<{
      readonly kind: string;
      readonly canonical: Record<string, unknown>;
      readonly client: string | null;
    }>(sql`
      select kind, canonical, client_id as client from source_record where linked_system_id = ${systemId} order by kind, id`)
  ).rows;
const consentsOf = async (systemId: string) =>
  (
    await database.worker.query<Record<string, unknown>>(sql`
      select purpose, channel, answer, text_version as text, language, how, evidence from consent_event where linked_system_id = ${systemId} order by id`)
  ).rows;
const waiting = async (systemId: string): Promise<number> =>
  (await database.worker.query(sql`select 1 from webhook_event where linked_system_id = ${systemId} and done_at is null`)).rows
    .length;

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

describe("a form of the company's own site", () => {
  let forms: ReturnType<typeof createForms>;
  const marketing = consentPolicy.purposes['marketing'];
  const texts = [{ version: '2026-01', from: '2026-01-01', text: { en: 'Offers', es: 'Ofertas', it: 'Offerte', fr: 'Offres' } }];
  const policy = (doubleOptIn: boolean) =>
    ({
      ...consentPolicy,
      purposes: {
        ...consentPolicy.purposes,
        ...(marketing === undefined ? {} : { marketing: { ...marketing, texts, doubleOptIn } }),
      },
    }) as typeof consentPolicy; // one purpose changed
  const formsUnder = (doubleOptIn: boolean) =>
    createForms({ db: database.worker, keys, log, now, consentPolicy: policy(doubleOptIn) });
  beforeAll(async () => {
    forms = formsUnder(false);
    await link('contact', 'web-form', { origins: ['https://www.acme.example'], perHour: 3 });
    await link('offers', 'web-form', { origins: ['https://www.acme.example'], thanks: 'https://www.acme.example/thanks' });
  });

  const ana = {
    name: 'Ana Quijano',
    email: 'Ana.Quijano@example.org',
    phone: '+34600111222',
    message: 'Is it in stock?',
    language: 'es',
  };
  const ticked = { ...ana, consent: 'yes', consent_text: '2026-01' };
  const send = async (
    fields: Readonly<Record<string, string>> | string,
    {
      to = 'contact',
      through = forms,
      ...headers
    }: { readonly to?: string; readonly through?: typeof forms; readonly [name: string]: unknown } = {},
  ) => {
    const response = await through.request(`/forms/${to}`, {
      method: 'POST',
      headers: {
        origin: 'https://www.acme.example',
        'content-type': 'application/x-www-form-urlencoded',
        ...(headers as Record<string, string>),
      },
      body: typeof fields === 'string' ? fields : new URLSearchParams(fields).toString(),
    });
    return { status: response.status, location: response.headers.get('location'), text: await response.text() };
  };

  test('becomes a person, a message on the timeline and a yes with its proof', async () => {
    expect(await send(ticked)).toMatchObject({ status: 200, text: expect.stringContaining('We have received your message.') });
    expect((await send(ticked, { accept: 'application/json' })).text).toBe('{"taken":true}'); // pressed twice
    await worked('contact');
    const records = await recordsOf('contact');
    expect(records.map(({ kind }) => kind)).toEqual(['consent', 'interaction', 'person']);
    expect(records[1]?.canonical).toMatchObject({ interactionKind: 'message', direction: 'in', text: 'Is it in stock?' });
    expect(records[2]?.canonical).toMatchObject({ fullName: 'Ana Quijano', emails: [ana.email], phones: [ana.phone] });
    expect(new Set(records.map(({ client }) => client)).size).toBe(1);
    expect(records[2]?.client).not.toBeNull();
    expect(await consentsOf('contact')).toEqual([
      {
        purpose: 'marketing',
        channel: 'email',
        answer: 'granted',
        text: '2026-01',
        language: 'es',
        how: 'web form',
        evidence: expect.stringMatching(/^contact, submission [0-9a-f-]{36}$/),
      },
    ]);
  });

  test('by the same address again is the same person; without a tick it says nothing about consent', async () => {
    expect(await send({ ...ana, message: 'And in blue?' }, { to: 'offers' })).toMatchObject({
      status: 303,
      location: 'https://www.acme.example/thanks',
    });
    await send({ ...ana, email: 'ana.quijano@EXAMPLE.org', message: 'Or in red?' }, { to: 'offers' });
    await worked('offers');
    expect((await recordsOf('offers')).map(({ kind }) => kind)).toEqual(['interaction', 'interaction', 'person']);
    expect(await consentsOf('offers')).toEqual([]);
  });

  test('a tick under a purpose with double opt-in waits; one under a text that nobody knows is kept aside, and the message is taken', async () => {
    await send({ ...ticked, email: 'eva@example.org', phone: '' }, { to: 'offers', through: formsUnder(true) });
    await send({ ...ticked, email: 'luis@example.org', phone: '', consent_text: '1999' }, { to: 'offers' });
    await send({ ...ticked, email: 'pia@example.org', phone: '', consent_text: '' }, { to: 'offers' });
    await worked('offers');
    expect((await consentsOf('offers')).map(({ answer }) => answer)).toEqual(['pending']);
    const { rows } = await database.worker.query<{ code: string }>(
      sql`select reason_code as code from rejected_record where linked_system_id = 'offers' order by code`,
    );
    expect(rows.map(({ code }) => code)).toEqual(['text-version-missing', 'unknown-text-version']);
    expect((await recordsOf('offers')).filter(({ kind }) => kind === 'person')).toHaveLength(4);
  });

  test('a robot is thanked and kept nowhere', async () => {
    const before = await waiting('contact');
    expect(await send({ ...ticked, website: 'https://spam.example' })).toMatchObject({ status: 200 });
    expect(await waiting('contact')).toBe(before);
    expect(logged.join('')).toContain('"code":"robot"');
  });

  test('too many in an hour are asked to come back later, in their language', async () => {
    const answers = [];
    for (let count = 0; count < 5; count += 1)
      answers.push(await send({ ...ana, message: `n ${count}` }, { 'accept-language': 'it' }));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429, 429]);
    expect(answers[4]?.text).toContain('Riprovi più tardi');
    hour += 2;
    expect((await send(ana)).status).toBe(200);
  });

  test.each([
    ['no way to answer', { ...ana, email: 'ana@', phone: '' }, {}, 400, 'Give an e-mail address'],
    ['a field that is too long', { ...ana, name: 'x'.repeat(201) }, {}, 400, 'One field is too long'],
    ['nothing said', { email: ana.email }, {}, 400, 'Write your name or a message'],
    ['an oversized body', { ...ana, message: 'x'.repeat(70_000) }, {}, 413, 'body-too-large'],
    ['another site', ana, { origin: 'https://evil.example' }, 403, 'origin-not-allowed'],
    ['no origin', ana, { origin: '' }, 403, 'origin-not-allowed'],
    ['JSON', '{"email":"a@example.org"}', { 'content-type': 'application/json' }, 415, 'not-a-form'],
    [
      'a multipart body that is cut',
      '--x\r\nContent-Disposition: form-data; name="em',
      { 'content-type': 'multipart/form-data; boundary=x' },
      415,
      'not-a-form',
    ],
    ['a form that is not linked', ana, { to: 'nowhere' }, 404, 'unknown-form'],
  ] as const)('%s is refused with words, kept nowhere, and named in no log', async (_, fields, how, status, words) => {
    const before = [await waiting('contact'), await waiting('offers')];
    expect(await send(fields, how)).toMatchObject({ status, text: expect.stringContaining(words) });
    expect([await waiting('contact'), await waiting('offers')]).toEqual(before);
    expect(logged.join('')).not.toMatch(/quijano|in stock/i);
  });
});

describe("a signed POST of a system of one's own, by manifest alone", () => {
  const manifest = /```yaml\n(name: till[\s\S]*?)```/.exec(
    readFileSync(join(import.meta.dirname, '../../docs/how-to/take-in-forms-and-webhooks.md'), 'utf8'),
  )?.[1];
  let api: ReturnType<typeof createCommandApi>;
  beforeAll(async () => {
    const home = temporaryFolder();
    mkdirSync(join(home, 'connectors', 'till'), { recursive: true });
    writeFileSync(join(home, 'connectors', 'till', 'manifest.yaml'), manifest ?? '');
    writeFileSync(join(home, 'secret'), 'hook-secret');
    await link('till-1', 'till', { secrets: { hookSecret: `file:${join(home, 'secret')}` } });
    api = createCommandApi({
      ...unlinked,
      db: database.worker,
      temporal: undefined as never, // a webhook is kept and answered; nothing is started here
      keys,
      log,
      now,
      ordererOf: () => Promise.reject(new Error('a webhook has no bearer token')),
      readWebhook: webhookReader(database.worker, await loadConnectors(join(home, 'connectors')), now, undefined),
    });
  });

  const customer = { id: 7, name: 'Eva Sanz', email: 'eva.sanz@example.org' };
  const events = [
    { id: 'e2', type: 'receipt', at: '2026-11-24T09:00:00Z', customer, receipt: { number: 'R-1', total: '19.95' } },
    { id: 'e1', type: 'customer', at: '2026-11-24T08:00:00Z', customer: { ...customer, name: 'Eva S', phone: '+34600999888' } },
    { id: 'e3', type: 'consent', at: '2026-11-24T09:01:00Z', customer: { id: 7 }, consent: { answer: 'no', text: '2026-01' } },
    { id: 'e4', type: 'receipt', at: 'not a day', customer: { id: 8, email: 5 }, receipt: { number: 'R-2', total: '1' } },
  ];
  const post = async (body: string, time = Math.floor(now().getTime() / 1_000), secret = 'hook-secret') => {
    const mac = createHmac('sha256', secret).update(`${time}.${body}`).digest('hex');
    const headers = { 'x-till-signature': `sha256=${mac}`, 'x-till-time': String(time) };
    const response = await api.request('/v1/webhooks/till-1', { method: 'POST', headers, body });
    return { status: response.status, body: (await response.json()) as Readonly<Record<string, unknown>> };
  };

  test('becomes person, sale and consent in any order; a replay is known; what cannot be read is kept aside', async () => {
    const body = JSON.stringify({ events });
    expect(await post(body)).toMatchObject({ status: 202, body: { accepted: 7, known: 0, unknown: 0 } });
    expect(await post(body)).toMatchObject({ status: 202, body: { accepted: 0, known: 7 } });
    await worked('till-1');
    const records = await recordsOf('till-1');
    expect(records.map(({ kind }) => kind)).toEqual(['consent', 'person', 'sale']);
    expect(records[1]?.canonical).toMatchObject({ fullName: 'Eva Sanz', phones: ['+34600999888'] }); // the older event came later
    expect(records[2]?.canonical).toMatchObject({ clientExternalId: '7', amountCents: 1995 });
    expect(await consentsOf('till-1')).toMatchObject([{ answer: 'denied', text: '2026-01', how: 'till' }]);
    const { rows } = await database.worker.query(sql`select 1 from rejected_record where linked_system_id = 'till-1'`);
    expect(rows).toHaveLength(2);
  });

  test('forged, old, cut or oversized is refused and kept nowhere', async () => {
    const before = await waiting('till-1');
    const body = JSON.stringify({ events });
    expect(await post(body, undefined, 'guess')).toMatchObject({ status: 401, body: { code: 'webhook-not-signed' } });
    expect(await post(body, Math.floor(now().getTime() / 1_000) - 3_600)).toMatchObject({
      status: 401,
      body: { code: 'webhook-too-old' },
    });
    expect(await post('{"events":[')).toMatchObject({ status: 400 });
    expect(await post(JSON.stringify({ pad: 'x'.repeat(1_100_000) }))).toMatchObject({ status: 413 });
    expect(await waiting('till-1')).toBe(before);
  });
});
