import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runner } from 'node-pg-migrate';
import type pg from 'pg';
import { FichaError } from '../domain/record/error.ts';
import { ownConnection } from './database.ts';
import { translated } from './database-error.ts';

const ownFolder = fileURLToPath(new URL('./migrations', import.meta.url));
const table = 'schema_migration';

interface MigrationFile {
  readonly name: string;
  readonly digest: string;
}

const filesIn = (folder: string): MigrationFile[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .sort()
    .map((file) => ({
      name: basename(file, '.sql'),
      digest: createHash('sha256')
        .update(readFileSync(join(folder, file)))
        .digest('hex'),
    }));

/** Migrations that this database has and what they were; empty for a new one. */
const applied = async (client: pg.Client): Promise<{ name: string; digest: string | null }[]> => {
  const { rows } = await client.query<{ present: boolean }>(`select to_regclass('ficha.${table}') is not null as present`);
  if (rows[0]?.present !== true) return [];
  await client.query(`alter table ficha.${table} add column if not exists digest text`);
  return (await client.query<{ name: string; digest: string | null }>(`select name, digest from ficha.${table} order by id`))
    .rows;
};

/** Refuses a database that is not a past of this version: made by a newer one, or by migrations that were edited since. */
const checkPast = (files: readonly MigrationFile[], past: readonly { name: string; digest: string | null }[]): void => {
  const known = new Map(files.map((file) => [file.name, file.digest]));
  for (const { name, digest } of past) {
    const own = known.get(name);
    if (own === undefined) {
      throw new FichaError(
        'migration-unknown',
        `the database has migration ${name}, which this version does not know. Run the newer Ficha that made it`,
      );
    }
    if (digest !== null && digest !== own) {
      throw new FichaError(
        'migration-changed',
        `migration ${name} was applied in another form than the file has now. Migrations only go forward: restore the file and add a new one`,
      );
    }
  }
};

const apply = async (client: pg.Client, folder: string): Promise<string[]> => {
  const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
  const run = await runner({
    dbClient: client,
    dir: folder,
    ignorePattern: '(?!.*\\.sql$).*',
    direction: 'up',
    schema: ['ficha'],
    createSchema: true,
    migrationsTable: table,
    migrationsSchema: 'ficha',
    checkOrder: true,
    noLock: true,
    logger: silent,
  });
  return run.map(({ name }) => name);
};

const record = async (client: pg.Client, files: readonly MigrationFile[]): Promise<void> => {
  await client.query(`alter table ficha.${table} add column if not exists digest text`);
  for (const { name, digest } of files) {
    await client.query(`update ficha.${table} set digest = $2 where name = $1 and digest is null`, [name, digest]);
  }
};

/**
 * Brings the database to this version: each file of `store/migrations` once, in order, in a transaction of its own. Processes
 * that start together wait for each other. `ensureRoles` comes first.
 * @returns names of the migrations that ran now
 * @throws FichaError `migration-unknown`, `migration-changed`, or the DatabaseError of the statement
 */
export async function migrate(ownerUrl: string, folder: string = ownFolder): Promise<readonly string[]> {
  const files = filesIn(folder);
  const client = ownConnection(ownerUrl, { statementTimeoutMs: 0, lockTimeoutMs: 60_000 });
  try {
    await client.connect();
    await client.query(`select pg_advisory_lock(hashtext('ficha-migrate'))`);
    checkPast(files, await applied(client));
    const ran = await apply(client, folder);
    await record(client, files);
    return ran;
  } catch (error) {
    throw translated(error);
  } finally {
    await client.end().catch(() => undefined);
  }
}
