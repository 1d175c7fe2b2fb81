import { fc, test as property } from '@fast-check/vitest';
import type { Hono } from 'hono';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { consentPolicy } from '../../domain/consent/consent-policy.ts';
import { createLog } from '../../platform/log.ts';
import { consentMatrixOf } from '../../store/read/consent.ts';
import { recipientsOf } from '../../store/read/contactable.ts';
import { sql } from '../../store/database.ts';
import { clientOf, linkSystem, storePerson } from '../../test/support/privacy-world.ts';
import { testKeyRing } from '../../test/support/keys.ts';
import { type TestDatabase, testDatabase } from '../../test/support/postgres.ts';
import { type TestTemporal, testTemporal } from '../../test/support/temporal.ts';
import { sealPreferenceLink } from './preference-link.ts';
import { createPreferencePages } from './server.ts';
import { pageLanguages, pageWords } from './words.ts';

const keys = testKeyRing();
const ana = { given: 'Ana', family: 'Quijano', email: 'ana.preferences@example.org', phone: '+34600111999' };
let database: TestDatabase;
let temporal: TestTemporal;
let pages: Hono;
let clientId: string;
let token: string;

beforeAll(async () => {
  temporal = await testTemporal();
  database = await testDatabase();
  await linkSystem(database.worker, 'erp');
  clientId = await clientOf(database.worker, ana);
  await storePerson(database.worker, clientId, 'erp', '1', ana);
  const { client } = temporal;
  pages = createPreferencePages({ db: database.worker, keys, temporal: client, log: createLog(), now: () => new Date() });
  token = linkFor('2099-01-01T00:00:00.000Z');
});
afterAll(async () => {
  await database.drop();
  await temporal.stop();
});

const linkFor = (until: string): string => sealPreferenceLink(keys, { clientId, purpose: 'marketing', channel: 'email', until });
const send = (path: string, form: Readonly<Record<string, string>>, headers: Readonly<Record<string, string>> = {}) =>
  pages.request(path, { method: 'POST', body: new URLSearchParams(form), headers });
const holds = async (): Promise<string[]> =>
  (await consentMatrixOf(database.reader, clientId)).map(({ purpose, channel, answer }) => `${purpose} ${channel} ${answer}`);

test('looking changes nothing, shows nobody who it is about, and stays in the browser', async () => {
  const response = await pages.request(`/p/${token}`, { headers: { 'accept-language': 'it-IT,en;q=0.5' } });
  const text = await response.text();
  expect(response.status).toBe(200);
  expect(text).toContain(`<html lang="it">`);
  expect(text).toContain(consentPolicy.purposes['marketing']?.title.it ?? 'no title');
  for (const secret of [ana.given, ana.family, ana.email, ana.phone, clientId]) expect(text).not.toContain(secret);
  expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(response.headers.get('cache-control')).toBe('no-store');
  expect(response.headers.get('referrer-policy')).toBe('no-referrer');
  expect(text).not.toContain('<script');
  const followed = await pages.request(`/u/${token}`);
  expect([followed.status, followed.headers.get('location')]).toEqual([303, `/p/${token}`]);
  expect(await holds()).toEqual([]);
});

test('a yes is kept with the text that was shown; one click takes it back; no to all beats it', async () => {
  const saved = await send(`/p/${token}?lang=es`, { 'marketing.email': 'granted' });
  expect(await saved.text()).toContain(pageWords.es.saved);
  expect(await holds()).toEqual(['marketing email granted']);
  const { rows } = await database.reader.query(
    sql`select text_version, language, how from consent_event where answer = 'granted'`,
  );
  expect(rows).toEqual([{ text_version: 'preference-page-2', language: 'es', how: 'preference-page' }]);

  const clicked = await send(`/u/${token}`, { 'List-Unsubscribe': 'One-Click' });
  expect(clicked.status).toBe(200);
  expect(await holds()).toEqual(['marketing email denied']);
  expect((await send(`/u/${token}`, { 'List-Unsubscribe': 'One-Click' })).status).toBe(200);

  await send(`/p/${token}`, { all: 'denied' });
  expect(await holds()).toContain('* any denied');
  await send(`/p/${token}`, { 'marketing.email': 'granted' });
  expect(await holds()).toContain('marketing email granted');
  const { rows: listed } = await database.worker.query(sql`select distinct reason from suppression_list`);
  expect(listed).toEqual([{ reason: 'opt-out' }]);
  const { rows: queued } = await database.worker.query(sql`select client_id from consent_queue`);
  expect(queued).toEqual([{ client_id: clientId }]);
});

test('what the form did not change is not said again, and a browser that asks for privacy is heard', async () => {
  const count = async () => (await database.reader.query(sql`select from consent_event`)).rowCount;
  const before = await count();
  await send(`/p/${token}`, { 'marketing.email': 'granted', 'nonsense.email': 'granted', 'marketing.fax': 'denied' });
  expect(await count()).toBe(before);
  await send(`/p/${token}`, { 'marketing.email': 'granted' }, { 'sec-gpc': '1' });
  expect(await holds()).toContain('sharing any denied');
});

test('an expired link and a broken one say so in every language and change nothing', async () => {
  const before = await holds();
  for (const language of pageLanguages) {
    const expired = await send(`/p/${linkFor('2020-01-01T00:00:00.000Z')}?lang=${language}`, { all: 'denied' });
    expect([expired.status, (await expired.text()).includes(pageWords[language].expiredLink)]).toEqual([410, true]);
    const broken = await send(`/u/${token.slice(0, -6)}?lang=${language}`, {});
    expect([broken.status, (await broken.text()).includes(pageWords[language].unknownLink)]).toEqual([404, true]);
  }
  expect(await holds()).toEqual(before);
});

test('who is erased since is contacted by nobody: the click is answered all the same', async () => {
  const gone = sealPreferenceLink(keys, {
    clientId: '01890000-0000-7000-8000-00000000dead',
    purpose: 'marketing',
    channel: 'email',
    until: '2099-01-01T00:00:00.000Z',
  });
  expect((await send(`/u/${gone}`, {})).status).toBe(200);
  expect((await pages.request(`/p/${gone}`)).status).toBe(200);
});

test('a no of who is gone everywhere is listed, so that it holds when a system brings them back', async () => {
  const address = 'back.again@example.org';
  const hash = keys.mac('suppression', `email:${address}`).toString('hex');
  const link = { purpose: 'marketing', channel: 'email', until: '2099-01-01T00:00:00.000Z', hashes: [hash] };
  const gone = sealPreferenceLink(keys, { ...link, clientId: '01890000-0000-7000-8000-00000000beef' });
  expect((await send(`/u/${gone}`, {})).status).toBe(200);
  const [recipient] = await recipientsOf(database.worker, keys, [{ kind: 'email', value: address }]);
  expect(recipient?.listed).toMatchObject([{ reason: 'opt-out', purpose: 'marketing', channel: 'email' }]);
});

property.prop([fc.nat(), fc.integer({ min: 1, max: 255 })], { numRuns: 200 })(
  'a link with any byte changed opens nothing',
  async (place, flip) => {
    const bytes = Buffer.from(token, 'base64url');
    const at = place % bytes.length;
    bytes.writeUInt8(bytes.readUInt8(at) ^ flip, at);
    expect((await pages.request(`/p/${bytes.toString('base64url')}`)).status).toBe(404);
  },
);

test('every language has a word for every channel', () => {
  for (const language of pageLanguages) {
    expect(Object.keys(pageWords[language].channels), language).toEqual(Object.keys(pageWords.en.channels));
    expect(Object.keys(pageWords[language]).sort()).toEqual(Object.keys(pageWords.en).sort());
  }
});
