import { appendFileSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import type { Deps } from '../../activities/deps.ts';
import { failuresOf } from '../../activities/failure.ts';
import { buildActivities } from '../../activities/index.ts';
import { buildOpenSystem } from '../../activities/open-system.ts';
import { openAnalytics } from '../../analytics/clickhouse.ts';
import type { LinkedSystem } from '../../connectors/kit/contract.ts';
import { loadConnectors } from '../../connectors/kit/registry.ts';
import { dataConverter } from '../../platform/codec.ts';
import { createLog } from '../../platform/log.ts';
import { type Database, openDatabase } from '../../store/database.ts';
import { testKeyRing } from './keys.ts';

/**
 * A whole worker in a process of its own, which ends itself with SIGKILL, once, at the moment that SYNC_KILL names. SYNC_WORKFLOWS is a
 * file of this folder with other workflows, SYNC_CONNECTORS a folder of more connectors, SYNC_CLICKHOUSE another folder of ClickHouse.
 */
const { SYNC_TEMPORAL = '', SYNC_DATABASE = '', SYNC_QUEUE = '', SYNC_FOLDER = '', SYNC_KILL = '' } = process.env;
const {
  SYNC_WORKFLOWS = '../../workflows/index.ts',
  SYNC_CONNECTORS,
  SYNC_CLICKHOUSE = join(SYNC_FOLDER, 'clickhouse'),
} = process.env;

/** Which page of the first stream it is about: not the first, not the last. */
const page = 3;

function moment(name: string): void {
  const marker = join(SYNC_FOLDER, 'killed');
  if (name !== SYNC_KILL || existsSync(marker)) return;
  writeFileSync(marker, name);
  process.kill(process.pid, 'SIGKILL');
}

/** The same system; each page that is asked for is noted. */
function watched(system: LinkedSystem): LinkedSystem {
  async function* pull(stream: string, cursor: Parameters<LinkedSystem['pull']>[1]) {
    const pages = system.pull(stream, cursor)[Symbol.asyncIterator]();
    for (let number = 1; ; number += 1) {
      if (number === page) moment('before the page is asked');
      appendFileSync(join(SYNC_FOLDER, 'asked'), `${stream}\n`);
      const { value, done } = await pages.next();
      if (done === true) return;
      if (number === page) moment('after the page is fetched');
      yield value;
    }
  }
  return new Proxy(system, {
    get: (target, name) => {
      if (name === 'pull') return pull;
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? (value as (...args: readonly unknown[]) => unknown).bind(target) : value;
    },
  });
}

/** The same database; the third transaction of the pull may die before it is committed. */
function mortal(db: Database): Database {
  let transactions = 0;
  return {
    query: (statement) => db.query(statement),
    end: () => db.end(),
    transaction: (work) =>
      db.transaction(async (tx) => {
        const result = await work(tx);
        transactions += 1;
        if (transactions === page) moment('before the page is committed');
        return result;
      }),
  };
}

Runtime.install({ logger: new DefaultLogger('ERROR') });
const log = createLog({ level: 'silent' });
const db = mortal(openDatabase(SYNC_DATABASE));
const now = (): Date => new Date();
const open = buildOpenSystem({ db, connectors: await loadConnectors(SYNC_CONNECTORS), now });
const deps: Deps = {
  db,
  keys: testKeyRing(),
  log,
  now,
  openSystem: async (systemId) => watched(await open(systemId)),
  analytics: openAnalytics({ database: 'default', user: 'default', folder: SYNC_CLICKHOUSE }),
};
const activities = buildActivities(deps);
const worker = await Worker.create({
  connection: await NativeConnection.connect({ address: SYNC_TEMPORAL }),
  taskQueue: SYNC_QUEUE,
  workflowBundle: await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL(SYNC_WORKFLOWS, import.meta.url)),
    logger: new DefaultLogger('ERROR'),
  }),
  activities: {
    ...activities,
    syncStream: async (order: Parameters<typeof activities.syncStream>[0]) => {
      writeFileSync(join(SYNC_FOLDER, 'working'), String(process.pid)); // of several workers this one has the pull
      const pulled = await activities.syncStream(order);
      moment('before the activity tells its end');
      return pulled;
    },
  },
  dataConverter: dataConverter(deps.keys),
  interceptors: { activity: [() => ({ inbound: failuresOf(log) })] },
});
await worker.run();
