import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadConnectors } from '../../connectors/kit/registry.ts';
import { createLog } from '../../platform/log.ts';
import { webhookReader } from '../../runtime/receive-webhook.ts';
import { sql } from '../../store/database.ts';
import { testKeyRing } from '../../test/support/keys.ts';
import { type TestDatabase, testDatabase } from '../../test/support/postgres.ts';
import { temporaryFolder } from '../../test/support/temporary-folder.ts';
import { unlinked } from '../../test/support/unlinked.ts';
import { keepTogether } from '../keep-together.ts';
import { createCommandApi } from '../server.ts';
import { writeFileSync } from 'node:fs';

let database: TestDatabase;
let api: ReturnType<typeof createCommandApi>;
const logged: string[] = [];
beforeAll(async () => {
  database = await testDatabase();
  const folder = temporaryFolder();
  const secretFile = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return `file:${join(folder, name)}`;
  };
  const config = { secrets: { apiKey: secretFile('key', 'k'), webhookToken: secretFile('token', 'hook-secret') } };
  await database.worker.query(sql`
    insert into linked_system (id, connector, title, config, state)
    values ('mailer', 'brevo', 'Mailer', ${JSON.stringify(config)}, 'active'), ('gone', 'brevo', 'Gone', ${JSON.stringify(config)}, 'removed'),
           ('sheet', 'spreadsheet', 'Sheet', ${JSON.stringify({ path: folder })}, 'active')`);
  const now = () => new Date('2026-11-24T10:00:00Z');
  api = createCommandApi({
    ...unlinked,
    db: database.worker,
    temporal: undefined as never, // a webhook is kept and answered; nothing is started here
    keys: testKeyRing(),
    log: createLog({}, { write: (line: string) => logged.push(line) } as never),
    now,
    ordererOf: () => Promise.reject(new Error('a webhook has no bearer token')),
    readWebhook: webhookReader(database.worker, await loadConnectors(), now, undefined),
  });
});
afterAll(() => database.drop());

const unsubscribed = { event: 'unsubscribe', email: 'Ana.Quijano@example.org', ts_event: 1_795_514_400, id: 7 };
const send = async (body: unknown, path = '/v1/webhooks/mailer?token=hook-secret') => {
  const response = await api.request(path, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) });
  return { status: response.status, body: (await response.json()) as Readonly<Record<string, unknown>> };
};
const kept = async () =>
  (await database.worker.query<{ kind: string; sealed: Buffer }>(sql`select kind, sealed from webhook_event order by id`)).rows;

test('a webhook is kept, sealed, and answered at once; sent again it is known; events of no interest are counted', async () => {
  expect(await send(unsubscribed)).toEqual({ status: 202, body: { accepted: 1, known: 0, echoes: 0, unknown: 0 } });
  expect(await send(unsubscribed)).toEqual({ status: 202, body: { accepted: 0, known: 1, echoes: 0, unknown: 0 } });
  expect(await send({ event: 'opened', email: 'a@example.org' })).toMatchObject({ body: { accepted: 0, unknown: 1 } });
  const rows = await kept();
  expect(rows.map(({ kind }) => kind)).toEqual(['consent']);
  expect(rows[0]?.sealed.toString('latin1').toLowerCase()).not.toContain('ana.quijano');
});

test('forged, malformed, too large or for nobody: refused with the way out, nothing is kept, and no address is logged', async () => {
  const before = await kept();
  expect(await send(unsubscribed, '/v1/webhooks/mailer?token=guess')).toMatchObject({
    status: 401,
    body: { code: 'webhook-not-signed' },
  });
  expect(await send(unsubscribed, '/v1/webhooks/mailer')).toMatchObject({ status: 401 });
  expect(await send('{"event":"unsub')).toMatchObject({ status: 400, body: { code: 'answer-not-json' } });
  expect(await send('['.repeat(9_000))).toMatchObject({ status: 400, body: { code: 'answer-too-deep' } });
  expect(await send({ event: 'unsubscribe', pad: 'x'.repeat(2_000_000) })).toMatchObject({
    status: 413,
    body: { code: 'body-too-large' },
  });
  expect(await send(unsubscribed, '/v1/webhooks/nowhere?token=hook-secret')).toMatchObject({ status: 404 });
  expect(await send(unsubscribed, '/v1/webhooks/gone?token=hook-secret')).toMatchObject({ status: 404 });
  expect(await send(unsubscribed, '/v1/webhooks/sheet')).toMatchObject({ status: 404, body: { code: 'verb-unsupported' } });
  expect(await kept()).toEqual(before);
  expect(logged.join('')).not.toMatch(/quijano|hook-secret|guess/i);
});

test('the address answers a vendor that tries it before it takes it', async () => {
  expect((await api.request('/v1/webhooks/mailer')).status).toBe(200);
});

test('a thousand webhooks at once are all kept, each once', async () => {
  const before = (await kept()).length;
  const answers = await Promise.all(
    Array.from({ length: 1_000 }, (_, n) => send({ ...unsubscribed, email: `p${n % 900}@example.org` })),
  );
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
  expect((await kept()).length - before).toBe(900);
});

test('webhooks that come while others are written share a write; one that cannot be kept fails alone', async () => {
  const writes: number[] = [];
  const keep = keepTogether(async (_system, webhooks) => {
    writes.push(webhooks.length);
    await new Promise((resolve) => setImmediate(resolve));
    if (webhooks.some(({ events }) => events.length === 0)) throw new Error('cannot be kept');
    return webhooks.map(({ events }) => events.length);
  });
  const event = { id: 'e', kind: 'changed', at: null, ref: null } as const;
  const came = (events: readonly (typeof event)[]) => keep('mailer', { events, receivedAt: new Date() });
  const all = await Promise.allSettled([came([event]), came([event]), came([]), came([event, event])]);
  expect(all.map((one) => (one.status === 'fulfilled' ? one.value : 'failed'))).toEqual([1, 1, 'failed', 2]);
  expect(writes).toEqual([1, 3, 1, 1, 1]);
  expect(await came([event])).toBe(1);
});
