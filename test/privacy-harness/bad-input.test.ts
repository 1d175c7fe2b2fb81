import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { sql } from '../../store/database.ts';
import { evidenceOf, privacyRequestById } from '../../store/read/privacy-requests.ts';
import { type Scene, setScene } from '../support/privacy-scene.ts';
import { clientOf, openErasure } from '../support/privacy-world.ts';
import { type TestTemporal, testTemporal } from '../support/temporal.ts';

vi.setConfig({ testTimeout: 90_000, hookTimeout: 120_000 });

let temporal: TestTemporal;
let scene: Scene;

beforeAll(async () => {
  temporal = await testTemporal();
  scene = await setScene(temporal);
});
afterAll(async () => {
  await scene.end();
  await temporal.stop();
});

test('a person of whom nothing is found anywhere gets a true answer, with the evidence that every system was asked', async () => {
  const nobody = { given: 'Nadie', family: 'Ninguno', email: 'nadie@example.org', phone: '' };
  const { requestId } = await openErasure(scene.database, await clientOf(scene.database.worker, nobody));
  await scene.bench.start(requestId);
  await scene.bench.approve(requestId);
  expect(await scene.outcome(requestId)).toBe('complete');
  const located = (await evidenceOf(scene.database.reader, requestId)).filter(({ verb }) => verb === 'locate');
  expect(located.map(({ linkedSystemId, result, countAfter }) => `${linkedSystemId} ${result} ${countAfter}`)).toEqual(
    expect.arrayContaining(['erp nothing-found 0', 'mailer nothing-found 0']),
  );
  expect(located).toHaveLength(2);
  const { certificate } = (await privacyRequestById(scene.database.reader, requestId)) ?? {};
  expect(certificate?.body.systems.map((system) => system.located)).toEqual([0, 0]);
});

test('the same request from two people at the same moment is opened once', async () => {
  const opened = await Promise.all([1, 2, 3].map(() => openErasure(scene.database, scene.anaId)));
  expect(new Set(opened.map(({ requestId }) => requestId)).size).toBe(1);
  expect(opened.filter(({ duplicate }) => duplicate)).toHaveLength(2);
});

test('a request for a person who was erased says that there is no such client', async () => {
  const gone = await scene.erase();
  await scene.outcome(gone);
  await expect(openErasure(scene.database, scene.anaId)).rejects.toThrow('unknown-client');
});

test('one for a company says whom to name instead', async () => {
  const companyId = await clientOf(scene.database.worker, { given: 'Acme', family: 'SL', email: '', phone: '' });
  await scene.database.worker.query(sql`update client set kind = 'company' where id = ${companyId}`);
  await expect(openErasure(scene.database, companyId)).rejects.toThrow('open the request for its contact');
});
