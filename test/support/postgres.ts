import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { type Database, openDatabase } from '../../store/database.ts';
import { roleUrl } from '../../store/roles.ts';
import { testKeyRing } from './keys.ts';
import { askShared } from './shared.ts';

export interface TestDatabase {
  /** As the worker signs in: reads and writes. */
  readonly worker: Database;
  /** As GraphQL signs in: only selects. */
  readonly reader: Database;
  /** As GraphQL appends to the access log. */
  readonly accessor: Database;
  readonly owner: Database;
  readonly urls: { readonly owner: string; readonly worker: string; readonly reader: string; readonly accessor: string };
  /** Closes the pools and drops the database. */
  drop(): Promise<void>;
}

const withDatabase = (url: string, database: string): string => {
  const target = new URL(url);
  target.pathname = `/${database}`;
  return target.href;
};

const asAdmin = async (adminUrl: string, statement: string): Promise<void> => {
  const admin = new pg.Client({ connectionString: adminUrl });
  await admin.connect();
  try {
    await admin.query(statement);
  } finally {
    await admin.end();
  }
};

/** A database of its own for one test file, copied from the migrated template; or an empty one, to test what comes before. */
export async function testDatabase(options: { readonly empty?: boolean } = {}): Promise<TestDatabase> {
  const { adminUrl = '', ownerUrl = '' } = await askShared(inject('sharedServers'), 'postgres');
  const name = `test_${randomBytes(8).toString('hex')}`;
  const template = options.empty === true ? 'template0' : 'ficha';
  await asAdmin(adminUrl, `create database ${name} owner ficha_owner template ${template}`);
  const owner = withDatabase(ownerUrl, name);
  const keys = testKeyRing();
  const urls = {
    owner,
    worker: roleUrl(owner, 'ficha_worker', keys),
    reader: roleUrl(owner, 'ficha_reader', keys),
    accessor: roleUrl(owner, 'ficha_accessor', keys),
  };
  const open = {
    owner: openDatabase(urls.owner, { max: 4 }),
    worker: openDatabase(urls.worker, { max: 8 }),
    reader: openDatabase(urls.reader, { max: 4 }),
    accessor: openDatabase(urls.accessor, { max: 2 }),
  };
  return {
    ...open,
    urls,
    drop: async () => {
      await Promise.all(Object.values(open).map((database) => database.end()));
      await asAdmin(adminUrl, `drop database if exists ${name} with (force)`);
    },
  };
}
