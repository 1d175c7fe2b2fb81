import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Role } from '../../domain/access/role.ts';
import { createLog } from '../../platform/log.ts';
import { sql } from '../../store/database.ts';
import { testCommandApi } from '../../test/support/command-api.ts';
import { testKeyRing } from '../../test/support/keys.ts';
import { type TestDatabase, testDatabase } from '../../test/support/postgres.ts';
import { type TestTemporal, testTemporal } from '../../test/support/temporal.ts';
import { createCommandApi } from '../server.ts';
import { unlinked } from '../../test/support/unlinked.ts';

let temporal: TestTemporal;
let database: TestDatabase;
const clientIds: Record<string, string> = {};

/** A client with one e-mail address and what they said of marketing by e-mail. */
async function client(name: string, email: string, answer?: 'granted' | 'denied'): Promise<void> {
  const db = database.worker;
  const { rows } = await db.query<{ id: string }>(sql`
    insert into client (kind, display_name, search_name) values ('person', ${name}, ${name}) returning id`);
  const id = rows[0]?.id ?? '';
  clientIds[name] = id;
  const { rows: records } = await db.query<{ id: string }>(sql`
    insert into source_record (linked_system_id, kind, external_id, raw, canonical, content_hash, stream, seen_run_id, client_id)
    values ('crm', 'person', ${name}, '{}', '{}', sha256('x'), 'people', uuidv7(), ${id}) returning id`);
  const recordId = records[0]?.id ?? '';
  await db.query(sql`
    insert into client_identifier (kind, value, client_id, source_record_id) values ('email', ${email}, ${id}, ${recordId})`);
  if (answer === undefined) return;
  await db.query(sql`
    with subject as (insert into consent_subject (source_record_id) values (${recordId}) returning id)
    insert into consent_event (subject_id, purpose, channel, answer, at, dedupe_key)
    select id, 'marketing', 'email', ${answer}, '2026-01-01', sha256(${name}::bytea) from subject`);
}

beforeAll(async () => {
  temporal = await testTemporal();
  database = await testDatabase();
  await database.worker.query(sql`insert into linked_system (id, connector, title) values ('crm', 'small', 'CRM')`);
  await client('ana', 'ana@example.org', 'granted');
  await client('luis', 'luis@example.org', 'denied');
  await client('eva', 'casa@example.org', 'granted');
  await client('teo', 'casa@example.org');
  const listed = testKeyRing().mac('suppression', 'email:gone@example.org');
  await database.worker.query(sql`
    insert into suppression_list (hash, identifier_kind, purpose, channel, reason, since)
    values (${listed}, 'email', '*', 'any', 'opt-out', '2026-01-01')`);
});
afterAll(async () => {
  await database.drop();
  await temporal.stop();
});

const ask = async (role: Role, body: unknown) => {
  const api = createCommandApi({
    db: database.worker,
    temporal: temporal.client,
    keys: testKeyRing(),
    log: createLog(),
    now: () => new Date(),
    ordererOf: () => Promise.resolve({ subject: 'someone', roles: [role] }),
    ...unlinked,
  });
  const response = await api.request('/v1/contactable', { method: 'POST', body: JSON.stringify(body) });
  return { status: response.status, body: (await response.json()) as Readonly<Record<string, unknown>> };
};
const marketing = (...recipients: readonly object[]) => ({ purpose: 'marketing', channel: 'email', recipients });

test('each recipient gets its answer with the reason, in the order asked and without its address', async () => {
  const addresses = [
    'ANA@Example.org',
    'luis@example.org',
    'casa@example.org',
    'nobody@example.org',
    'gone@example.org',
    'no address',
  ];
  const { status, body } = await ask('front-office', marketing(...addresses.map((address) => ({ address }))));
  expect(status).toBe(200);
  expect(body['allowed']).toBe(1);
  expect(body['answers']).toEqual([
    { allowed: true, reason: 'granted' },
    { allowed: false, reason: 'denied' },
    { allowed: false, reason: 'unknown' },
    { allowed: false, reason: 'unknown' },
    { allowed: false, reason: 'denied' },
    { allowed: false, reason: 'no-address' },
  ]);
  expect(JSON.stringify(body)).not.toContain('@');
});

test("a document of one client goes to no other client's address, by an old id of the client neither", async () => {
  const old = '01890000-0000-7000-8000-000000000001';
  await database.worker.query(sql`insert into client_alias (alias_id, client_id) values (${old}, ${clientIds['ana']})`);
  const asked = [
    { address: 'ana@example.org', clientId: clientIds['ana'] },
    { address: 'ana@example.org', clientId: old },
    { address: 'luis@example.org', clientId: clientIds['ana'] },
    { address: 'casa@example.org', clientId: clientIds['eva'] },
  ];
  const { body } = await ask('front-office', { ...marketing(...asked), consent: 'not-needed' });
  expect(body['answers']).toEqual([
    { allowed: true, reason: 'not-needed' },
    { allowed: true, reason: 'not-needed' },
    { allowed: false, reason: 'of-another-client' },
    { allowed: false, reason: 'of-another-client' },
  ]);
});

test('an audience holds only those who may be contacted, and says how many may not', async () => {
  const api = testCommandApi(database, temporal);
  const { status, body } = await api.send('data-team', 'POST', '/v1/audiences', { purpose: 'marketing', channel: 'email' });
  expect([status, body]).toEqual([
    200,
    { allowed: [{ address: 'ana@example.org', clientIds: [clientIds['ana']] }], leftOut: 2, next: null },
  ]);
  expect((await api.send('front-office', 'POST', '/v1/audiences', { purpose: 'marketing', channel: 'email' })).status).toBe(403);
});

test('a large audience comes page by page: everybody once, nobody who may not', async () => {
  const db = database.worker;
  const people = 5_200;
  await db.query(sql`
    with made as (
      insert into client (kind, display_name) select 'person', 'page' || n from generate_series(1, ${people}::int) n returning id, display_name),
    records as (
      insert into source_record (linked_system_id, kind, external_id, raw, canonical, content_hash, stream, seen_run_id, client_id)
      select 'crm', 'person', display_name, '{}', '{}', '\\x00', 'all', '00000000-0000-0000-0000-000000000000', id from made
      returning id, client_id, external_id),
    identified as (
      insert into client_identifier (kind, value, client_id, source_record_id)
      select 'email', external_id || '@example.org', client_id, id from records),
    subjects as (insert into consent_subject (source_record_id) select id from records returning id, source_record_id)
    insert into consent_event (subject_id, purpose, channel, answer, at, dedupe_key)
    select s.id, 'newsletter', 'email', case when source_record_id % 4 = 0 then 'denied' else 'granted' end, '2026-01-01',
           sha256(convert_to(s.id::text, 'UTF8')) from subjects s`);
  const api = testCommandApi(database, temporal);
  const addresses: string[] = [];
  let [leftOut, pages, after] = [0, 0, undefined as string | null | undefined];
  while (after !== null) {
    const { body } = await api.send('data-team', 'POST', '/v1/audiences', {
      purpose: 'newsletter',
      channel: 'email',
      ...(after === undefined ? {} : { after }),
    });
    const page = body as unknown as { allowed: { address: string }[]; leftOut: number; next: string | null };
    addresses.push(...page.allowed.map(({ address }) => address));
    [leftOut, pages, after] = [leftOut + page.leftOut, pages + 1, page.next];
  }
  expect([pages, addresses.length]).toEqual([2, (people / 4) * 3]);
  expect(new Set(addresses).size).toBe(addresses.length);
  expect(leftOut).toBe(people / 4 + 3);
  await db.query(sql`delete from client_identifier where value like 'page%'`);
});

test('ten thousand are answered in one call; one more, none, and an analyst are refused', async () => {
  const many = Array.from({ length: 10_000 }, (_, number) => ({ address: `p${number}@example.org` }));
  expect((await ask('dpo', marketing(...many, { address: 'ana@example.org' }))).status).toBe(400);
  expect((await ask('dpo', marketing())).status).toBe(400);
  expect((await ask('analyst', marketing({ address: 'ana@example.org' }))).status).toBe(403);
  const { status, body } = await ask('dpo', marketing(...many.slice(1), { address: 'ana@example.org' }));
  expect(status).toBe(200);
  expect(body['allowed']).toBe(1);
  expect((body['answers'] as readonly object[]).at(-1)).toEqual({ allowed: true, reason: 'granted' });
});
