import pg from 'pg';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { testKeyRing } from '../test/support/keys.ts';
import { type TestDatabase, testDatabase } from '../test/support/postgres.ts';
import { askShared } from '../test/support/shared.ts';
import { sql } from './database.ts';
import { ensureRoles, roleUrl } from './roles.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
  await db.worker.query(sql`insert into linked_system (id, connector, title) values ('erp', 'tryton', 'ERP')`);
});
afterAll(() => db.drop());

const forbidden = { code: 'database-forbidden' };

test('the reader selects and can do nothing else, also when it lifts its read-only default', async () => {
  expect((await db.reader.query(sql`select id from linked_system`)).rows).toEqual([{ id: 'erp' }]);
  await expect(db.reader.query(sql`update linked_system set title = 'x'`)).rejects.toMatchObject({
    sqlState: expect.stringMatching(/^(25006|42501)$/),
  });
  const lifted = db.reader.transaction(async (tx) => {
    await tx.query(sql`set transaction read write`);
    await tx.query(sql`update linked_system set title = 'x'`);
  });
  await expect(lifted).rejects.toMatchObject(forbidden);
});

test.each(['subject_key', 'tombstone', 'suppression_list', 'match_key', 'effect'])(
  'the reader does not see %s',
  async (table) => {
    const { rows } = await db.owner.query(sql`select has_table_privilege('ficha_reader', ${`ficha.${table}`}, 'select') as may`);
    expect(rows).toEqual([{ may: false }]);
  },
);

test('the reader may write to no table at all', async () => {
  const { rows } = await db.owner.query(sql`
    select table_name from information_schema.table_privileges
     where grantee in ('ficha_reader', 'PUBLIC') and table_schema = 'ficha' and privilege_type <> 'SELECT'`);
  expect(rows).toEqual([]);
});

test('the accessor only inserts into the access log', async () => {
  await db.accessor.query(sql`insert into access_log (actor, role, client_ids) values ('u', 'dpo', array[gen_random_uuid()])`);
  await expect(db.accessor.query(sql`select * from access_log`)).rejects.toMatchObject(forbidden);
  await expect(db.accessor.query(sql`select * from client`)).rejects.toMatchObject(forbidden);
  const { rows } = await db.owner.query(sql`
    select table_name, privilege_type from information_schema.table_privileges where grantee = 'ficha_accessor'`);
  expect(rows).toEqual([{ table_name: 'access_log', privilege_type: 'INSERT' }]);
});

test('the worker appends to the logs but does not change them, nor the migrations', async () => {
  await expect(db.worker.query(sql`update audit_entry set actor = 'x'`)).rejects.toMatchObject(forbidden);
  await expect(db.worker.query(sql`delete from evidence`)).rejects.toMatchObject(forbidden);
  await expect(db.worker.query(sql`update consent_event set answer = 'granted'`)).rejects.toMatchObject(forbidden);
  await expect(db.worker.query(sql`delete from consent_event`)).rejects.toMatchObject(forbidden);
  await expect(
    db.worker.query(sql`insert into access_log (actor, role, client_ids) values ('u', 'r', array[gen_random_uuid()])`),
  ).rejects.toMatchObject(forbidden);
  await expect(db.worker.query(sql`delete from schema_migration`)).rejects.toMatchObject(forbidden);
  await expect(db.worker.query(sql`create table x ()`)).rejects.toMatchObject(forbidden);
});

test('not even the owner changes an append-only table by mistake', async () => {
  await expect(db.owner.query(sql`delete from audit_entry`)).rejects.toMatchObject({ code: 'append-only-table' });
  await expect(db.owner.query(sql`truncate access_log`)).rejects.toMatchObject({ code: 'append-only-table' });
});

test('a second start leaves the roles as they are', async () => {
  await Promise.all([ensureRoles(db.urls.owner, testKeyRing()), ensureRoles(db.urls.owner, testKeyRing())]);
  expect((await db.reader.query(sql`show default_transaction_read_only`)).rows).toEqual([
    { default_transaction_read_only: 'on' },
  ]);
  expect((await db.worker.query(sql`select 1 as one`)).rows).toEqual([{ one: 1 }]);
});

test('an owner who may not make roles is told the way out', async () => {
  const { adminUrl = '' } = await askShared(inject('sharedServers'), 'postgres');
  const admin = new pg.Client({ connectionString: adminUrl });
  await admin.connect();
  await admin.query(`drop role if exists weak_owner`);
  await admin.query(`create role weak_owner login password 'weak'`);
  const weak = new URL(db.urls.owner);
  weak.username = 'weak_owner';
  weak.password = 'weak';
  const strangeKeys = { ...testKeyRing(), derivePassword: () => 'another password' };
  await expect(ensureRoles(weak.href, strangeKeys)).rejects.toThrow(/roles-not-allowed: .*alter role "weak_owner" createrole/);
  await admin.query('drop role weak_owner');
  await admin.end();
});

test('the URL of a role fits a host and a Unix socket', () => {
  const password = testKeyRing().derivePassword('ficha_reader');
  expect(roleUrl('postgres://owner:p@db:5433/ficha?sslmode=require', 'ficha_reader', testKeyRing())).toBe(
    `postgres://ficha_reader:${password}@db:5433/ficha?sslmode=require`,
  );
  expect(roleUrl('postgres:///ficha?host=/run', 'ficha_reader', testKeyRing())).toBe(
    `postgres:///ficha?host=%2Frun&user=ficha_reader&password=${password}`,
  );
});
