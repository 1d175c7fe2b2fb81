import { createHash } from 'node:crypto';
import { MockActivityEnvironment } from '@temporalio/testing';
import { resolveActivities } from '../../activities/resolve.ts';
import type { ResolutionPolicy } from '../../domain/identity/resolve.ts';
import { createLog } from '../../platform/log.ts';
import type { SurvivorshipPolicy } from '../../schemas/types.ts';
import { type Db, sql } from '../../store/database.ts';
import { testKeyRing } from './keys.ts';
import { type TestDatabase, testDatabase } from './postgres.ts';

/** A record as a linked system sends it. */
export interface Incoming {
  readonly system: string;
  readonly kind: 'person' | 'company';
  readonly externalId: string;
  readonly canonical: object;
}

/** Three linked systems in a database, from which records arrive and are resolved. */
export interface IdentityResolver {
  /** Writes or changes records and queues them. */
  readonly arrive: (records: readonly Incoming[]) => Promise<void>;
  /** Marks records as gone at their source and queues them. */
  readonly leave: (records: readonly Pick<Incoming, 'system' | 'externalId'>[]) => Promise<void>;
  /** Resolves until the queue is empty. */
  readonly resolve: (limit?: number) => Promise<void>;
  /** Resolves one batch; returns how many rows of the queue it settled. */
  readonly resolveOnce: (limit: number) => Promise<number>;
  /** Clients as sets of `system:externalId`, sorted. */
  readonly clusters: () => Promise<string[]>;
  /** Record id and client id by `system:externalId`. */
  readonly records: () => Promise<ReadonlyMap<string, { readonly id: string; readonly clientId: string | null }>>;
}

/** The same with a database of its own. */
export interface IdentityScene extends IdentityResolver {
  readonly database: TestDatabase;
  readonly end: () => Promise<void>;
}

const nowhere = '00000000-0000-0000-0000-000000000001';

/** Writes records as a pull would, without a system in between. */
export async function writeRecords(tx: Db, records: readonly Incoming[]): Promise<void> {
  const rows = JSON.stringify(
    records.map((one) => ({
      ...one,
      external_id: one.externalId,
      hash: createHash('sha256').update(JSON.stringify(one)).digest('hex'),
    })),
  );
  await tx.query(sql`
    with arrived as (
      insert into source_record (linked_system_id, kind, external_id, raw, canonical, content_hash, stream, seen_run_id)
      select x.system, x.kind, x.external_id, x.canonical, x.canonical, decode(x.hash, 'hex'), 'all', ${nowhere}
        from jsonb_to_recordset(${rows}::jsonb) as x(system text, kind text, external_id text, canonical jsonb, hash text)
      on conflict (linked_system_id, kind, external_id) do update
         set raw = excluded.raw, canonical = excluded.canonical, content_hash = excluded.content_hash, deleted_at = null
      returning id)
    insert into resolution_queue (source_record_id) select id from arrived`);
}

export interface SceneOptions {
  readonly survivorship?: SurvivorshipPolicy;
  readonly policy?: ResolutionPolicy;
}

/** The activity that resolves, over one database. */
export const resolverOf = (db: TestDatabase['worker'], { survivorship, policy }: SceneOptions = {}) =>
  resolveActivities(
    {
      db,
      keys: testKeyRing(),
      now: () => new Date(),
      log: createLog({ level: 'silent' }),
      openSystem: () => Promise.reject(new Error('this test opens no system')),
      analytics: {} as never, // resolution asks nothing of ClickHouse
      ...(survivorship === undefined ? {} : { survivorship }),
    },
    policy,
  );

/** Links the three systems in a database that is there. */
export async function resolverOn(database: TestDatabase, options: SceneOptions = {}): Promise<IdentityResolver> {
  const db = database.worker;
  await db.query(sql`
    insert into linked_system (id, connector, title, source_rank)
    values ('erp', 'tryton', 'ERP', 10), ('mailer', 'mailman', 'Mailer', 30), ('sheet', 'spreadsheet', 'Sheet', 20)`);
  const { resolveBatch } = resolverOf(db, options);
  const environment = new MockActivityEnvironment();
  return {
    arrive: (records) => writeRecords(db, records),
    leave: async (records) => {
      const rows = JSON.stringify(records.map(({ system, externalId }) => ({ system, external_id: externalId })));
      await db.query(sql`
        with gone as (
          update source_record r set deleted_at = now()
            from jsonb_to_recordset(${rows}::jsonb) as x(system text, external_id text)
           where r.linked_system_id = x.system and r.external_id = x.external_id
          returning r.id)
        insert into resolution_queue (source_record_id) select id from gone`);
    },
    resolve: async (limit = 1_000) => {
      while (((await environment.run(resolveBatch, { limit })) as { readonly taken: number }).taken > 0);
    },
    resolveOnce: async (limit) =>
      ((await new MockActivityEnvironment().run(resolveBatch, { limit })) as { readonly taken: number }).taken,
    clusters: async () => {
      const { rows } = await db.query<{ readonly members: string }>(sql`
        select string_agg(linked_system_id || ':' || external_id, ' ' order by linked_system_id, external_id) as members
          from source_record where client_id is not null and kind in ('person', 'company') group by client_id`);
      return rows.map(({ members }) => members).sort();
    },
    records: async () => {
      const { rows } = await db.query<{ readonly key: string; readonly id: string; readonly clientId: string | null }>(sql`
        select linked_system_id || ':' || external_id as key, id, client_id as "clientId" from source_record where kind in ('person', 'company')`);
      return new Map(rows.map(({ key, id, clientId }) => [key, { id, clientId }]));
    },
  };
}

/** A database of its own with the three systems. */
export async function identityScene(options: SceneOptions = {}): Promise<IdentityScene> {
  const database = await testDatabase();
  return { ...(await resolverOn(database, options)), database, end: () => database.drop() };
}
