import { MockActivityEnvironment } from '@temporalio/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sql } from '../../store/database.ts';
import { keepWebhooks, type ReceivedRecords, type WebhookEvent } from '../../store/write/webhook-events.ts';
import { type ConsentScene, consentScene } from '../../test/support/consent-scene.ts';
import { ContactSystem } from '../../test/support/contact-system.ts';
import { webhookActivities } from '../webhooks.ts';

let scene: ConsentScene;
beforeEach(async () => {
  scene = await consentScene([new ContactSystem('shop', [], [])]);
});
afterEach(() => scene.database.drop());

interface Said {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly at: string;
  readonly partial?: boolean;
  readonly more?: Partial<ReceivedRecords>;
}
const event = (id: string, { fields, at, partial = false, more = {} }: Said): WebhookEvent => {
  const record = { kind: 'person', externalId: '7', raw: { traits: fields }, canonical: fields, changedAt: at } as const;
  const received = { stream: 'person', partial, records: [record], rejected: [], ...more };
  return { id, kind: 'record', at, ref: { kind: 'person', externalId: '7' }, received };
};
const come = async (...events: readonly WebhookEvent[]): Promise<void> => {
  const { db, keys, now } = scene.deps;
  await keepWebhooks(db, keys, 'shop', [{ events, receivedAt: now() }]);
  await new MockActivityEnvironment().run(webhookActivities(scene.deps).workInWebhooks, {
    systemId: 'shop',
    after: '0',
    upTo: null,
  });
};
const held = async () =>
  (
    await scene.database.worker.query<{ raw: unknown; canonical: unknown }>(
      sql`select raw, canonical from source_record where linked_system_id = 'shop' and kind = 'person'`,
    )
  ).rows;

const ana = { givenName: 'Ana', emails: ['ana@example.org'] };

test('a record that came by itself is stored, queued to be resolved, and its event forgets it', async () => {
  await come(event('1', { fields: ana, at: '2026-05-01T00:00:00.000Z' }));
  expect(await held()).toEqual([{ raw: { traits: ana }, canonical: ana }]);
  const { rows } = await scene.database.worker.query(sql`select sealed, done_at is not null as done from webhook_event`);
  expect(rows).toEqual([{ sealed: null, done: true }]);
  const queued = await scene.database.worker.query(sql`select from resolution_queue`);
  expect(queued.rowCount).toBe(1);
});

test('what says only some fields leaves the others, whichever comes first', async () => {
  const older = event('1', { fields: ana, at: '2026-05-01T00:00:00.000Z', partial: true });
  const newer = event('2', {
    fields: { givenName: 'Anna', phones: ['+34600111222'] },
    at: '2026-05-02T00:00:00.000Z',
    partial: true,
  });
  const wanted = { givenName: 'Anna', emails: ['ana@example.org'], phones: ['+34600111222'] };
  await come(newer);
  await come(older);
  expect(await held()).toEqual([{ raw: { traits: wanted }, canonical: wanted }]);
  await come(event('3', { fields: { role: 'Buyer' }, at: '2026-05-03T00:00:00.000Z', partial: true }));
  expect(await held()).toMatchObject([{ canonical: { ...wanted, role: 'Buyer' } }]);
});

test('a whole record takes the place of the one before, and an older one never that of a newer', async () => {
  await come(event('2', { fields: { givenName: 'Anna' }, at: '2026-05-02T00:00:00.000Z' }));
  await come(event('1', { fields: ana, at: '2026-05-01T00:00:00.000Z' }));
  expect(await held()).toMatchObject([{ canonical: { givenName: 'Anna' } }]);
  await come(event('3', { fields: ana, at: '2026-05-03T00:00:00.000Z' }));
  expect(await held()).toMatchObject([{ canonical: ana }]);
});

test('several of one person in one batch are one record, in the order of their times', async () => {
  await come(
    event('1', { fields: ana, at: '2026-05-03T00:00:00.000Z', partial: true }),
    event('2', { fields: { givenName: 'Old' }, at: '2026-05-01T00:00:00.000Z', partial: true }),
    event('3', { fields: { role: 'Buyer' }, at: '2026-05-02T00:00:00.000Z', partial: true }),
  );
  expect(await held()).toMatchObject([{ canonical: { ...ana, role: 'Buyer' } }]);
});

test('what cannot be read is aside with its reason, what the schema refuses too, and the good ones are stored', async () => {
  const rejected = [{ externalId: '9', reasonCode: 'field-retyped', reason: '"email" is object', raw: { email: {} } }];
  await come(event('1', { fields: ana, at: '2026-05-01T00:00:00.000Z', more: { rejected } }));
  const bad = event('2', { fields: { birthDate: 'yesterday' }, at: '2026-05-01T00:00:00.000Z' });
  await come({
    ...bad,
    received: {
      ...(bad.received as ReceivedRecords),
      records: [{ kind: 'person', externalId: '8', raw: {}, canonical: { birthDate: 'yesterday' } }],
    },
  });
  const { rows } = await scene.database.worker.query(sql`select external_id, reason_code from rejected_record order by 1`);
  expect(rows).toEqual([
    { external_id: '8', reason_code: 'invalid-record' },
    { external_id: '9', reason_code: 'field-retyped' },
  ]);
  expect(await held()).toHaveLength(1);
});
