import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { PortabilityPackage } from '../../schemas/types.ts';
import { sql } from '../../store/database.ts';
import { evidenceOf, privacyRequestById, readPackage } from '../../store/read/privacy-requests.ts';
import { transferPackage } from '../../store/write/package-transfer.ts';
import { noteRecipient } from '../../store/write/noted-recipients.ts';
import { settlePrivacyTask } from '../../store/write/privacy-questions.ts';
import { testKeyRing } from '../support/keys.ts';
import { type Scene, setScene } from '../support/privacy-scene.ts';
import { openErasure } from '../support/privacy-world.ts';
import { type TestTemporal, testTemporal } from '../support/temporal.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const keys = testKeyRing();
let temporal: TestTemporal;
let scene: Scene;
let portabilityId: string;

beforeAll(async () => {
  temporal = await testTemporal();
  scene = await setScene(temporal);
  portabilityId = await begun('portability');
  await scene.outcome(portabilityId);
});
afterAll(async () => {
  await scene.end();
  await temporal.stop();
});

/** Opens, approves, and answers that the brother is somebody else. */
async function begun(type: 'access' | 'erasure' | 'portability'): Promise<string> {
  const { requestId } = await openErasure(scene.database, scene.anaId, type);
  await scene.bench.start(requestId);
  await scene.bench.approve(requestId);
  await scene.bench.until(requestId, 'waiting-for-person');
  await scene.answer(requestId, 'other-person');
  await scene.lookAgain(requestId);
  return requestId;
}

const handed = (host: string, status: number): Promise<unknown> =>
  transferPackage(
    { db: scene.database.worker, keys, now: () => new Date() },
    { requestId: portabilityId, actor: 'dpo-1', place: { host } },
    () => Promise.resolve(status),
  );

const untold = async (requestId: string) => {
  const { rows } = await scene.database.worker.query<{ id: string; place: string }>(sql`
    select id, subject ->> 'systemId' as place from review_task
     where reason = 'recipient-untold' and state = 'open' and subject ->> 'requestId' = ${requestId}
     order by place`);
  return rows;
};

test('who was handed a package, or was noted as a receiver, is named to the person; who refused it is not', async () => {
  await handed('insurer.example', 201);
  await expect(handed('nobody.example', 503)).rejects.toThrow('transfer-refused');
  const noted = { place: 'notary', title: 'Notaría Mayor 3', givenAt: new Date(), mistaken: false, by: 'dpo-1', at: new Date() };
  await scene.database.worker.transaction((tx) => noteRecipient(tx, { clientId: scene.anaId, ...noted }));
  const requestId = await begun('access');
  await scene.outcome(requestId);
  const whole = JSON.parse(await readPackage(scene.database.worker, keys, requestId)) as PortabilityPackage;
  expect(whole.report?.recipients).toEqual(['ERP', 'MAILER', 'insurer.example', 'Notaría Mayor 3']);
  expect(whole.report?.source).not.toContain('insurer.example');
});

test('an erasure is not complete before they were told of it, and that is evidence', async () => {
  const requestId = await begun('erasure');
  await expect
    .poll(() => untold(requestId), { timeout: 30_000 })
    .toMatchObject([{ place: 'insurer.example' }, { place: 'notary' }]);
  await scene.bench.until(requestId, 'waiting-for-person');
  expect(await privacyRequestById(scene.database.reader, requestId)).toMatchObject({
    closedAt: null,
    outcome: 'needs-attention',
  });
  for (const { id: taskId } of await untold(requestId))
    await scene.database.worker.transaction((tx) =>
      settlePrivacyTask(tx, { taskId, answer: 'done', by: 'dpo-2', at: new Date() }),
    );
  await scene.lookAgain(requestId);
  expect(await scene.outcome(requestId)).toBe('complete-with-exceptions');
  const told = (await evidenceOf(scene.database.reader, requestId)).filter(({ result }) => result === 'told');
  expect(told.map(({ verb, linkedSystemId }) => `${verb} ${linkedSystemId}`).sort()).toEqual([
    'manual insurer.example',
    'manual notary',
  ]);
  const { rows } = await scene.database.worker.query(sql`select from noted_recipient`);
  expect(rows).toEqual([]); // with her
});
