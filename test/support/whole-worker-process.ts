import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NativeConnection } from '@temporalio/worker';
import type { Deps } from '../../activities/deps.ts';
import { openAnalytics } from '../../analytics/clickhouse.ts';
import { createLog } from '../../platform/log.ts';
import { installRuntime, startWorker } from '../../runtime/worker.ts';
import { openDatabase } from '../../store/database.ts';
import { ContactSystem } from './contact-system.ts';
import { testKeyRing } from './keys.ts';
import { capabilitiesOverHttp, systemOverHttp } from './system-over-http.ts';

/** A whole worker in a process of its own, to be killed. Its systems live in the process of the test. */
const {
  CONSENT_TEMPORAL = '',
  CONSENT_NAMESPACE = '',
  CONSENT_DATABASE = '',
  CONSENT_SYSTEMS = '',
  CONSENT_FOLDER = '',
} = process.env;

const log = createLog({ level: 'silent' });
installRuntime(log);
const deps: Deps = {
  db: openDatabase(CONSENT_DATABASE),
  keys: testKeyRing(),
  log,
  now: () => new Date(),
  openSystem: async (systemId) => ({
    ...systemOverHttp(CONSENT_SYSTEMS, systemId, new ContactSystem(systemId, [], []).open()),
    capabilities: await capabilitiesOverHttp(CONSENT_SYSTEMS, systemId),
  }),
  analytics: openAnalytics({ database: 'default', user: 'default', folder: join(CONSENT_FOLDER, `clickhouse-${process.pid}`) }),
};
const bundle = { code: readFileSync(join(CONSENT_FOLDER, 'workflows.js'), 'utf8') };
const connection = await NativeConnection.connect({ address: CONSENT_TEMPORAL });
const worker = await startWorker(connection, { namespace: CONSENT_NAMESPACE }, deps, bundle);
await worker.ended;
