import { randomUUID } from 'node:crypto';
import { MockActivityEnvironment } from '@temporalio/testing';
import { consentActivities } from '../../activities/consent.ts';
import type { Carried } from '../../activities/consent/carry-out-all.ts';
import type { Deps } from '../../activities/deps.ts';
import { resolveActivities } from '../../activities/resolve.ts';
import { storePage } from '../../activities/sync/page.ts';
import { preparedPages, preparePage } from '../../activities/sync/prepare-page.ts';
import type { PullPage } from '../../connectors/kit/contract.ts';
import { FichaError } from '../../domain/record/error.ts';
import type { SourceRecordDraft } from '../../domain/record/source-record.ts';
import type { ConsentPolicy } from '../../schemas/types.ts';
import { createLog } from '../../platform/log.ts';
import { sql } from '../../store/database.ts';
import { testKeyRing } from './keys.ts';
import { type TestDatabase, testDatabase } from './postgres.ts';
import type { Openable } from './system-over-http.ts';

export interface SaidHere {
  readonly answer: 'granted' | 'denied' | 'pending';
  readonly at: string;
  readonly purpose?: string;
  readonly channel?: string;
  readonly atKnown?: boolean;
  /** Which of a person's answers it is, where a system keeps several. */
  readonly id?: string;
}

export const anaIn = (externalId: string, over: object = {}): SourceRecordDraft => ({
  kind: 'person',
  externalId,
  raw: {},
  canonical: { givenName: 'Ana', familyName: 'Quijano Ruiz', emails: ['ana.quijano@example.org'], ...over },
});

export const saidIn = (person: string, { id = '', ...said }: SaidHere): SourceRecordDraft => {
  const event = { purpose: 'marketing', channel: 'email', ...said };
  return {
    kind: 'consent',
    externalId: `${person}/${event.purpose}/${event.channel}${id}`,
    raw: event,
    canonical: { clientExternalId: person, ...event },
  };
};

/** Systems over a real database, with the real ways in: pages are stored and resolved as a sync does. */
export interface ConsentScene {
  readonly database: TestDatabase;
  readonly deps: Deps;
  /** Sets the clock; it stands still otherwise. */
  readonly setClock: (at: string) => void;
  readonly pull: (systemId: string, records: readonly SourceRecordDraft[], deleted?: PullPage['deleted']) => Promise<void>;
  /** Pulls everything that a system lists, through its connector. */
  readonly pullAll: (systemId: string) => Promise<void>;
  readonly derive: () => Promise<number>;
  readonly apply: (systemId: string) => Promise<Carried>;
  /** Derives, then applies everywhere. */
  readonly propagate: () => Promise<void>;
  readonly states: () => Promise<string[]>;
  readonly clientIds: () => Promise<string[]>;
}

/** Runs an activity outside of a worker. */
const inActivity = <Args extends unknown[], Result>(
  activity: (...args: Args) => Promise<Result>,
  ...args: Args
): Promise<Result> => new MockActivityEnvironment().run<Args, Result, typeof activity>(activity, ...args);

/** @param policy another than the one that ships with Ficha */
export async function consentScene(systems: readonly Openable[], policy?: ConsentPolicy): Promise<ConsentScene> {
  const database = await testDatabase();
  const db = database.worker;
  for (const { systemId } of systems) {
    await db.query(sql`insert into linked_system (id, connector, title) values (${systemId}, 'contact', ${systemId})`);
  }
  let clock = '2026-06-01T00:00:00.000Z';
  const deps: Deps = {
    db,
    keys: testKeyRing(),
    log: createLog({ level: 'silent' }),
    now: () => new Date(clock),
    openSystem: (systemId) => {
      const system = systems.find((one) => one.systemId === systemId);
      return system === undefined
        ? Promise.reject(new FichaError('unknown-system', `there is no linked system ${systemId}`))
        : Promise.resolve(system.open());
    },
    analytics: {} as never, // consent reads no analytics
    ...(policy === undefined ? {} : { privacyPolicies: { consent: policy } }),
  };
  const activities = consentActivities(deps);
  const { resolveBatch } = resolveActivities(deps);
  const resolve = async () => {
    while ((await inActivity(resolveBatch, { limit: 100 })).taken > 0);
  };
  const derive = async () => (await inActivity(activities.deriveSuppressions, { limit: 100 })).derived;
  const apply = (systemId: string) => inActivity(activities.applySuppressions, { systemId });
  return {
    database,
    deps,
    derive,
    apply,
    setClock: (at) => {
      clock = at;
    },
    pull: async (systemId, records, deleted = []) => {
      const from = { systemId, stream: 'all', runId: randomUUID() };
      const prepared = await preparePage({ records, rejected: [], deleted, last: true }, systemId, policy);
      await db.transaction((tx) => storePage(tx, deps.keys, from, { ...prepared, cursor: { version: 1 } }, deps.now()));
      await resolve();
    },
    pullAll: async (systemId) => {
      const system = await deps.openSystem(systemId);
      for (const stream of system.capabilities.streams) {
        const from = { systemId, stream, runId: randomUUID() };
        for await (const page of preparedPages(system.pull(stream, null), systemId, { policy }))
          await db.transaction((tx) => storePage(tx, deps.keys, from, page, deps.now()));
      }
      await system.close();
      await resolve();
    },
    propagate: async () => {
      await derive();
      for (const systemId of await activities.systemsToSuppress()) await apply(systemId);
    },
    states: async () => {
      const { rows } = await db.query<{ readonly line: string }>(sql`
        select concat_ws(' ', linked_system_id, purpose, channel, case when lifted_at is null then state else 'lifted' end, detail) as line
          from suppression order by 1`);
      return rows.map(({ line }) => line);
    },
    clientIds: async () =>
      (await db.query<{ readonly id: string }>(sql`select id from client order by id`)).rows.map(({ id }) => id),
  };
}
