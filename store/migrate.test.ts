import { cpSync, writeFileSync, appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testKeyRing } from '../test/support/keys.ts';
import { type TestDatabase, testDatabase } from '../test/support/postgres.ts';
import { sql } from './database.ts';
import { migrate } from './migrate.ts';
import { ensureRoles } from './roles.ts';
import { temporaryFolder } from '../test/support/temporary-folder.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase({ empty: true });
  await ensureRoles(db.urls.owner, testKeyRing());
});
afterAll(() => db.drop());

const copiedFolder = (): string => {
  const folder = temporaryFolder();
  cpSync(fileURLToPath(new URL('./migrations', import.meta.url)), folder, { recursive: true });
  return folder;
};

test('two processes that start together migrate once, and a second start does nothing', async () => {
  const [first, second] = await Promise.all([migrate(db.urls.owner), migrate(db.urls.owner)]);
  expect([...first, ...second]).toContain('0001-spine');
  expect(first.length === 0 || second.length === 0).toBe(true);
  expect(await migrate(db.urls.owner)).toEqual([]);
});

test('a migration that fails leaves nothing behind', async () => {
  const folder = copiedFolder();
  writeFileSync(join(folder, '9001-broken.sql'), 'create table half_made (id int);\nselect 1/0;\n');
  await expect(migrate(db.urls.owner, folder)).rejects.toMatchObject({ sqlState: '22012' });
  const { rows } = await db.owner.query(sql`select from pg_tables where tablename = 'half_made'`);
  expect(rows).toHaveLength(0);
});

test('a database of a newer version is refused', async () => {
  const folder = copiedFolder();
  writeFileSync(join(folder, '9002-newer.sql'), 'create table newer (id int);\n');
  expect(await migrate(db.urls.owner, folder)).toEqual(['9002-newer']);
  await expect(migrate(db.urls.owner)).rejects.toMatchObject({ code: 'migration-unknown' });
  await db.owner.query(sql`drop table newer`);
  await db.owner.query(sql`delete from schema_migration where name = '9002-newer'`);
});

test('an applied migration that was edited is refused', async () => {
  const folder = copiedFolder();
  appendFileSync(join(folder, '0001-spine.sql'), '\n-- edited\n');
  await expect(migrate(db.urls.owner, folder)).rejects.toMatchObject({ code: 'migration-changed' });
});
