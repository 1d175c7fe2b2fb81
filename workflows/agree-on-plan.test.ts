import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { sql } from '../store/database.ts';
import { planLinesOf, privacyRequestById } from '../store/read/privacy-requests.ts';
import { recordHash } from '../store/write/tombstones.ts';
import { testKeyRing } from '../test/support/keys.ts';
import { ana, everythingStored, luis, type Scene, setScene } from '../test/support/privacy-scene.ts';
import { clientOf, openErasure, personIn, storePerson } from '../test/support/privacy-world.ts';
import { type TestTemporal, testTemporal } from '../test/support/temporal.ts';
import { decideSignal } from './messages.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let temporal: TestTemporal;
let scene: Scene;

beforeAll(async () => {
  temporal = await testTemporal();
});
afterAll(async () => {
  await temporal.stop();
});
afterEach(async () => {
  await scene.end();
});

const opened = async (): Promise<string> => {
  const { requestId } = await openErasure(scene.database, scene.anaId);
  await scene.bench.start(requestId);
  return requestId;
};

const peopleInPlan = async (requestId: string): Promise<number> =>
  (await planLinesOf(scene.database.reader, requestId)).filter(({ kind }) => kind === 'person').length;

describe('a plan', () => {
  test('is worked on only after an approval that names its hash; a refusal leaves everything as it was', async () => {
    scene = await setScene(temporal);
    const { bench, database, erp, mailer, outcome } = scene;
    const requestId = await opened();
    await bench.until(requestId, 'waiting-for-approval');
    const handle = temporal.client.workflow.getHandle(`request-${requestId}`);
    await handle.signal(decideSignal, { kind: 'approved', by: 'dpo-2', planHash: 'ab'.repeat(32) });
    await bench.until(requestId, 'waiting-for-approval');
    expect(erp.ledger).toEqual([]);
    await handle.signal(decideSignal, { kind: 'refused', by: 'dpo-2', reason: 'not founded' });
    expect(await outcome(requestId)).toBe('refused');
    expect(erp.rows.size + mailer.rows.size).toBe(5);
    expect(await everythingStored(database)).toContain('ana.quijano');
    expect((await privacyRequestById(database.reader, requestId))?.state).toBe('refused');
  });

  test('that a record escaped is made again, and approved again, before anything is done', async () => {
    scene = await setScene(temporal);
    const { anaId, answer, bench, database, erp, lookAgain, outcome } = scene;
    const requestId = await opened();
    await bench.until(requestId, 'waiting-for-approval');
    erp.put(personIn('77', ana));
    await storePerson(database.worker, anaId, 'erp', '77', ana);
    await bench.approve(requestId);
    await expect.poll(() => peopleInPlan(requestId), { timeout: 10_000 }).toBe(3);
    expect(erp.ledger).toEqual([]);
    await bench.approve(requestId);
    await bench.until(requestId, 'waiting-for-person');
    await answer(requestId, 'other-person');
    await lookAgain(requestId);
    expect(await outcome(requestId)).toBe('complete-with-exceptions');
    expect(erp.holds(ana.email)).toBe(false);
  });
});

test('a record that a split gave to somebody else leaves the plan, and its system is not touched', async () => {
  scene = await setScene(temporal);
  const { anaId, answer, bench, database, erp, lookAgain, outcome } = scene;
  const stranger = { ...luis, email: 'stranger@example.org', phone: '+34611' };
  erp.put(personIn('77', stranger));
  await storePerson(database.worker, anaId, 'erp', '77', stranger);
  const requestId = await opened();
  await bench.until(requestId, 'waiting-for-approval');
  expect(await peopleInPlan(requestId)).toBe(3);
  const strangerId = await clientOf(database.worker, stranger);
  await database.worker.query(sql`update source_record set client_id = ${strangerId} where external_id = '77'`);
  await database.worker.query(
    sql`update client_identifier set client_id = ${strangerId} where value in ('erp:77', '+34611', 'stranger@example.org')`,
  );
  await bench.approve(requestId);
  await expect.poll(() => peopleInPlan(requestId), { timeout: 20_000 }).toBe(2);
  await bench.approve(requestId);
  await bench.until(requestId, 'waiting-for-person');
  await answer(requestId, 'other-person');
  await lookAgain(requestId);
  expect(await outcome(requestId)).toBe('complete-with-exceptions');
  expect(erp.holds(stranger.email)).toBe(true);
  expect(await everythingStored(database)).toContain(stranger.email);
});

describe('namesakes', () => {
  const twinHash = recordHash(testKeyRing(), 'erp', 'person', '3').toString('hex');

  test('who share a telephone are never erased unasked, and the request waits for an answer about each', async () => {
    scene = await setScene(temporal);
    const { answer, bench, database, erp, lookAgain, outcome } = scene;
    erp.put(personIn('3', { ...ana, email: 'another.ana@example.org' }));
    const requestId = await opened();
    await bench.approve(requestId);
    await bench.until(requestId, 'waiting-for-person');
    expect((await privacyRequestById(database.reader, requestId))?.outcome).toBe('needs-attention');
    expect([...erp.rows.keys()].sort()).toEqual(['person:2', 'person:3', 'sale:f1']);
    expect(await everythingStored(database)).toContain('ana.quijano');
    expect(await answer(requestId, 'other-person')).toBe(2);
    await lookAgain(requestId);
    expect(await outcome(requestId)).toBe('complete-with-exceptions');
    expect(erp.holds('another.ana@example.org')).toBe(true);
    expect(erp.holds(luis.email)).toBe(true);
  });

  test('who turn out to be the same person are planned, approved anew and erased; the brother stays', async () => {
    scene = await setScene(temporal);
    const { answer, bench, erp, lookAgain, outcome } = scene;
    erp.put(personIn('3', { ...ana, email: 'another.ana@example.org' }));
    const requestId = await opened();
    await bench.approve(requestId);
    await bench.until(requestId, 'waiting-for-person');
    await answer(requestId, 'same-person', (hash) => hash === twinHash);
    await answer(requestId, 'other-person');
    await lookAgain(requestId);
    await expect.poll(() => peopleInPlan(requestId), { timeout: 10_000 }).toBe(3);
    expect(erp.holds('another.ana@example.org')).toBe(true);
    await bench.approve(requestId);
    expect(await outcome(requestId)).toBe('complete-with-exceptions');
    expect(erp.holds('another.ana@example.org')).toBe(false);
    expect(erp.holds(luis.email)).toBe(true);
  });
});
