import { projectActivities } from '../../activities/project.ts';
import { releaseActivities } from '../../activities/release.ts';
import { type Analytics, openAnalytics } from '../../analytics/clickhouse.ts';
import type { Deps } from '../../activities/deps.ts';
import { createLog } from '../../platform/log.ts';
import { type Db, sql } from '../../store/database.ts';
import { testKeyRing } from './keys.ts';
import { type TestDatabase, testDatabase } from './postgres.ts';

/** One client of a test, as a sync and the resolution after it would leave it. */
export interface SceneClient {
  readonly id: string;
  readonly country: string | null;
  readonly sector: string | null;
  readonly source: string | null;
  readonly birthDate: string | null;
  /** ISO 8601 */
  readonly firstSeenAt: string;
}

/** One sale or interaction of a test. */
export interface SceneEvent {
  readonly clientId: string;
  readonly kind: 'order' | 'invoice' | 'ticket' | 'call';
  readonly at: string;
  readonly channel: string | null;
  readonly amountCents: number;
}

/** Real PostgreSQL and real ClickHouse with the activities that feed and release metrics, at a fixed time. */
export interface MetricScene {
  readonly database: TestDatabase;
  readonly analytics: Analytics;
  readonly activities: ReturnType<typeof projectActivities> & ReturnType<typeof releaseActivities>;
  addClients(clients: readonly SceneClient[]): Promise<void>;
  addEvents(events: readonly SceneEvent[]): Promise<void>;
  /** The client and everything of theirs goes, as an erasure leaves it. */
  erase(clientId: string): Promise<void>;
  /** Projects until nothing is queued. */
  project(): Promise<number>;
  /** Projects, then releases every closed month. @returns tables published */
  release(): Promise<number>;
  end(): Promise<void>;
}

const linked = sql`insert into linked_system (id, connector, title) values ('erp', 'small', 'ERP') on conflict do nothing`;

/** Clients as resolution leaves them. */
export async function addClients(db: Db, clients: readonly SceneClient[]): Promise<void> {
  await db.query(linked);
  const rows = JSON.stringify(clients);
  await db.query(sql`
    insert into client (id, kind, golden, country, acquisition_source, first_seen_at)
    select x.id, 'person', jsonb_strip_nulls(jsonb_build_object('sector', x.sector, 'birthDate', x."birthDate")), x.country, x.source, x."firstSeenAt"
      from jsonb_to_recordset(${rows}::jsonb) as x(id uuid, country text, sector text, source text, "birthDate" text, "firstSeenAt" timestamptz)`);
}

/** Sales and interactions as a sync leaves them, queued to be projected. */
export async function addEvents(db: Db, events: readonly SceneEvent[]): Promise<void> {
  await db.query(sql`
    with given as (
      select row_number() over () as place, x.*
        from jsonb_to_recordset(${JSON.stringify(events)}::jsonb)
          as x("clientId" uuid, kind text, at timestamptz, channel text, "amountCents" bigint)),
    record as (
      insert into source_record (linked_system_id, stream, kind, external_id, raw, canonical, content_hash, seen_run_id, client_id)
      select 'erp', 'all', case when kind in ('order', 'invoice') then 'sale' else 'interaction' end, uuidv7()::text || place, '{}',
             jsonb_build_object('place', place), '\\x00', uuidv7(), "clientId" from given
      returning id, client_id, (canonical ->> 'place')::bigint as place),
    sold as (
      insert into sale (source_record_id, linked_system_id, client_id, sale_kind, at, amount_cents, currency, channel)
      select id, 'erp', client_id, kind, at, "amountCents", 'EUR', channel from record join given using (place) where kind in ('order', 'invoice')),
    met as (
      insert into interaction (source_record_id, linked_system_id, client_id, interaction_kind, at, channel)
      select id, 'erp', client_id, kind, at, channel from record join given using (place) where kind not in ('order', 'invoice'))
    insert into projection_queue (source_record_id) select id from record`);
}

async function erase(db: Db, clientId: string): Promise<void> {
  await db.query(sql`insert into projection_queue (source_record_id) select id from source_record where client_id = ${clientId}`);
  await db.query(sql`delete from source_record where client_id = ${clientId}`);
  await db.query(sql`delete from client where id = ${clientId}`);
}

/**
 * @param now the time that the activities see; months close by it
 * @param given a database that has been written to already
 * @param url of a ClickHouse server; the embedded engine when left out
 */
export async function metricScene(folder: string, now: string, given?: TestDatabase, url?: string): Promise<MetricScene> {
  const database = given ?? (await testDatabase());
  const analytics = openAnalytics({ folder, database: 'default', user: 'default', ...(url === undefined ? {} : { url }) });
  const openSystem = () => Promise.reject(new Error('metrics open no system'));
  const deps: Deps = {
    db: database.worker,
    analytics,
    keys: testKeyRing(),
    log: createLog(),
    now: () => new Date(now),
    openSystem,
  };
  const activities = { ...projectActivities(deps), ...releaseActivities(deps) };
  const project = async (): Promise<number> => {
    let projected = 0;
    for (;;) {
      const batch = await activities.projectBatch({ limit: 20_000 });
      if (batch.projected === 0) return projected;
      projected += batch.projected;
    }
  };
  return {
    database,
    analytics,
    activities,
    addClients: (clients) => addClients(database.owner, clients),
    addEvents: (events) => addEvents(database.owner, events),
    erase: (clientId) => erase(database.owner, clientId),
    project,
    release: async () => {
      await project();
      const { months } = await activities.closedMonths();
      let published = 0;
      for (const month of months) published += (await activities.releaseMonth({ month })).published;
      return published;
    },
    end: async () => {
      await analytics.close();
      await database.drop();
    },
  };
}
