import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { webhookActivities } from '../../activities/webhooks.ts';
import { consentPolicy } from '../../domain/consent/consent-policy.ts';
import { createLog } from '../../platform/log.ts';
import { sql } from '../../store/database.ts';
import { testKeyRing } from '../../test/support/keys.ts';
import { type TestDatabase, testDatabase } from '../../test/support/postgres.ts';
import { startWebFormTwin, type WebFormTwin } from '../../test/twins/web-form.ts';
import { createForms } from './server.ts';
import { formWords } from './words.ts';

const keys = testKeyRing();
const now = (): Date => new Date('2026-11-24T10:00:00Z');
const log = createLog({}, { write: () => undefined } as never);
const texts = [{ version: '2026-01', from: '2026-01-01', text: { en: 'Offers', es: 'Ofertas', it: 'Offerte', fr: 'Offres' } }];
const marketing = consentPolicy.purposes['marketing'];
const policy = {
  ...consentPolicy,
  purposes: { ...consentPolicy.purposes, ...(marketing === undefined ? {} : { marketing: { ...marketing, texts } }) },
} as typeof consentPolicy; // one purpose changed
let database: TestDatabase;
let site: WebFormTwin;

beforeAll(async () => {
  database = await testDatabase();
  const db = database.worker;
  const forms = createForms({ db, keys, log, now, consentPolicy: policy });
  site = await startWebFormTwin('contact', (request) => forms.fetch(request));
  const config = JSON.stringify({ origins: [site.url], perHour: 20 });
  await db.query(
    sql`insert into linked_system (id, connector, title, config, state) values ('contact', 'web-form', 'Contact', ${config}, 'active')`,
  );
});
afterAll(async () => {
  await site.stop();
  await database.drop();
});

/** What was taken in, worked into records as the worker does. */
async function records(): Promise<readonly { readonly kind: string; readonly canonical: Readonly<Record<string, unknown>> }[]> {
  const deps = { db: database.worker, keys, log, now, analytics: {} as never };
  const { workInWebhooks } = webhookActivities({ ...deps, openSystem: () => Promise.reject(new Error('not here')) });
  await new MockActivityEnvironment().run(workInWebhooks, { systemId: 'contact', after: '0', upTo: null });
  const { rows } = await database.worker.query<{
    readonly kind: string;
    readonly canonical: Readonly<Record<string, unknown>>;
  }>(sql`select kind, canonical from source_record where linked_system_id = 'contact' order by kind`);
  return rows;
}

test('the form of the how-to, filled in on a site, is taken in with its tick and the version of its text', async () => {
  const ana = { name: 'Ana Quijano', email: 'ana.quijano@example.org', message: 'Is it in stock?' };
  expect(await site.visit({ ...ana, consent: 'yes' })).toMatchObject({ status: 200 });
  expect(await records()).toEqual([
    { kind: 'consent', canonical: expect.objectContaining({ answer: 'granted', purpose: 'marketing', textVersion: '2026-01' }) },
    { kind: 'interaction', canonical: expect.objectContaining({ text: ana.message, direction: 'in' }) },
    { kind: 'person', canonical: expect.objectContaining({ fullName: ana.name, emails: [ana.email] }) },
  ]);
  expect(site.violations).toEqual([]);
});

test('what a robot fills in is thanked and not kept; whoever leaves no way to answer is asked again, in French where that is read', async () => {
  const before = await records();
  expect(await site.robot()).toMatchObject({ status: 200 });
  const again = await site.visit({ name: 'Eva', email: 'eva@', message: 'Hi' }, 'fr');
  expect(again).toMatchObject({ status: 400, text: expect.stringContaining(formWords.fr.wrong.unreachable) });
  expect(await records()).toEqual(before);
  expect(site.ledger.map(({ subject }) => subject)).toEqual(['200', '200', '400']);
});
