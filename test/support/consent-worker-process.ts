import { NativeConnection } from '@temporalio/worker';
import type { Deps } from '../../activities/deps.ts';
import { createLog } from '../../platform/log.ts';
import { openDatabase } from '../../store/database.ts';
import { consentWorker } from './consent-worker.ts';
import { ContactSystem } from './contact-system.ts';
import { testKeyRing } from './keys.ts';
import { systemOverHttp } from './system-over-http.ts';

/** A worker of its own process, to be killed. Its systems live in the process of the test. */
const { CONSENT_TEMPORAL = '', CONSENT_DATABASE = '', CONSENT_SYSTEMS = '', CONSENT_QUEUE = '' } = process.env;

const deps: Deps = {
  db: openDatabase(CONSENT_DATABASE),
  keys: testKeyRing(),
  log: createLog({ level: 'silent' }),
  now: () => new Date(),
  openSystem: (systemId) =>
    Promise.resolve(systemOverHttp(CONSENT_SYSTEMS, systemId, new ContactSystem(systemId, ['email'], []).open())),
  analytics: {} as never, // consent reads no analytics
};
const worker = await consentWorker(await NativeConnection.connect({ address: CONSENT_TEMPORAL }), CONSENT_QUEUE, deps);
await worker.ended;
