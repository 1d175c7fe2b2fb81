import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { sql } from '../../store/database.ts';
import { privacyRequestById } from '../../store/read/privacy-requests.ts';
import { progressQuery, workflowIdOf } from '../../workflows/messages.ts';
import { everythingStored } from '../support/privacy-scene.ts';
import { type PrivacyBench, privacyBench } from '../support/privacy-bench.ts';
import { openErasure, privacyDeps } from '../support/privacy-world.ts';
import { serverClock, timeSkippingEnvironment } from '../support/temporal.ts';
import { fullCounts, isDone, keep } from './report.ts';
import { carriedOn, judgedEnd } from './run.ts';
import { makeWorld, type World } from './world.ts';

vi.setConfig({ testTimeout: fullCounts ? 900_000 : 240_000, hookTimeout: 120_000 });

const name = 'the clock 40 days ahead';
const seed = 1;
const people = fullCounts ? 50 : 2;

let environment: TestWorkflowEnvironment;
let world: World;
let bench: PrivacyBench;

beforeAll(async () => {
  environment = await timeSkippingEnvironment();
  world = await makeWorld(seed, people);
  const clock = serverClock(environment);
  const { client, nativeConnection: connection } = environment;
  bench = await privacyBench({
    client,
    connection,
    clock,
    deps: privacyDeps(world.database, [...world.systems.values()], {}, clock.now),
  });
});
afterAll(async () => {
  await bench.stop();
  await world.database.drop();
  await environment.teardown();
});

const reasonsOf = async (requestId: string): Promise<readonly string[]> => {
  const { rows } = await world.database.worker.query<{ reason: string }>(sql`
    select reason from review_task
     where subject ->> 'requestId' = ${requestId} and state = 'open' and reason like 'deadline%' order by reason`);
  return rows.map(({ reason }) => reason);
};
const progressOf = (requestId: string): Promise<unknown> =>
  environment.client.workflow.getHandle(workflowIdOf.request(requestId)).query(progressQuery);

test('whoever waits for a person when the clock jumps over the deadline is warned of, ends nothing by itself, and is carried to the end after', async () => {
  if (isDone(name, seed)) return;
  const start = Date.now();
  const opened: string[] = [];
  for (const { clientId } of world.subjects) {
    const { requestId } = await openErasure(world.database, clientId, 'erasure', new Date(await environment.currentTimeMs()));
    await bench.start(requestId);
    opened.push(requestId);
  }
  for (const requestId of opened) await bench.until(requestId, 'waiting-for-approval', 120_000);
  await environment.sleep('40 days');
  for (const requestId of opened) {
    await expect.poll(() => reasonsOf(requestId), { timeout: 30_000 }).toEqual(['deadline-escalated', 'deadline-near']);
    expect((await privacyRequestById(world.database.reader, requestId))?.state).toBe('planned');
    expect(await progressOf(requestId)).toBe('waiting-for-approval');
  }
  const end = Date.now() + 60_000 + 4_000 * people;
  const { client } = environment;
  await Promise.all(opened.map((requestId) => carriedOn({ client }, { world, bench }, requestId, { end })));
  const verdict = judgedEnd(
    world,
    opened,
    await everythingStored(world.database),
    await Promise.all(opened.map((id) => privacyRequestById(world.database.reader, id))),
  );
  keep({ fault: name, seed, people, ...verdict, askedPerson: 0, ms: Date.now() - start });
  expect(verdict).toEqual({ complete: people, falseComplete: 0, twice: 0, wrongPerson: 0 });
});
