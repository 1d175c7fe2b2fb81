import { createHash } from 'node:crypto';
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLog } from '../platform/log.ts';
import { type Db, sql } from '../store/database.ts';
import { constrainPair } from '../store/write/match.ts';
import { testKeyRing } from '../test/support/keys.ts';
import { type TestDatabase, testDatabase } from '../test/support/postgres.ts';
import { randomFrom, sampleWorld } from '../test/twins/sample-world.ts';
import { sampleSeeds } from '../test/twins/sample-seeds.ts';
import { resolveActivities } from './resolve.ts';

interface Incoming {
  readonly system: string;
  readonly kind: 'person' | 'company';
  readonly externalId: string;
  readonly canonical: object;
}

const opened: TestDatabase[] = [];
let records: readonly Incoming[];

const present = (fields: Readonly<Record<string, unknown>>): object =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

/** The sample world as four systems write it down, without a system in between. */
function incoming(): Incoming[] {
  const { erp, mailer, sheet } = sampleSeeds(sampleWorld(200));
  return [
    ...erp.map(
      (party, place): Incoming => ({
        system: 'erp',
        kind: party.kind,
        externalId: String(place),
        canonical: present({
          ...(party.kind === 'company' ? { companyName: party.name } : { fullName: party.name }),
          emails: party.emails,
          phones: party.phones,
          taxId: party.taxId,
          country: party.country,
          addresses: [present({ city: party.city, postcode: party.postcode })],
        }),
      }),
    ),
    ...mailer.map(
      (member): Incoming => ({
        system: 'mailer',
        kind: 'person',
        externalId: member.email,
        canonical: present({ fullName: member.name, emails: [member.email] }),
      }),
    ),
    ...sheet.map(
      (row): Incoming => ({
        system: 'sheet',
        kind: 'person',
        externalId: row.id,
        canonical: present({
          givenName: row.givenName,
          familyName: row.familyName,
          emails: row.email ? [row.email] : undefined,
          phones: row.phone ? [row.phone] : undefined,
          birthDate: row.birthDate,
          country: row.country,
        }),
      }),
    ),
  ];
}

async function arrive(tx: Db, arriving: readonly Incoming[]): Promise<void> {
  const rows = JSON.stringify(
    arriving.map((one) => ({
      ...one,
      external_id: one.externalId,
      hash: createHash('sha256').update(JSON.stringify(one)).digest('hex'),
    })),
  );
  await tx.query(sql`
    with arrived as (
      insert into source_record (linked_system_id, kind, external_id, raw, canonical, content_hash, stream, seen_run_id)
      select x.system, x.kind, x.external_id, x.canonical, x.canonical, decode(x.hash, 'hex'), 'all', '00000000-0000-0000-0000-000000000001'
        from jsonb_to_recordset(${rows}::jsonb) as x(system text, kind text, external_id text, canonical jsonb, hash text)
      returning id)
    insert into resolution_queue (source_record_id) select id from arrived`);
}

/** Clusters as sets of record keys, and what they are called: everything but ids that depend on the order of arrival. */
async function outcome(database: TestDatabase): Promise<string[]> {
  const { rows } = await database.worker.query<{ readonly members: string; readonly name: string | null }>(sql`
    select string_agg(r.linked_system_id || ':' || r.external_id, ' ' order by r.linked_system_id, r.external_id) as members, min(c.display_name) as name
      from source_record r join client c on c.id = r.client_id group by c.id`);
  return rows.map(({ members, name }) => `${members} = ${name}`).sort();
}

async function drain(database: TestDatabase, limit: number): Promise<void> {
  const { resolveBatch } = resolveActivities({
    db: database.worker,
    keys: testKeyRing(),
    now: () => new Date(),
    log: createLog({ level: 'silent' }),
    openSystem: () => Promise.reject(new Error('not here')),
    analytics: {} as never,
  });
  const environment = new MockActivityEnvironment();
  while (((await environment.run(resolveBatch, { limit })) as { readonly taken: number }).taken > 0);
}

async function world(): Promise<TestDatabase> {
  const database = await testDatabase();
  opened.push(database);
  await database.worker.query(
    sql`insert into linked_system (id, connector, title, source_rank) values ('erp', 'tryton', 'ERP', 10), ('mailer', 'mailman', 'Mailer', 30), ('sheet', 'spreadsheet', 'Sheet', 20)`,
  );
  return database;
}

beforeAll(() => {
  records = incoming();
});
afterAll(async () => {
  for (const database of opened) await database.drop();
});

test('batch or piece by piece, in any order, the clients are the same', { timeout: 120_000 }, async () => {
  const batch = await world();
  await arrive(batch.worker, records);
  await drain(batch, 5_000);
  const expected = await outcome(batch);
  expect(expected.length).toBeGreaterThan(150);
  expect(expected.length).toBeLessThan(records.length);
  for (const seed of [1, 2]) {
    const random = randomFrom(seed);
    const shuffled = [...records]
      .map((record) => ({ record, at: random() }))
      .sort((a, b) => a.at - b.at)
      .map(({ record }) => record);
    const pieces = await world();
    for (let start = 0; start < shuffled.length; start += 60) {
      await arrive(pieces.worker, shuffled.slice(start, start + 60));
      await drain(pieces, 25);
    }
    expect(await outcome(pieces)).toEqual(expected);
  }
});

test('a record that is deleted leaves everything as if it had never come', async () => {
  const without = await world();
  const with_ = await world();
  const some = records.filter(({ system }) => system !== 'sheet').slice(0, 120);
  const extra = records.filter(({ system }) => system === 'sheet').slice(0, 60);
  await arrive(without.worker, some);
  await drain(without, 500);
  await arrive(with_.worker, [...some, ...extra]);
  await drain(with_, 500);
  await with_.worker.query(
    sql`with gone as (update source_record set deleted_at = now() where linked_system_id = 'sheet' returning id) insert into resolution_queue (source_record_id) select id from gone`,
  );
  await drain(with_, 500);
  expect(await outcome(with_)).toEqual(await outcome(without));
});

test('a split by hand parts the records and survives the next run; the larger part keeps its id', async () => {
  const database = await world();
  const same = (system: string, externalId: string): Incoming => ({
    system,
    kind: 'person',
    externalId,
    canonical: { fullName: 'Ana García López', emails: ['ana@x.example'] },
  });
  await arrive(database.worker, [same('erp', '1'), same('mailer', '2'), same('sheet', '3')]);
  await drain(database, 100);
  expect(await outcome(database)).toHaveLength(1);
  const { rows } = await database.worker.query<{ readonly id: string; readonly clientId: string }>(
    sql`select id, client_id as "clientId" from source_record order by id`,
  );
  const [first, second, third] = rows;
  for (const other of [first, second]) {
    await constrainPair(database.worker, { one: other?.id ?? '', other: third?.id ?? '', kind: 'cannot-link', by: 'ana' });
  }
  await drain(database, 100);
  expect(await outcome(database)).toEqual(['erp:1 mailer:2 = Ana García López', 'sheet:3 = Ana García López']);
  const { rows: after } = await database.worker.query<{ readonly clientId: string }>(
    sql`select client_id as "clientId" from source_record where id = ${first?.id ?? ''}`,
  );
  expect(after[0]?.clientId).toBe(first?.clientId);
  const { rows: audit } = await database.worker.query<{ readonly action: string }>(
    sql`select action from audit_entry where action = 'client-split'`,
  );
  expect(audit).toHaveLength(1);
});
