import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '../../store/database.ts';
import { type TestCommandApi, testCommandApi } from '../../test/support/command-api.ts';
import { type TestDatabase, testDatabase } from '../../test/support/postgres.ts';
import { clientOf, linkSystem, storePerson } from '../../test/support/privacy-world.ts';
import { type TestTemporal, testTemporal } from '../../test/support/temporal.ts';

const ana = { given: 'Ana', family: 'Quijano', email: 'ana.receipt@example.org', phone: '+34600111777' };
let database: TestDatabase;
let temporal: TestTemporal;
let api: TestCommandApi;
let clientId: string;

beforeAll(async () => {
  temporal = await testTemporal();
  database = await testDatabase();
  await linkSystem(database.worker, 'erp');
  clientId = await clientOf(database.worker, ana);
  await storePerson(database.worker, clientId, 'erp', '1', ana);
  api = testCommandApi(database, temporal);
  const said = { clientId, purpose: 'marketing', channel: 'email', how: 'telephone' };
  await api.send('front-office', 'POST', '/v1/consents', {
    ...said,
    answer: 'granted',
    textVersion: 'news-3',
    language: 'es',
    at: '2026-01-01T10:00:00.000Z',
  });
  await api.send('front-office', 'POST', '/v1/consents', { ...said, answer: 'denied', at: '2026-02-01T10:00:00.000Z' });
});
afterAll(async () => {
  await database.drop();
  await temporal.stop();
});

test('a receipt holds every event with its proof and no name or address', async () => {
  const { status, body } = await api.send('front-office', 'GET', `/v1/consent-receipts/${clientId}`);
  expect(status).toBe(200);
  expect(body).toMatchObject({
    schema_version: 'ISO/IEC TS 27560:2023',
    pii_principal_id: clientId,
    jurisdiction: 'EU',
    recipients: [{ party_id: 'erp' }],
    pii_information: [{ pii_type: 'identity', special: false }],
    pii_processing: [
      {
        purpose: 'Publicidad y novedades',
        purpose_type: 'dpv:DirectMarketing',
        lawful_basis: 'consent',
        lawful_basis_type: 'eu-gdpr:A6-1-a',
        notice: { version: 'news-3', language: 'es' },
        events: [
          { event_state: 'dpv:ConsentGiven', method: 'telephone', event_time: '2026-01-01T10:00:00.000Z' },
          { event_state: 'dpv:ConsentWithdrawn' },
        ],
      },
    ],
  });
  for (const secret of [ana.given, ana.email, ana.phone]) expect(JSON.stringify(body)).not.toContain(secret);
  expect((await api.send('analyst', 'GET', `/v1/consent-receipts/${clientId}`)).status).toBe(403);
  expect((await api.send('dpo', 'GET', '/v1/consent-receipts/nobody')).status).toBe(404);
});

test('who was told of it is listed with the answer', async () => {
  await database.worker.query(sql`
    insert into suppression (client_id, purpose, channel, linked_system_id, since, state, detail)
    values (${clientId}, 'marketing', 'email', 'erp', '2026-02-01', 'refused', 'silently-ignored')`);
  const { body } = await api.send('dpo', 'GET', `/v1/consent-told/${clientId}`);
  expect(body['told']).toMatchObject([{ linkedSystemId: 'erp', told: 'stop', answer: 'refused', detail: 'silently-ignored' }]);
});

test('the record of processing names purposes, recipients with the fields they hold, and retention; also as a page', async () => {
  const { body } = await api.send('dpo', 'GET', '/v1/processing-record');
  expect(body).toMatchObject({
    recipients: [
      {
        linkedSystemId: 'erp',
        categories: ['contact', 'identity'],
        holds: [
          {
            kind: 'person',
            records: 1,
            fields: [
              { field: 'emails', category: 'contact' },
              { field: 'familyName', category: 'identity' },
              { field: 'givenName', category: 'identity' },
              { field: 'phones', category: 'contact' },
            ],
          },
        ],
      },
    ],
    retention: [{ category: 'prospect', afterMonths: 36 }],
  });
  const purposes = body['purposes'] as readonly { readonly purpose: string; readonly people: number }[];
  expect(purposes.find(({ purpose }) => purpose === 'marketing')).toMatchObject({ people: 1, saidIn: [], legalBasis: 'consent' });
  const pageIn = async (language: string) =>
    String((await api.send('dpo', 'GET', `/v1/processing-record?as=page${language}`)).body['text']);
  expect(await pageIn('')).toContain('<h1>Record of processing activities</h1>');
  expect(await pageIn('&language=es')).toMatch(
    /<h1>Registro de actividades de tratamiento<[^]*contacto, identidad[^]*nunca compró/,
  );
  expect((await api.send('dpo', 'GET', '/v1/processing-record?as=page&language=xx')).body).toMatchObject({
    code: 'bad-language',
  });
  expect((await api.send('front-office', 'GET', '/v1/processing-record')).status).toBe(403);
  expect((await api.send('dpo', 'GET', '/v1/consent-drift')).body).toEqual({ drift: [] });
});

test('a proposal of the retention round is decided: anonymise opens a request that says so, once', async () => {
  await database.worker.query(sql`
    insert into review_task (kind, reason, subject, subject_key)
    values ('consent', 'retention-due', jsonb_build_object('clientId', ${clientId}::text, 'category', 'prospect', 'action', 'anonymise',
            'lastHeardAt', '2020-01-01'), 'retention/x')`);
  const { body } = await api.send('dpo', 'GET', '/v1/retention');
  const [{ taskId } = { taskId: '' }] = body['proposals'] as readonly { readonly taskId: string }[];
  expect((await api.send('dpo', 'POST', '/v1/retention', { taskId, answer: 'keep' })).status).toBe(400);
  const decided = await api.send('dpo', 'POST', '/v1/retention', { taskId, answer: 'anonymise' });
  expect(decided.status).toBe(202);
  const { rows } = await database.reader.query(sql`select id, type, anonymise from privacy_request`);
  expect(rows).toEqual([{ id: decided.body['requestId'], type: 'erasure', anonymise: true }]);
  expect((await api.send('dpo', 'POST', '/v1/retention', { taskId, answer: 'erase' })).status).toBe(409);
});
