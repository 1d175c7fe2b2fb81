import { MockActivityEnvironment } from '@temporalio/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sql } from '../store/database.ts';
import { keepWebhooks, type WebhookEvent } from '../store/write/webhook-events.ts';
import { anaIn, type ConsentScene, consentScene, saidIn } from '../test/support/consent-scene.ts';
import { ContactSystem } from '../test/support/contact-system.ts';
import { type WebhookOrder, webhookActivities, type WorkedIn } from './webhooks.ts';

let scene: ConsentScene;
let mailer: ContactSystem;
let erp: ContactSystem;
beforeEach(async () => {
  mailer = new ContactSystem('mailer', ['email'], ['m1']);
  erp = new ContactSystem('erp', ['email'], ['e1']);
  scene = await consentScene([mailer, erp]);
  await scene.pull('erp', [anaIn('e1')]);
  await scene.pull('mailer', [anaIn('m1'), saidIn('m1', { answer: 'granted', at: '2026-05-01T00:00:00.000Z' })]);
});
afterEach(() => scene.database.drop());

const marketing = { channel: 'email', purpose: 'marketing' } as const;
const ana = { kind: 'person', externalId: 'm1' } as const;
const hook = (id: string, over: Partial<WebhookEvent>): WebhookEvent => ({
  id,
  kind: 'consent',
  at: '2026-05-30T10:00:00Z',
  ref: ana,
  consent: { ...marketing, answer: 'denied' },
  ...over,
});
const come = (...events: WebhookEvent[]) =>
  keepWebhooks(scene.deps.db, scene.deps.keys, 'mailer', [{ events, receivedAt: scene.deps.now() }]);
const workIn = async (upTo: string | null = null): Promise<WorkedIn> => {
  const { workInWebhooks } = webhookActivities(scene.deps);
  const order: WebhookOrder = { systemId: 'mailer', after: '0', upTo };
  return await new MockActivityEnvironment().run<[WebhookOrder], WorkedIn, typeof workInWebhooks>(workInWebhooks, order);
};
const ledger = async () =>
  (
    await scene.database.worker.query<{ line: string }>(sql`
      select concat_ws(' ', purpose, channel, answer, how) as line from consent_event order by at, id`)
  ).rows.map(({ line }) => line);
const listed = async () =>
  (
    await scene.database.worker.query<{ line: string }>(sql`
      select concat_ws(' ', reason, purpose, channel) as line from suppression_list order by 1`)
  ).rows.map(({ line }) => line);
const waiting = async () =>
  (await scene.database.worker.query(sql`select from webhook_event where done_at is null and sealed is not null`)).rowCount;

test('an opt-out by webhook reaches every other system, read back, and what it was about is forgotten', async () => {
  await come(hook('1', {}));
  expect(await workIn()).toMatchObject({ saidSomething: true, after: null });
  mailer.denied.add('m1 email marketing');
  await scene.propagate();
  expect(erp.contacts('e1', 'email', 'marketing')).toBe(false);
  expect(await ledger()).toEqual(['marketing email granted', 'marketing email denied webhook']);
  expect(await listed()).toEqual(['opt-out marketing email']);
  expect(await waiting()).toBe(0);
  const { rows } = await scene.database.worker.query<{ sealed: unknown }>(sql`select sealed from webhook_event`);
  expect(rows).toEqual([{ sealed: null }]);
});

test('by address, in any spelling; a replay and another order change nothing; an older yes raises nothing', async () => {
  const no = hook('1', { ref: null, email: ' ANA.Quijano@Example.org' });
  const oldYes = hook('2', { at: '2026-05-10T00:00:00Z', consent: { ...marketing, answer: 'granted' } });
  await come(no);
  await workIn();
  await come(no, oldYes);
  await workIn();
  await come(oldYes, no);
  await workIn();
  await scene.propagate();
  expect(await ledger()).toHaveLength(3);
  expect(erp.contacts('e1', 'email', 'marketing')).toBe(false);
});

test('an event from the future counts from when it came, so that the next yes is not lost', async () => {
  await come(hook('1', { at: '2036-01-01T00:00:00Z' }));
  await workIn();
  const { rows } = await scene.database.worker.query<{ at: string }>(sql`select at from consent_event where how = 'webhook'`);
  expect(rows).toEqual([{ at: '2026-06-01T00:00:00.000Z' }]);
});

test('the echo of what Ficha wrote itself is no word of the person', async () => {
  await scene.pull('erp', [saidIn('e1', { answer: 'denied', at: '2026-05-20T00:00:00.000Z' })]);
  await scene.propagate();
  expect(mailer.writes).toEqual(['suppress m1 email marketing']);
  const before = await ledger();
  await come(hook('1', { at: '2026-06-01T00:00:00Z' }));
  await workIn();
  expect(await ledger()).toEqual(before);
  expect(await waiting()).toBe(0);
});

test('about a record that is not there yet: waits for the pull; about nobody after it: the address is listed', async () => {
  const events = [
    hook('1', { ref: { kind: 'person', externalId: 'm2' } }),
    hook('2', { ref: null, email: 'nobody@example.org' }),
  ];
  await come(...events);
  const { last } = await workIn();
  expect(await waiting()).toBe(2);
  await scene.pull('mailer', [anaIn('m2', { givenName: 'Luis', emails: ['luis@example.org'] })]);
  await come(hook('3', { kind: 'changed', ref: null, email: 'late@example.org' }));
  await workIn(last);
  expect(await ledger()).toEqual(['marketing email granted', 'marketing email denied webhook']);
  expect(await listed()).toEqual(['opt-out marketing email', 'opt-out marketing email']);
  expect(await waiting()).toBe(1); // what came after the pull has a pull of its own
});

test('a complaint is an objection to every purpose; a hard bounce is listed and says nothing for the person', async () => {
  await come(
    hook('1', { kind: 'complaint', ref: null, email: 'ana.quijano@example.org' }),
    hook('2', { kind: 'hard-bounce', ref: null, email: 'old@example.org' }),
  );
  const { last } = await workIn();
  await workIn(last);
  expect(await ledger()).toEqual(['marketing email granted', '* email denied complaint']);
  expect(await listed()).toEqual(['complaint * email', 'hard-bounce * email', 'opt-out * email']);
  await scene.propagate();
  expect(erp.contacts('e1', 'email', 'anything')).toBe(false);
});

test('a deleted contact says no still: deleting it takes nothing back', async () => {
  await scene.pull('mailer', [], [{ kind: 'person', externalId: 'm1' }]);
  await come(hook('1', {}));
  await workIn();
  expect(await ledger()).toContain('marketing email denied webhook');
});
