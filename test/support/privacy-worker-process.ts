import { NativeConnection } from '@temporalio/worker';
import type { Deps } from '../../activities/deps.ts';
import { blockingPolicies } from './blocking-policies.ts';
import { openDatabase } from '../../store/database.ts';
import { testKeyRing } from './keys.ts';
import { privacyWorker } from './privacy-bench.ts';
import { SmallSystem } from './small-system.ts';
import { systemOverHttp } from './system-over-http.ts';

/** A worker of its own process, to be killed. Its systems live in the process of the test. */
const {
  PRIVACY_TEMPORAL = '',
  PRIVACY_DATABASE = '',
  PRIVACY_SYSTEMS = '',
  PRIVACY_QUEUE = '',
  PRIVACY_BUNDLE = '',
  PRIVACY_BLOCKS = '',
} = process.env;

const deps: Pick<Deps, 'db' | 'keys' | 'now' | 'openSystem' | 'privacyPolicies'> = {
  db: openDatabase(PRIVACY_DATABASE),
  keys: testKeyRing(),
  now: () => new Date(),
  privacyPolicies: PRIVACY_BLOCKS === '' ? {} : blockingPolicies,
  openSystem: async (systemId) => systemOverHttp(PRIVACY_SYSTEMS, systemId, new SmallSystem(systemId, []).open()),
};
// eats until the heap is full, as a worker that is given too much
process.on('SIGUSR2', () => {
  for (const eaten: number[][] = []; ; ) eaten.push(Array<number>(5_000_000).fill(eaten.length + 0.5));
});
const connection = await NativeConnection.connect({ address: PRIVACY_TEMPORAL });
const worker = await privacyWorker({ connection, deps: deps as Deps, taskQueue: PRIVACY_QUEUE, bundle: PRIVACY_BUNDLE }); // privacy needs neither log nor analytics
process.send?.('polls');
await worker.ended;
