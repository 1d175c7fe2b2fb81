import { Worker } from '@temporalio/worker';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { verifyCertificate } from '../domain/privacy/certificate.ts';
import { dataConverter } from '../platform/codec.ts';
import { validatorFor } from '../platform/validate.ts';
import { sql } from '../store/database.ts';
import { privacyRequestById, readPackage } from '../store/read/privacy-requests.ts';
import { testKeyRing } from '../test/support/keys.ts';
import { testPayloadKeys } from '../test/support/payload-keys.ts';
import { workflowBundle } from '../test/support/privacy-bench.ts';
import { ana, everythingStored, type Scene, type SceneOptions, setScene } from '../test/support/privacy-scene.ts';
import { openErasure, storePerson } from '../test/support/privacy-world.ts';
import { type TestTemporal, testTemporal } from '../test/support/temporal.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let temporal: TestTemporal;
let scene: Scene | undefined;

beforeAll(async () => {
  temporal = await testTemporal();
});
afterAll(async () => {
  await temporal.stop();
});
afterEach(async () => {
  await scene?.end();
  scene = undefined;
});

const set = async (options?: SceneOptions): Promise<Scene> => {
  scene = await setScene(temporal, options);
  return scene;
};

describe('an erasure', () => {
  test('leaves the person nowhere but on the invoice that the law keeps, and nobody else is touched', async () => {
    const { erp, mailer, database, erase, outcome } = await set();
    expect(await everythingStored(database)).toContain('ana.quijano');
    const requestId = await erase();
    expect(await outcome(requestId)).toBe('complete-with-exceptions');
    expect([...erp.rows.keys()].sort()).toEqual(['person:2', 'sale:f1']);
    expect(mailer.rows.size).toBe(0);
    expect(erp.ledger.map(({ record }) => record)).toEqual(['interaction:n1', 'person:1']);
    const stored = await everythingStored(database);
    for (const text of ['ana.quijano', 'ana called', 'm-9', Buffer.from(ana.email).toString('hex')])
      expect(stored).not.toContain(text);
    expect(stored).toContain('luis.quijano');
  });

  test('ends in a certificate that checks out offline, and in an audit log that tells its life', async () => {
    const { database, erase, outcome } = await set();
    const requestId = await erase();
    await outcome(requestId);
    const { certificate, state } = (await privacyRequestById(database.reader, requestId)) ?? {};
    expect(state).toBe('closed');
    expect(validatorFor('evidence/erasure-certificate')(certificate)).toEqual([]);
    expect(certificate && verifyCertificate(certificate)).toBe('valid');
    expect(certificate?.body.systems.map(({ systemId, actions }) => [systemId, actions])).toEqual([
      ['erp', { 'delete/verified': 2, 'keep-until/kept': 1 }],
      ['mailer', { 'delete/verified': 1 }],
    ]);
    const { rows } = await database.reader.query<{ action: string }>(sql`select action from audit_entry order by seq`);
    const actions = rows.map(({ action }) => action);
    expect(actions[0]).toBe('request.open');
    expect(actions.slice(-2)).toEqual(['client.erase', 'request.closed']);
  });

  test('destroys the key of the person: what the plan located cannot be read again', async () => {
    const { database, erase, outcome } = await set();
    const requestId = await erase();
    await outcome(requestId);
    const { rows } = await database.worker.query<{ keys: number; ids: number }>(sql`
      select (select count(*)::int from subject_key where wrapped is not null) as keys,
             (select count(*)::int from plan_line where external_id is not null) as ids`);
    expect(rows).toEqual([{ keys: 0, ids: 0 }]);
  });

  test('keeps her opt-outs as keyed hashes, and erases copies that no client leads to any more', async () => {
    const { database, erase, outcome } = await set();
    await database.worker.query(sql`
      with subject as (
        insert into consent_subject (source_record_id) select id from source_record where external_id = '1' returning id)
      insert into consent_event (subject_id, purpose, channel, answer, at, dedupe_key)
      select id, 'newsletter', 'email', 'denied', now(), '\\x01' from subject`);
    await storePerson(database.worker, null, 'mailer', 'old-copy', { ...ana, phone: '' });
    await database.worker.query(sql`update source_record set deleted_at = now() where external_id = 'old-copy'`);
    await outcome(await erase());
    const { rows } = await database.worker.query<{ hash: Buffer; purpose: string }>(sql`
      select hash, purpose from suppression_list where identifier_kind = 'email'`);
    expect(rows).toEqual([{ hash: testKeyRing().mac('suppression', `email:${ana.email}`), purpose: 'newsletter' }]);
    const stored = await everythingStored(database);
    for (const text of ['old-copy', ana.email]) expect(stored).not.toContain(text);
    expect((await database.worker.query(sql`select 1 from consent_event`)).rowCount).toBe(1);
  });

  test('replays on the code that made its history', async () => {
    const { erase, outcome } = await set({ mailer: { losesAnswers: 1 } });
    const requestId = await erase();
    await outcome(requestId);
    const options = { workflowBundle: await workflowBundle(), dataConverter: dataConverter(testKeyRing(), testPayloadKeys) };
    for (const workflowId of [`request-${requestId}`, `request-${requestId}/erp`]) {
      const history = await temporal.client.workflow.getHandle(workflowId).fetchHistory();
      await Worker.runReplayHistory(options, history, workflowId);
    }
  });
});

describe('a portability', () => {
  test('gives everything of the person, and nothing of anybody else, readable with her key alone', async () => {
    const { anaId, answer, bench, database, lookAgain, outcome } = await set();
    const { requestId } = await openErasure(database, anaId, 'portability');
    await bench.start(requestId);
    await bench.approve(requestId);
    await bench.until(requestId, 'waiting-for-person');
    await answer(requestId, 'other-person');
    await lookAgain(requestId);
    expect(await outcome(requestId)).toBe('complete');
    const text = await readPackage(database.worker, testKeyRing(), requestId);
    expect(validatorFor('evidence/portability-package')(JSON.parse(text))).toEqual([]);
    for (const part of [ana.email, 'F-2024-1', 'Ana called', 'm-9']) expect(text).toContain(part);
    expect(text.toLowerCase()).not.toContain('luis');
    expect(await everythingStored(database)).not.toContain('f-2024-1');
  });
});
