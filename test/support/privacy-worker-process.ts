import { type ActivityInboundCallsInterceptor, NativeConnection } from '@temporalio/worker';
import { activityInfo } from '@temporalio/activity';
import type { Deps } from '../../activities/deps.ts';
import { type Database, openDatabase } from '../../store/database.ts';
import { requestOfWorkflow } from '../../workflows/messages.ts';
import { blockingPolicies } from './blocking-policies.ts';
import { testKeyRing } from './keys.ts';
import { privacyWorker } from './privacy-bench.ts';
import { SmallSystem } from './small-system.ts';
import { systemOverHttp, tellStep } from './system-over-http.ts';
import type { Serving } from './worker-lane.ts';

/** A worker of its own process, to be killed. Its systems live in the process of the test, which says whom it serves: one scene after the other. */
const { PRIVACY_TEMPORAL = '', PRIVACY_QUEUE = '', PRIVACY_BUNDLE = '' } = process.env;

let serving: { readonly told: Serving; readonly db: Database } | undefined;

const current = (): NonNullable<typeof serving> => {
  if (serving === undefined) throw new Error('a worker that serves no run was given a step');
  return serving;
};

/** The request whose step this is. */
const requestOf = (): string => requestOfWorkflow(activityInfo().workflowExecution?.workflowId ?? '') ?? '';

const db: Database = {
  query: (statement) => current().db.query(statement),
  transaction: (work, handedOver) => current().db.transaction(work, handedOver),
  end: () => current().db.end(),
};

const deps: Pick<Deps, 'db' | 'keys' | 'now' | 'openSystem' | 'privacyPolicies'> = {
  db,
  keys: testKeyRing(),
  now: () => new Date(),
  get privacyPolicies() {
    return current().told.blocks ? blockingPolicies : {};
  },
  openSystem: async (systemId) =>
    await Promise.resolve(systemOverHttp(current().told.systems, systemId, new SmallSystem(systemId, []).open(), requestOf)),
};

/** Says of each step when it begins and when it was done, before Temporal hears of it. */
const told: ActivityInboundCallsInterceptor = {
  async execute(input, next) {
    const { systems } = current().told;
    const step = activityInfo().activityType;
    await tellStep(systems, { step, when: 'before' }, requestOf());
    const result = await next(input);
    await tellStep(systems, { step, when: 'after' }, requestOf());
    return result;
  },
};

/** Serves the next run, or none. */
async function serve(next: Serving | null): Promise<void> {
  await serving?.db.end();
  serving = next === null ? undefined : { told: next, db: openDatabase(next.database) };
}

// eats until the heap is full, as a worker that is given too much
process.on('SIGUSR2', () => {
  for (const eaten: number[][] = []; ; ) eaten.push(Array<number>(5_000_000).fill(eaten.length + 0.5));
});
process.on('disconnect', () => process.exit()); // its test is gone

const first = await new Promise<Serving>((resolve) => {
  process.once('message', resolve);
});
await serve(first);
const connection = await NativeConnection.connect({ address: PRIVACY_TEMPORAL });
const parts = { connection, deps: deps as Deps, taskQueue: PRIVACY_QUEUE, bundle: PRIVACY_BUNDLE, told }; // privacy needs neither log nor analytics
const worker = await privacyWorker(parts);
process.on('message', (next: Serving | null) => {
  void serve(next).then(() => process.send?.('serves'));
});
process.send?.('serves');
await worker.ended;
