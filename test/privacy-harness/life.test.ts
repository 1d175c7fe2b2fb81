import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { dueDate } from '../../domain/privacy/due-date.ts';
import { privacyPolicy } from '../../domain/privacy/privacy-policy.ts';
import { sql } from '../../store/database.ts';
import { evidenceOf, privacyRequestById } from '../../store/read/privacy-requests.ts';
import { proveByLink } from '../../store/write/privacy-identity.ts';
import { extendRequest } from '../../store/write/privacy-life.ts';
import { type Decision, decideSignal } from '../../workflows/messages.ts';
import { ana, everythingStored, type Scene, type SceneOptions, setScene } from '../support/privacy-scene.ts';
import { openErasure, personIn } from '../support/privacy-world.ts';
import { serverClock, timeSkippingEnvironment } from '../support/temporal.ts';

const DAY_MS = 24 * 3_600_000;
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let environment: TestWorkflowEnvironment;
let scene: Scene;

beforeEach(async () => {
  environment = await timeSkippingEnvironment();
});
afterEach(async () => {
  // a workflow left running without a worker would hold the clock of the next test
  const { rows } = await scene.database.reader.query<{ id: string }>(sql`select id from privacy_request`);
  for (const { id } of rows)
    await handle(id)
      .terminate()
      .catch(() => undefined);
  await scene.end();
  await environment.teardown();
});

const set = async (options?: SceneOptions): Promise<Scene> => {
  scene = await setScene(
    { client: environment.client, connection: environment.nativeConnection, clock: serverClock(environment) },
    options,
  );
  return scene;
};
const now = async (): Promise<Date> => new Date(await environment.currentTimeMs());
const handle = (requestId: string) => environment.client.workflow.getHandle(`request-${requestId}`);
const decide = (requestId: string, decision: Decision) => handle(requestId).signal(decideSignal, decision);
const stateOf = async (requestId: string) => (await privacyRequestById(scene.database.reader, requestId))?.state;
const hashOf = async (requestId: string) => (await privacyRequestById(scene.database.reader, requestId))?.planHash ?? '';

const reasons = async (requestId: string): Promise<readonly string[]> => {
  const { rows } = await scene.database.worker.query<{ reason: string }>(sql`
    select reason from review_task where subject ->> 'requestId' = ${requestId} and state = 'open' and reason <> 'namesake' order by reason`);
  return rows.map(({ reason }) => reason);
};

describe('a deadline', () => {
  test('is reminded of before it comes, escalates on the last day, and an extended one is reminded of anew', async () => {
    const { anaId, bench, database } = await set();
    const { requestId } = await openErasure(database, anaId, 'erasure', await now());
    await bench.start(requestId);
    await bench.until(requestId, 'waiting-for-approval');
    await environment.sleep('20 days');
    expect(await reasons(requestId)).toEqual([]);
    await environment.sleep('6 days');
    expect(await reasons(requestId)).toEqual(['deadline-near']);
    const at = await now();
    const extension = { by: 'dpo-1', noticeAt: at.toISOString(), reason: 'complex', at };
    await database.worker.transaction((tx) => extendRequest(tx, requestId, extension));
    await expect(database.worker.transaction((tx) => extendRequest(tx, requestId, extension))).rejects.toThrow('extended-before');
    await environment.sleep('10 days');
    expect(await reasons(requestId)).toEqual(['deadline-near']);
    await environment.sleep('56 days');
    expect(await reasons(requestId)).toEqual(['deadline-escalated', 'deadline-near']);
  });
});

describe('identity', () => {
  test('is proven by a link that works once; nothing is looked for before, and the clock counts from the proof', async () => {
    const { anaId, bench, database } = await set();
    const receivedAt = await now();
    const opened = await openErasure(database, anaId, 'erasure', receivedAt, { identity: 'link' });
    const { requestId, identityToken } = opened;
    await bench.start(requestId);
    await bench.until(requestId, 'waiting-for-person');
    expect(await evidenceOf(database.reader, requestId)).toEqual([]);
    await environment.sleep('4 days');
    const at = await now();
    const prove = (token: string) => database.worker.transaction((tx) => proveByLink(tx, token, at, privacyPolicy));
    await expect(prove('wrong')).rejects.toThrow('no-such-link');
    expect((await prove(identityToken ?? '')).dueAt).toBe(dueDate(at.toISOString(), 'ES').at);
    await expect(prove(identityToken ?? '')).rejects.toThrow('no-such-link');
    expect(await everythingStored(database)).not.toContain((identityToken ?? '').toLowerCase());
    await scene.lookAgain(requestId);
    await bench.until(requestId, 'waiting-for-approval');
  });

  test('never proven: the request can still be refused', async () => {
    const { anaId, bench, database, outcome } = await set();
    const { requestId } = await openErasure(database, anaId, 'erasure', await now(), { identity: 'link' });
    await bench.start(requestId);
    await bench.until(requestId, 'waiting-for-person');
    await decide(requestId, { kind: 'refused', by: 'dpo-2', reason: 'not identified' });
    expect(await outcome(requestId)).toBe('refused');
  });
});

describe('a decision', () => {
  test('on an erasure over the set size takes two different people', async () => {
    const { anaId, bench, database, erp } = await set({ policies: { privacy: { ...privacyPolicy, twoPersonOverLines: 2 } } });
    const { requestId } = await openErasure(database, anaId, 'erasure', await now());
    await bench.start(requestId);
    for (const by of ['dpo-1', 'dpo-1']) {
      await bench.until(requestId, 'waiting-for-approval');
      await decide(requestId, { kind: 'approved', by, planHash: await hashOf(requestId) });
      await expect.poll(async () => (await privacyRequestById(database.reader, requestId))?.approvals.length).toBe(1);
      await bench.until(requestId, 'waiting-for-approval');
    }
    expect(erp.ledger).toEqual([]);
    expect(await stateOf(requestId)).toBe('planned');
    await decide(requestId, { kind: 'approved', by: 'dpo-2', planHash: await hashOf(requestId) });
    await expect.poll(() => erp.ledger.length, { timeout: 20_000 }).toBe(2);
  });

  test('to cancel holds while nothing was done; the systems and Ficha are as before', async () => {
    const { anaId, bench, database, erp, outcome } = await set();
    const { requestId } = await openErasure(database, anaId, 'erasure', await now());
    await bench.start(requestId);
    await bench.until(requestId, 'waiting-for-approval');
    await decide(requestId, { kind: 'cancelled', by: 'dpo-1' });
    expect(await outcome(requestId)).toBe('cancelled');
    expect(await stateOf(requestId)).toBe('cancelled');
    expect(erp.ledger).toEqual([]);
    expect(await everythingStored(database)).toContain(ana.email);
  });

  test('to ask the same again links the second request to the first; an erasure runs alone', async () => {
    const { anaId, database } = await set();
    const first = await openErasure(database, anaId, 'access', await now());
    const second = await openErasure(database, anaId, 'access', await now());
    expect(second).toMatchObject({ requestId: first.requestId, duplicate: true });
    expect((await privacyRequestById(database.reader, first.requestId))?.duplicates).toBe(1);
    await expect(openErasure(database, anaId, 'erasure', await now())).rejects.toThrow('request-already-open');
    expect((await openErasure(database, anaId, 'portability', await now())).duplicate).toBe(false);
  });
});

test('what was erased is looked for again a day and a month later; what came back is erased again and told of', async () => {
  const { bench, database, erase, erp, outcome } = await set();
  const requestId = await erase();
  await outcome(requestId);
  const round = async (days: number) => {
    await environment.sleep(days * DAY_MS);
    const options = { workflowId: `upkeep-${requestId}-${days}`, taskQueue: bench.taskQueue, args: [] };
    return (await environment.client.workflow.execute('keepPrivacyPromises', options)) as {
      readonly back: number;
      readonly looked: number;
    };
  };
  erp.put(personIn('1', ana));
  expect(await round(2)).toMatchObject({ looked: 3, back: 1 });
  expect(erp.holds(ana.email)).toBe(false);
  expect(await reasons(requestId)).toContain('reappeared');
  expect(await round(31)).toMatchObject({ looked: 3, back: 0 });
  const { rows } = await database.worker.query(sql`select 1 from read_again where external_id is not null or read_at is null`);
  expect(rows).toEqual([]);
});
