import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { sql } from '../store/database.ts';
import { evidenceOf, privacyRequestById } from '../store/read/privacy-requests.ts';
import { settlePrivacyTask } from '../store/write/privacy-questions.ts';
import { ana, type Scene, setScene } from '../test/support/privacy-scene.ts';
import { type TestTemporal, testTemporal } from '../test/support/temporal.ts';

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

describe('a system', () => {
  test('that says yes and keeps the row is not believed, until it lets go', async () => {
    scene = await setScene(temporal, { mailer: { lies: true } });
    const { bench, database, erase, lookAgain, mailer, outcome } = scene;
    const requestId = await erase();
    await bench.until(requestId, 'acting');
    await bench.until(requestId, 'waiting-for-person');
    const request = await privacyRequestById(database.reader, requestId);
    expect([request?.outcome, request?.closedAt, request?.certificate]).toEqual(['needs-attention', null, null]);
    expect(mailer.holds(ana.email)).toBe(true);
    mailer.manners.lies = false;
    await lookAgain(requestId);
    expect(await outcome(requestId)).toBe('complete-with-exceptions');
    expect(mailer.holds(ana.email)).toBe(false);
  });

  test('whose answer was lost is read back, and nothing is sent twice', async () => {
    scene = await setScene(temporal, { mailer: { losesAnswers: 1 }, erp: { losesAnswers: 2 } });
    const { database, erase, erp, mailer, outcome } = scene;
    const requestId = await erase();
    expect(await outcome(requestId)).toBe('complete-with-exceptions');
    expect(mailer.ledger).toHaveLength(1);
    expect(erp.ledger).toHaveLength(2);
    const evidence = await evidenceOf(database.reader, requestId);
    expect(evidence.filter(({ verb, result }) => verb === 'erase' && result === 'already-gone')).toHaveLength(3);
  });

  test('that is down is asked again until it answers, before anything is erased elsewhere', async () => {
    scene = await setScene(temporal, { mailer: { down: true } });
    const { database, erp, mailer, outcome } = scene;
    const pending = scene.erase();
    await expect
      .poll(async () => (await database.worker.query(sql`select 1 from evidence where verb = 'locate'`)).rowCount, {
        timeout: 10_000,
      })
      .toBe(1);
    expect(erp.ledger).toEqual([]);
    mailer.manners.down = false;
    expect(await outcome(await pending)).toBe('complete-with-exceptions');
  });

  test('that cannot erase gives a person a task, and her word is the evidence', async () => {
    scene = await setScene(temporal, { mailer: { cannotErase: true } });
    const { bench, database, erase, lookAgain, mailer, outcome } = scene;
    const requestId = await erase();
    await bench.until(requestId, 'acting');
    await bench.until(requestId, 'waiting-for-person');
    expect((await privacyRequestById(database.reader, requestId))?.outcome).toBe('needs-attention');
    mailer.rows.clear();
    const { rows } = await database.worker.query<{ id: string }>(
      sql`select id from review_task where reason = 'manual-task' and state = 'open'`,
    );
    const answer = { taskId: rows[0]?.id ?? '', answer: 'done', by: 'clerk-1', at: new Date() } as const;
    await database.worker.transaction((tx) => settlePrivacyTask(tx, answer));
    await lookAgain(requestId);
    expect(await outcome(requestId)).toBe('complete-with-exceptions');
    const evidence = await evidenceOf(database.reader, requestId);
    expect(evidence.some(({ verb, result }) => verb === 'manual' && result === 'done')).toBe(true);
  });
});
