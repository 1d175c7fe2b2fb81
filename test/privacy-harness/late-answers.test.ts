import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { planLinesOf, privacyRequestById } from '../../store/read/privacy-requests.ts';
import { decideSignal, workflowIdOf } from '../../workflows/messages.ts';
import { ana, luis, type Scene, setScene } from '../support/privacy-scene.ts';
import { openErasure } from '../support/privacy-world.ts';
import { type TestTemporal, testTemporal } from '../support/temporal.ts';

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

test('a record that a person calls the same person before the plan is approved is planned and erased with the others', async () => {
  scene = await setScene(temporal);
  const { bench, database, erp, answer, lookAgain, outcome } = scene;
  const { requestId } = await openErasure(database, scene.anaId);
  await bench.start(requestId);
  await bench.until(requestId, 'waiting-for-approval');
  expect(await answer(requestId, 'same-person')).toBe(1);
  await lookAgain(requestId);
  const people = async () => (await planLinesOf(database.reader, requestId)).filter(({ kind }) => kind === 'person').length;
  await expect.poll(people, { timeout: 20_000 }).toBe(3);
  await bench.approve(requestId);
  expect(await outcome(requestId)).toBe('complete-with-exceptions');
  expect(erp.holds(luis.email)).toBe(false);
  expect(erp.holds(ana.email)).toBe(false);
});

test('a request that has acted in some systems is not cancelled or refused any more: it is carried to its end', async () => {
  scene = await setScene(temporal);
  const { bench, database, erp, mailer, answer, lookAgain, outcome } = scene;
  const { requestId } = await openErasure(database, scene.anaId);
  await bench.start(requestId);
  await bench.approve(requestId);
  await bench.until(requestId, 'waiting-for-person');
  expect(erp.ledger.length + mailer.ledger.length).toBe(3);
  expect(await answer(requestId, 'same-person')).toBe(1);
  await lookAgain(requestId);
  await bench.until(requestId, 'waiting-for-approval');
  const handle = temporal.client.workflow.getHandle(workflowIdOf.request(requestId));
  await handle.signal(decideSignal, { kind: 'cancelled', by: 'dpo-1' });
  await handle.signal(decideSignal, { kind: 'refused', by: 'dpo-1', reason: 'half done' });
  await bench.approve(requestId);
  expect(await outcome(requestId)).toBe('complete-with-exceptions');
  expect(erp.holds(ana.email)).toBe(false);
});

test('an approval that fits no plan does not swallow the decision that comes after it', async () => {
  scene = await setScene(temporal);
  const { bench, database } = scene;
  const { requestId } = await openErasure(database, scene.anaId, 'erasure', new Date(), { identity: 'link' });
  await bench.start(requestId);
  await bench.until(requestId, 'waiting-for-person');
  const handle = temporal.client.workflow.getHandle(workflowIdOf.request(requestId));
  await handle.signal(decideSignal, { kind: 'approved', by: 'dpo-1', planHash: 'ab'.repeat(32) });
  await handle.signal(decideSignal, { kind: 'refused', by: 'dpo-2', reason: 'not identified' });
  await expect
    .poll(async () => (await privacyRequestById(database.reader, requestId))?.state, { timeout: 15_000 })
    .toBe('refused');
});

test('a place that only the act itself named keeps the request open until the vendor has purged it', async () => {
  scene = await setScene(temporal);
  const { bench, database, mailer } = scene;
  const open = mailer.open.bind(mailer);
  const due = new Date(Date.now() + 10 * 24 * 3_600_000).toISOString().slice(0, 10);
  mailer.open = () => {
    const system = open();
    return {
      ...system,
      erase: async (ref, options) => ({ ...(await system.erase(ref, options)), residue: [{ where: 'backup', due }] }),
    };
  };
  const { requestId } = await openErasure(database, scene.anaId);
  await bench.start(requestId);
  await bench.approve(requestId);
  await bench.until(requestId, 'waiting-for-person');
  await scene.answer(requestId, 'other-person');
  await scene.lookAgain(requestId);
  await bench.until(requestId, 'waiting-for-purge');
  expect((await privacyRequestById(database.reader, requestId))?.closedAt).toBeNull();
  await temporal.client.workflow.getHandle(workflowIdOf.request(requestId)).terminate();
});
