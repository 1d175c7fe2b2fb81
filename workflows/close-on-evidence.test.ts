import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { daysLater } from '../domain/record/calendar.ts';
import { sql } from '../store/database.ts';
import { privacyRequestById } from '../store/read/privacy-requests.ts';
import { type Scene, setScene } from '../test/support/privacy-scene.ts';
import { openErasure } from '../test/support/privacy-world.ts';
import { serverClock, timeSkippingEnvironment } from '../test/support/temporal.ts';

const DAY_MS = 24 * 3_600_000;
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let environment: TestWorkflowEnvironment;
let scene: Scene;

beforeEach(async () => {
  environment = await timeSkippingEnvironment();
});
afterEach(async () => {
  await scene.end();
  await environment.teardown();
});

const dayIn = async (days: number): Promise<string> =>
  new Date((await environment.currentTimeMs()) + days * DAY_MS).toISOString().slice(0, 10);

describe('a vendor that keeps a bin for 15 days', () => {
  test('keeps the request open until it is empty, while Ficha holds nothing any more', async () => {
    const binUntil = await dayIn(15);
    scene = await setScene(
      { client: environment.client, connection: environment.nativeConnection, clock: serverClock(environment) },
      { mailer: { binUntil } },
    );
    const { bench, database, erase, mailer, outcome } = scene;
    const requestId = await erase();
    await bench.until(requestId, 'waiting-for-purge');
    expect((await privacyRequestById(database.reader, requestId))?.closedAt).toBeNull();
    const { rows } = await database.worker.query<{ people: number }>(sql`
      select count(*)::int as people from source_record where kind = 'person'`);
    expect(rows[0]?.people).toBe(1);
    mailer.bin.clear();
    expect(await outcome(requestId)).toBe('complete-with-exceptions');
    const { closedAt } = (await privacyRequestById(database.reader, requestId)) ?? {};
    expect(closedAt?.slice(0, 10)).toBe(daysLater(binUntil, 1));
  });

  test('and then does not empty it, needs a person', async () => {
    const binUntil = await dayIn(15);
    scene = await setScene(
      { client: environment.client, connection: environment.nativeConnection, clock: serverClock(environment) },
      { mailer: { binUntil } },
    );
    const { bench, database, erase, lookAgain, mailer, outcome } = scene;
    const requestId = await erase();
    await bench.until(requestId, 'waiting-for-purge');
    await environment.sleep('19 days');
    await bench.until(requestId, 'waiting-for-person');
    expect((await privacyRequestById(database.reader, requestId))?.outcome).toBe('needs-attention');
    mailer.bin.clear();
    await lookAgain(requestId);
    expect(await outcome(requestId)).toBe('complete-with-exceptions');
  });
});

test('a request that nobody decides is put on a desk five days before its deadline', async () => {
  scene = await setScene({
    client: environment.client,
    connection: environment.nativeConnection,
    clock: serverClock(environment),
  });
  const { anaId, bench, database } = scene;
  const { requestId } = await openErasure(database, anaId);
  await bench.start(requestId);
  await bench.until(requestId, 'waiting-for-approval');
  await environment.sleep('29 days');
  const { rows } = await database.worker.query<{ reason: string }>(sql`
    select reason from review_task where reason = 'deadline-near' and subject ->> 'requestId' = ${requestId}`);
  expect(rows).toHaveLength(1);
  await environment.client.workflow.getHandle(`request-${requestId}`).terminate();
});
