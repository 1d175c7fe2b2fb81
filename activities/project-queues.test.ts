import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Analytics } from '../analytics/clickhouse.ts';
import { sql } from '../store/database.ts';
import { testKeyRing } from '../test/support/keys.ts';
import { type MetricScene, metricScene } from '../test/support/metric-scene.ts';
import { temporaryFolder } from '../test/support/temporary-folder.ts';
import type { Deps } from './deps.ts';
import { projectActivities } from './project.ts';
import { beside } from './project-queues.ts';

let scene: MetricScene;
const now = '2026-11-23T12:00:00Z';
const people = Array.from({ length: 20 }, () => randomUUID());

beforeAll(async () => {
  scene = await metricScene(temporaryFolder(), now);
  await scene.addClients(
    people.map((id) => ({ id, country: 'ES', sector: null, source: null, birthDate: null, firstSeenAt: '2026-07-01T00:00:00Z' })),
  );
  const orders = people.flatMap((clientId) =>
    ['2026-07', '2026-08', '2026-09'].map((month) => ({
      clientId,
      kind: 'order' as const,
      at: `${month}-02T10:00:00Z`,
      channel: 'web\u001fshop',
      amountCents: 1_500,
    })),
  );
  await scene.addEvents(orders);
});
afterAll(() => scene.end());

/** ClickHouse that takes so many inserts of events and fails at the next; with the tokens that it saw. */
function failingAfter(inserts: number) {
  const tokens: string[] = [];
  const analytics: Analytics = {
    ...scene.analytics,
    insert: async (table, columns, token) => {
      if (table.startsWith('client_event') && tokens.push(token) > inserts) throw new Error('the disk is full');
      await scene.analytics.insert(table, columns, token);
    },
  };
  const deps = { db: scene.database.worker, analytics, keys: testKeyRing(), now: () => new Date(now) } as unknown as Deps; // it asks for no more
  return { projectBatch: projectActivities(deps).projectBatch, tokens };
}

test('a turn of which ClickHouse takes two batches and not the third notes nothing; later turns bring everything once', async () => {
  const { projectBatch, tokens } = failingAfter(2);
  await expect(projectBatch({ limit: 5 })).rejects.toThrow('the disk is full');
  expect(new Set(tokens).size).toBe(3);
  const { rows } = await scene.database.worker.query(sql`select from projected_record`);
  expect(rows).toHaveLength(0);
  // what two batches wrote moves before it is brought again
  await scene.database.owner.query(sql`update sale set at = at - interval '31 days' where source_record_id % 3 = 0`);
  let turns = 0;
  while ((await failingAfter(1_000).projectBatch({ limit: 5 })).projected > 0) turns += 1;
  expect(turns).toBeGreaterThan(10); // asks ClickHouse about each event, five at a time
  expect(await scene.activities.compareTotals()).toMatchObject({ same: true, waiting: 0 });
});

test('a turn of four batches, each read while the one before is taken, holds what PostgreSQL holds', async () => {
  await scene.activities.startEpoch();
  const { projectBatch, tokens } = failingAfter(1_000);
  expect(await projectBatch({ limit: 5 })).toEqual({ projected: 60 + 5 });
  expect(tokens).toHaveLength(4);
  while ((await projectBatch({ limit: 5 })).projected > 0);
  expect(await scene.activities.compareTotals()).toMatchObject({ same: true, waiting: 0, rebuilding: false });
});

test('what is done beside ends before its end is told, also when something went wrong', async () => {
  const ended: string[] = [];
  const slow = async () => {
    await new Promise((resolve) => {
      setTimeout(resolve, 30);
    });
    ended.push('piece');
  };
  await expect(
    beside(async (lane) => {
      await lane(slow);
      throw new Error('the next could not be read');
    }),
  ).rejects.toThrow('could not be read');
  expect(ended).toEqual(['piece']);
  await expect(beside((lane) => lane(() => Promise.reject(new Error('not taken'))))).rejects.toThrow('not taken');
});
