import { copyFileSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Db, Sql, sql } from '../../store/database.ts';
import { migrate } from '../../store/migrate.ts';
import { ensureRoles } from '../../store/roles.ts';
import { testKeyRing } from '../support/keys.ts';
import { type TestDatabase, testDatabase } from '../support/postgres.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const migrationsFolder = fileURLToPath(new URL('../../store/migrations', import.meta.url));
const seedsFolder = fileURLToPath(new URL('./seeds', import.meta.url));

const namesIn = (folder: string): readonly string[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .map((file) => basename(file, '.sql'))
    .sort();

/** Names of all migrations, in order: each is a version that somebody may run. */
export const versions = namesIn(migrationsFolder);

/** Names of the seeds: `<migration>`, or `<migration>.until-<NNNN>` for rows that versions after NNNN write otherwise. */
export const seeds = namesIn(seedsFolder);

/** The migration of a seed. */
export const versionOf = (seed: string): string => seed.split('.', 1)[0] ?? seed;

const lastNumberOf = (seed: string): string => /\.until-(\d{4})$/.exec(seed)?.[1] ?? '9999';

/** A database that stopped at `version`, with data in all that this version knows. */
export async function oldDatabase(version: string): Promise<TestDatabase> {
  const database = await testDatabase({ empty: true });
  const folder = temporaryFolder();
  for (const name of versions.filter((one) => one <= version)) {
    copyFileSync(join(migrationsFolder, `${name}.sql`), join(folder, `${name}.sql`));
  }
  await ensureRoles(database.urls.owner, testKeyRing());
  await migrate(database.urls.owner, folder);
  for (const seed of seeds.filter((one) => versionOf(one) <= version && version.slice(0, 4) <= lastNumberOf(one))) {
    await database.owner.query(new Sql([readFileSync(join(seedsFolder, `${seed}.sql`), 'utf8')], []));
  }
  return database;
}

interface Table {
  readonly name: string;
  readonly columns: readonly string[];
}

/** Every row of every table, as its columns' texts; what the migrations note of themselves is left out. */
export async function everyRow(db: Db): Promise<ReadonlyMap<string, readonly Readonly<Record<string, unknown>>[]>> {
  const rows = new Map<string, readonly Readonly<Record<string, unknown>>[]>();
  for (const { name } of await tablesOf(db)) {
    const { rows: found } = await db.query<{ readonly row: Readonly<Record<string, unknown>> }>(
      new Sql([`select to_jsonb(t) as row from ficha."${name}" t order by to_jsonb(t)::text`], []),
    );
    rows.set(
      name,
      found.map(({ row }) => row),
    );
  }
  return rows;
}

const tablesOf = async (db: Db): Promise<readonly Table[]> =>
  (
    await db.query<Table>(sql`
      select c.relname as name, array_agg(a.attname::text order by a.attnum) as columns
        from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
       where c.relnamespace = 'ficha'::regnamespace and c.relkind in ('r', 'v') and c.relname <> 'schema_migration'
       group by c.relname order by c.relname`)
  ).rows;

/** Columns that no seed fills, as `table.column`. */
export async function unseeded(db: Db): Promise<readonly string[]> {
  const rows = await everyRow(db);
  return (await tablesOf(db)).flatMap(({ name, columns }) =>
    columns
      .filter((column) => !(rows.get(name) ?? []).some((row) => row[column] !== null && row[column] !== undefined))
      .map((column) => `${name}.${column}`),
  );
}
