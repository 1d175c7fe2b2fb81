import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Role } from '../../domain/access/role.ts';
import { consentPolicy as shipped } from '../../domain/consent/consent-policy.ts';
import { createLog } from '../../platform/log.ts';
import { validatorFor } from '../../platform/validate.ts';
import type { ConsentPolicy } from '../../schemas/types.ts';
import { sql } from '../../store/database.ts';
import { consentMatrixOf } from '../../store/read/consent.ts';
import { queueEndedConsents, saveConsentPolicy } from '../../store/write/consent-policy.ts';
import { type TestCommandApi, testCommandApi } from '../../test/support/command-api.ts';
import { testKeyRing } from '../../test/support/keys.ts';
import { type TestDatabase, testDatabase } from '../../test/support/postgres.ts';
import { clientOf, linkSystem, storePerson } from '../../test/support/privacy-world.ts';
import { type TestTemporal, testTemporal } from '../../test/support/temporal.ts';
import { createPreferencePages } from '../preferences/server.ts';

const { marketing, newsletter } = shipped.purposes;
if (marketing === undefined || newsletter === undefined) throw new Error('the policy that ships lost its purposes');
const text = { es: 'Acepto', it: 'Accetto', fr: 'J’accepte', en: 'I agree' };
const policy: ConsentPolicy = {
  ...shipped,
  purposes: {
    ...shipped.purposes,
    marketing: { ...marketing, expiresAfterMonths: 12, texts: [{ version: 'v1', from: '2020-01-01', text }] },
    newsletter: { ...newsletter, doubleOptIn: true },
  },
  caps: [{ channel: 'email', most: 2, days: 7 }],
};

let database: TestDatabase;
let temporal: TestTemporal;
let api: TestCommandApi;
let people = 0;
const clocks = { now: new Date() };

beforeAll(async () => {
  temporal = await testTemporal();
  database = await testDatabase();
  await linkSystem(database.worker, 'erp');
  await database.worker.transaction((tx) => saveConsentPolicy(tx, policy));
  api = testCommandApi(database, temporal, { consentPolicy: policy, now: () => clocks.now });
});
afterAll(async () => {
  await database.drop();
  await temporal.stop();
});

/** A new client with an address of their own. */
async function somebody(birthDate?: string): Promise<{ readonly clientId: string; readonly address: string }> {
  people += 1;
  const who = { given: 'Ana', family: `Quijano ${people}`, email: `ana${people}@example.org`, phone: `+3460011${1000 + people}` };
  const clientId = await clientOf(database.worker, who);
  await storePerson(database.worker, clientId, 'erp', String(people), who);
  if (birthDate !== undefined)
    await database.worker.query(
      sql`update client set golden = golden || jsonb_build_object('birthDate', ${birthDate}::text) where id = ${clientId}`,
    );
  return { clientId, address: who.email };
}
const say = (clientId: string, over: object = {}) =>
  api.send('front-office', 'POST', '/v1/consents', {
    clientId,
    purpose: 'marketing',
    channel: 'email',
    answer: 'granted',
    how: 'telephone',
    textVersion: 'v1',
    language: 'es',
    ...over,
  });
const holds = async (clientId: string): Promise<string[]> =>
  (await consentMatrixOf(database.reader, clientId)).map(({ purpose, channel, answer }) => `${purpose} ${channel} ${answer}`);
const reasonFor = async (address: string, over: object = {}): Promise<unknown> => {
  const { body } = await api.send('dpo', 'POST', '/v1/contactable', {
    purpose: 'marketing',
    channel: 'email',
    recipients: [{ address }],
    ...over,
  });
  return (body['answers'] as readonly { readonly reason: string }[])[0]?.reason;
};
const yearsAgo = (years: number): string => new Date(Date.now() - years * 365.25 * 86_400_000).toISOString();

test('the policy that ships fits its schema', () => {
  expect(validatorFor('policy/consent-policy')(shipped)).toEqual([]);
});

test('a yes names a purpose that is configured, a channel it uses and a text it has; a no needs none of that', async () => {
  const { clientId } = await somebody();
  const codes = [
    { purpose: 'nonsense' },
    { purpose: 'service' },
    { purpose: 'newsletter', channel: 'sms' },
    { textVersion: 'v9' },
  ];
  for (const [place, code] of ['unknown-purpose', 'not-optional', 'channel-not-used', 'unknown-text-version'].entries()) {
    const answer = await say(clientId, codes[place]);
    expect([answer.status, answer.body['code']]).toEqual([422, code]);
  }
  expect((await say(clientId, { purpose: 'nonsense', answer: 'denied' })).status).toBe(202);
});

test('double opt-in: noted is pending; the link does nothing until its button is pressed, then the yes holds', async () => {
  const { clientId, address } = await somebody();
  const { body } = await say(clientId, { purpose: 'newsletter', textVersion: 'n1' });
  expect(await holds(clientId)).toEqual(['newsletter email pending']);
  expect(await reasonFor(address, { purpose: 'newsletter' })).toBe('pending');
  const keys = testKeyRing();
  clocks.now = new Date(Date.now() + 1000);
  const parts = {
    db: database.worker,
    keys,
    temporal: temporal.client,
    log: createLog({ level: 'silent' }),
    now: () => clocks.now,
  };
  const pages = createPreferencePages({ ...parts, consentPolicy: policy });
  const path = String(body['confirmPath']);
  const shown = await pages.request(`${path}?lang=it`);
  expect(await shown.text()).toContain(newsletter?.title.it);
  expect(await holds(clientId)).toEqual(['newsletter email pending']);
  expect((await pages.request(path, { method: 'POST' })).status).toBe(200);
  expect(await holds(clientId)).toEqual(['newsletter email granted']);
  expect((await pages.request(`${path.slice(0, -4)}`, { method: 'POST' })).status).toBe(404);
  const { rows } = await database.reader.query(
    sql`select how, text_version from consent_event where answer = 'granted' and purpose = 'newsletter'`,
  );
  expect(rows).toEqual([{ how: 'double-opt-in', text_version: 'n1' }]);
});

test('a yes expires when its purpose says so: nobody writes any more, and its client is compared with the systems again', async () => {
  const { clientId, address } = await somebody();
  await say(clientId, { at: new Date(Date.now() - 400 * 86_400_000).toISOString() });
  expect(await holds(clientId)).toEqual(['marketing email expired']);
  expect(await reasonFor(address)).toBe('expired');
  await database.worker.query(sql`delete from consent_queue`);
  await database.worker.transaction((tx) => queueEndedConsents(tx, new Date(yearsAgo(1))));
  const { rows } = await database.worker.query(sql`select client_id from consent_queue`);
  expect(rows).toEqual([{ client_id: clientId }]);
  await say(clientId);
  expect(await reasonFor(address)).toBe('granted');
});

test("a child's own yes waits; that of the holder of parental responsibility holds until the birthday, then the child is asked", async () => {
  const child = await somebody(yearsAgo(10).slice(0, 10));
  await say(child.clientId);
  expect(await reasonFor(child.address)).toBe('pending');
  const at = new Date(Date.now() - 1000).toISOString();
  for (const givenBy of ['person', 'holder-of-parental-responsibility'])
    expect((await say(child.clientId, { givenBy, at })).body).toMatchObject({ recorded: true }); // each is a word of its own
  expect(await reasonFor(child.address)).toBe('pending');
  clocks.now = new Date(Date.now() + 2000);
  await say(child.clientId, { givenBy: 'holder-of-parental-responsibility' });
  expect(await reasonFor(child.address)).toBe('granted');
  const turned = await somebody(yearsAgo(13.5).slice(0, 10));
  await say(turned.clientId, {
    givenBy: 'holder-of-parental-responsibility',
    at: new Date(Date.now() - 86_400_000 * 30).toISOString(),
  });
  expect(await reasonFor(turned.address)).toBe('granted');
  await database.worker.query(
    sql`update client set golden = jsonb_set(golden, '{birthDate}', to_jsonb((current_date - interval '14 years')::date::text)) where id = ${turned.clientId}`,
  );
  expect(await reasonFor(turned.address)).toBe('expired');
  const aged = await database.worker.transaction((tx) => queueEndedConsents(tx, new Date(Date.now() - 2 * 86_400_000)));
  expect(aged).toEqual([{ clientId: turned.clientId }]);
});

test('who was written to as often as the policy allows is not written to again until days have passed', async () => {
  clocks.now = new Date();
  const { clientId, address } = await somebody();
  await say(clientId, { at: new Date(Date.now() - 1000).toISOString() });
  const sent = (at?: string) =>
    api.send('data-team', 'POST', '/v1/contacts', {
      channel: 'email',
      recipients: [{ address }],
      ...(at === undefined ? {} : { at }),
    });
  await sent(new Date(Date.now() - 8 * 86_400_000).toISOString());
  await sent();
  expect(await reasonFor(address)).toBe('granted');
  expect((await sent()).body).toEqual({ noted: 1, unreadable: 0 });
  expect(await reasonFor(address)).toBe('too-often');
  expect(await reasonFor(address, { purpose: 'service' })).toBe('not-needed');
});

test('a complaint that came by e-mail stops every message to that address and is passed on', async () => {
  const { clientId, address } = await somebody();
  await say(clientId, { at: new Date(Date.now() - 1000).toISOString() });
  expect(await reasonFor(address)).toBe('granted');
  const report = [
    'Content-Type: multipart/report; report-type=feedback-report; boundary="b"',
    '',
    '--b',
    'Content-Type: message/feedback-report',
    '',
    'Feedback-Type: abuse',
    `Original-Rcpt-To: <${address}>`,
    '--b--',
  ].join('\r\n');
  const { status, body } = await api.sendText('data-team', 'POST', '/v1/mail-reports', report);
  expect([status, body]).toMatchObject([202, { found: 1, listed: 1, passedOn: 'started' }]);
  expect(await reasonFor(address)).toBe('listed-complaint');
  expect((await api.sendText('data-team', 'POST', '/v1/mail-reports', 'From: a@b.example\n\nno report')).body).toMatchObject({
    found: 0,
  });
  const torn = await api.sendText('data-team', 'POST', '/v1/mail-reports', report.slice(report.indexOf('\r\n\r\n')));
  expect([torn.status, torn.body]).toMatchObject([400, { code: 'no-mail' }]);
  expect((await api.sendText('analyst', 'POST', '/v1/mail-reports', report)).status).toBe(403);
});

test('an exclusion list is kept as hashes, stops whoever stands on it, and changes nothing the second time', async () => {
  const { clientId, address } = await somebody();
  await say(clientId, { at: new Date(Date.now() - 1000).toISOString() });
  await database.worker.query(sql`delete from consent_queue`);
  const list = {
    reason: 'exclusion-list',
    identifiers: [{ address }, { address: 'not an address' }, { address: '+34 911 22 33 44' }],
  };
  const { status, body } = await api.send('dpo', 'POST', '/v1/exclusions', list);
  expect([status, body]).toMatchObject([202, { listed: 2, known: 0, unreadable: [1], passedOn: 'started' }]);
  expect(await reasonFor(address)).toBe('listed-exclusion-list');
  const { rows } = await database.worker.query(sql`select client_id from consent_queue`);
  expect(rows).toEqual([{ client_id: clientId }]);
  expect((await api.send('dpo', 'POST', '/v1/exclusions', { ...list, since: '2020-01-01T00:00:00.000Z' })).body).toMatchObject({
    listed: 0,
    known: 2,
    passedOn: 'nothing-new',
  });
  expect((await api.send('front-office', 'POST', '/v1/exclusions', list)).status).toBe(403);
});

test('a later yes counts more than a list, a complaint stands until it is taken off, and taking off is audited and leaves the own no', async () => {
  const { clientId, address } = await somebody();
  const listAs = (reason: string) =>
    api.send('dpo', 'POST', '/v1/exclusions', { reason, since: '2026-01-01T00:00:00.000Z', identifiers: [{ address }] });
  const off = (reason: string, role: Role = 'dpo') =>
    api.send(role, 'POST', '/v1/exclusions/delist', {
      reason,
      because: 'listed-by-mistake',
      reference: 'ticket/4711',
      identifiers: [{ address }, { address: 'x' }],
    });
  await listAs('exclusion-list');
  await say(clientId);
  expect(await reasonFor(address)).toBe('granted');
  await listAs('complaint');
  await listAs('opt-out');
  expect(await reasonFor(address)).toBe('listed-complaint');
  expect((await off('complaint', 'data-team')).status).toBe(403);
  expect((await off('opt-out')).status).toBe(400);
  expect((await off('complaint')).body).toMatchObject({ delisted: 1, unreadable: [1], passedOn: 'started' });
  expect(await reasonFor(address)).toBe('denied');
  expect((await off('complaint')).body).toMatchObject({ delisted: 0, passedOn: 'nothing-new' });
  const { rows } = await database.worker.query(sql`
    select actor, facts from audit_entry where action = 'suppression-list.remove'`);
  expect(rows).toEqual([
    { actor: 'somebody', facts: { reason: 'complaint', because: 'listed-by-mistake', reference: 'ticket/4711', delisted: 1 } },
  ]);
});
