import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventsOf, type Typed } from '../../api/forms/submission.ts';
import { consentPolicy } from '../../domain/consent/consent-policy.ts';
import { identifiersOf } from '../../domain/record/identifiers.ts';
import { sql } from '../../store/database.ts';
import { layTombstones, tombstonesOf } from '../../store/write/tombstones.ts';
import { keepWebhooks } from '../../store/write/webhook-events.ts';
import { testKeyRing } from '../../test/support/keys.ts';
import { type TestDatabase, testDatabase } from '../../test/support/postgres.ts';
import { clientOf, openErasure, privacyDeps } from '../../test/support/privacy-world.ts';
import { webhookActivities } from '../webhooks.ts';

const keys = testKeyRing();
let database: TestDatabase;

const typed: Typed = {
  name: 'Ana Quijano',
  email: 'Ana.Quijano@example.org',
  phone: '',
  message: '',
  consent: 'on',
  consent_text: 'v1',
  language: 'es',
  website: '',
};
const erasedAt = new Date('2026-05-01T10:00:00.000Z');

beforeAll(async () => {
  database = await testDatabase();
  for (const [id, connector] of [
    ['site', 'web-form'],
    ['mailer', 'mailchimp'],
  ])
    await database.owner.query(sql`insert into linked_system (id, connector, title) values (${id}, ${connector}, ${id})`);
  const who = { given: 'Ana', family: 'Quijano', email: 'ana.quijano@example.org', phone: '+34600111222' };
  const { requestId } = await openErasure(database, await clientOf(database.worker, who), 'erasure', erasedAt);
  const identifiers = identifiersOf({ emails: [who.email], phones: [who.phone] });
  const formId = drafts('site', erasedAt)[0]?.externalId ?? ''; // she had filled in the form before, and was erased with that
  const tombstones = tombstonesOf(keys, { systemId: 'site', kind: 'person', externalId: formId, identifiers });
  await database.worker.transaction((tx) => layTombstones(tx, requestId, tombstones, erasedAt));
});
afterAll(async () => {
  await database.drop();
});

const made = (systemId: string, at: Date, policy = consentPolicy) =>
  eventsOf(keys, typed, { systemId, purpose: 'marketing', policy, at });
const drafts = (systemId: string, at: Date) => made(systemId, at).flatMap(({ received }) => received?.records ?? []);

/** The form comes by a system and is worked in. @returns who is there, and what the audit log says of tombstones */
async function came(systemId: string, at: string, policy = consentPolicy) {
  const now = new Date(at);
  await keepWebhooks(database.worker, keys, systemId, [{ events: made(systemId, now, policy), receivedAt: now }]);
  const { workInWebhooks } = webhookActivities(privacyDeps(database, [], {}, () => now));
  await new MockActivityEnvironment().run(workInWebhooks, { systemId, after: '0', upTo: null });
  const { rows: people } = await database.worker.query<{ id: string }>(sql`
    select linked_system_id as id from source_record where kind = 'person' and deleted_at is null`);
  const { rows: lifted } = await database.worker.query<{ facts: object }>(sql`
    select facts from audit_entry where action = 'tombstone.lift' order by seq`);
  return { people: people.map(({ id }) => id), lifted };
}

const confirmed = (): typeof consentPolicy => ({
  ...consentPolicy,
  purposes: Object.fromEntries(
    Object.entries(consentPolicy.purposes).map(([name, purpose]) => [name, { ...purpose, doubleOptIn: true }]),
  ),
});

test('a yes of before the erasure, one that waits for confirmation, and one that a vendor brings let nobody back in', async () => {
  const nobody = { people: [], lifted: [] };
  expect(await came('site', '2026-04-30T10:00:00.000Z')).toEqual(nobody);
  expect(await came('site', '2026-05-02T10:00:00.000Z', confirmed())).toEqual(nobody);
  expect(await came('mailer', '2026-05-03T10:00:00.000Z')).toEqual(nobody);
});

test('who fills in a form after the erasure and says yes is written again, and the audit log says so without naming anybody', async () => {
  const { people, lifted } = await came('site', '2026-05-04T10:00:00.000Z');
  expect(people).toEqual(['site']);
  expect(lifted).toMatchObject([
    { facts: { lifted: 2, how: 'form', givenAt: '2026-05-04T10:00:00.000Z', submission: expect.any(String) } },
  ]);
  expect(JSON.stringify(lifted).toLowerCase()).not.toMatch(/quijano|600111222/);
  const { rows } = await database.worker.query<{ answer: string }>(sql`select answer from consent_event`);
  expect(rows).toEqual([{ answer: 'granted' }]);
});
