import { NativeConnection } from '@temporalio/worker';
import pg from 'pg';
import { openAnalytics } from '../analytics/clickhouse.ts';
import { createLog } from '../platform/log.ts';
import { giveWay } from '../runtime/give-way.ts';
import { bundleWorkflows, installRuntime, startWorker } from '../runtime/worker.ts';
import { openDatabase } from '../store/database.ts';
import { testKeyRing } from '../test/support/keys.ts';
import { crmPages } from './crm-pages.ts';
import { eightTables } from './eight-tables.ts';

/** A worker as `ficha up --only worker` runs one, in a process of its own, over the systems `crm` and `tables`. Says `ready`, ends by SIGTERM. */
const { BESIDE_TEMPORAL = '', BESIDE_DATABASE = '', BESIDE_TABLES = '', BESIDE_FOLDER = '', BESIDE_PEOPLE = '0' } = process.env;

giveWay();
const log = createLog({ level: 'error' });
installRuntime(log);
const tables = new pg.Pool({ connectionString: BESIDE_TABLES, max: 10 });
const connection = await NativeConnection.connect({ address: BESIDE_TEMPORAL });
const db = openDatabase(BESIDE_DATABASE, { max: 12 });
const analytics = openAnalytics({ database: 'default', user: 'default', folder: BESIDE_FOLDER });
const openSystem = (systemId: string) =>
  Promise.resolve(systemId === 'tables' ? eightTables(tables) : crmPages(systemId, Number(BESIDE_PEOPLE)));
const deps = { db, keys: testKeyRing(), log, now: () => new Date(), openSystem, analytics };
const worker = await startWorker(connection, { namespace: 'default' }, deps, await bundleWorkflows());
process.on('SIGTERM', () => void worker.stop());
process.stdout.write('ready\n');
await worker.ended;
await Promise.all([db.end(), tables.end(), analytics.close()]);
await connection.close();
