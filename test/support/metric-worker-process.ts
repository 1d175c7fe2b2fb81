import { projectActivities } from '../../activities/project.ts';
import { releaseActivities } from '../../activities/release.ts';
import { openAnalytics } from '../../analytics/clickhouse.ts';
import { createLog } from '../../platform/log.ts';
import { openDatabase } from '../../store/database.ts';
import { testKeyRing } from './keys.ts';

/**
 * Feeds and releases metrics in a process of its own, so that it can be killed at any moment. Writes a dot a turn at the queue, of which 4,800 events take several, an r a month, and
 * `done` at the end.
 */
const { METRIC_DATABASE = '', METRIC_FOLDER = '', METRIC_NOW = '' } = process.env;

const analytics = openAnalytics({ folder: METRIC_FOLDER, database: 'default', user: 'default' });
const db = openDatabase(METRIC_DATABASE, { max: 2 });
const openSystem = () => Promise.reject(new Error('metrics open no system'));
const deps = { db, analytics, keys: testKeyRing(), log: createLog(), now: () => new Date(METRIC_NOW), openSystem };
const { projectBatch } = projectActivities(deps);
const { closedMonths, releaseMonth } = releaseActivities(deps);

while ((await projectBatch({ limit: 60 })).projected > 0) process.stdout.write('.');
for (const month of (await closedMonths()).months) {
  await releaseMonth({ month });
  process.stdout.write('r');
}
process.stdout.write('done');
await analytics.close();
await db.end();
