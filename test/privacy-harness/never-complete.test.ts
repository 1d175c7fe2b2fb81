import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { retentionPolicy } from '../../domain/privacy/retention-policy.ts';
import { sql } from '../../store/database.ts';
import { openMentions } from '../../store/read/privacy-mentions.ts';
import { evidenceOf, privacyRequestById } from '../../store/read/privacy-requests.ts';
import { settlePrivacyTask } from '../../store/write/privacy-questions.ts';
import { checkTombstones, recordTombstoneHit, tombstonesOf } from '../../store/write/tombstones.ts';
import type { TaskAnswer } from '../../domain/privacy/answers.ts';
import { testKeyRing } from '../support/keys.ts';
import { ana, everythingStored, luis, type Scene, setScene } from '../support/privacy-scene.ts';
import { openErasure, ownedIn, personIn, storeOwned, storePerson } from '../support/privacy-world.ts';
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

const opened = async (): Promise<string> => {
  const { requestId } = await openErasure(scene.database, scene.anaId);
  await scene.bench.start(requestId);
  return requestId;
};

const reasonsOpen = async (requestId: string): Promise<readonly string[]> => {
  const { rows } = await scene.database.worker.query<{ reason: string }>(sql`
    select reason from review_task where state = 'open' and subject ->> 'requestId' = ${requestId} order by reason`);
  return rows.map(({ reason }) => reason);
};

const settle = async (requestId: string, reason: string, answer: TaskAnswer): Promise<void> => {
  const { rows } = await scene.database.worker.query<{ id: string }>(sql`
    select id from review_task where state = 'open' and reason = ${reason} and subject ->> 'requestId' = ${requestId}`);
  for (const { id: taskId } of rows) {
    await scene.database.worker.transaction((tx) => settlePrivacyTask(tx, { taskId, answer, by: 'dpo-2', at: new Date() }));
  }
};

const outcomeSoFar = async (requestId: string) => (await privacyRequestById(scene.database.reader, requestId))?.outcome;

/** The five ways in which the best open engine says `complete` of a person who is still there, each made impossible. */
describe('`complete` is never said of a person who is still there', () => {
  test('1. after the engine lost all it knew in mid-erasure: the plan and its evidence are not in the engine', async () => {
    scene = await setScene(temporal);
    const { bench, database, erp, mailer, answer, lookAgain, outcome } = scene;
    const requestId = await opened();
    await bench.until(requestId, 'waiting-for-approval');
    mailer.manners.down = true;
    await bench.approve(requestId);
    await expect.poll(() => erp.ledger.length, { timeout: 20_000 }).toBe(2);
    for (const id of [`request-${requestId}`, `request-${requestId}/erp`, `request-${requestId}/mailer`])
      await temporal.client.workflow
        .getHandle(id)
        .terminate()
        .catch(() => undefined);
    mailer.manners.down = false;
    await bench.start(requestId);
    await bench.approve(requestId);
    await bench.until(requestId, 'waiting-for-person');
    expect(await outcomeSoFar(requestId)).toBe('needs-attention');
    await answer(requestId, 'other-person');
    await lookAgain(requestId);
    expect(await outcome(requestId)).toBe('complete-with-exceptions');
    expect(mailer.rows.size).toBe(0);
    expect(erp.holds(ana.email)).toBe(false);
    expect(await everythingStored(database)).not.toContain(ana.email);
    const erased = (await evidenceOf(database.reader, requestId)).filter(
      ({ verb, result }) => verb === 'erase' && result === 'done',
    );
    expect(erased).toHaveLength(3);
  });

  test('2. when the policy forgot a kind of record: it becomes a task for a person, never a success', async () => {
    const rules = retentionPolicy.countries['ES']?.filter(({ kind }) => kind !== 'interaction') ?? [];
    scene = await setScene(temporal, { policies: { retention: { ...retentionPolicy, countries: { ES: rules } } } });
    const { bench, erp, answer, lookAgain, outcome } = scene;
    const requestId = await opened();
    await bench.approve(requestId);
    await bench.until(requestId, 'waiting-for-person');
    await answer(requestId, 'other-person');
    await lookAgain(requestId);
    await expect.poll(() => reasonsOpen(requestId), { timeout: 20_000 }).toEqual(['manual-task', 'needs-attention']);
    expect(await outcomeSoFar(requestId)).toBe('needs-attention');
    expect(erp.rows.has('interaction:n1')).toBe(true);
    await bench.until(requestId, 'waiting-for-person');
    erp.rows.delete('interaction:n1');
    await settle(requestId, 'manual-task', 'done');
    await lookAgain(requestId);
    expect(await outcome(requestId)).toBe('complete-with-exceptions');
  });

  test('3. under a second address that another system knows: every alias is asked for', async () => {
    scene = await setScene(temporal);
    const { database, anaId, mailer, erase, outcome } = scene;
    const second = 'ana.antigua@example.net';
    await storePerson(database.worker, anaId, 'erp', '1-bis', { ...ana, email: second });
    scene.erp.put(personIn('1-bis', { ...ana, email: second }));
    mailer.put(personIn('m-77', { ...ana, email: second, phone: '' }));
    expect(await outcome(await erase())).toBe('complete-with-exceptions');
    expect(mailer.holds(second)).toBe(false);
    expect(scene.erp.holds(second)).toBe(false);
  });

  test('4. in the text of somebody else: a reviewer sees it, nothing is redacted unseen, and the read-back decides', async () => {
    scene = await setScene(temporal);
    const { database, bench, erp, answer, lookAgain, outcome } = scene;
    const { rows } = await database.worker.query<{ id: string }>(sql`select id from client where display_name like 'Luis%'`);
    const text = `Luis dice que avisemos a Ana Quijano, ${ana.email}, de la avería`;
    await storeOwned(database.worker, rows[0]?.id ?? '', {
      systemId: 'erp',
      ownerId: '2',
      kind: 'interaction',
      externalId: 'n2',
      canonical: { at: '2025-02-02T00:00:00.000Z', subject: 'avería', text },
    });
    erp.put(ownedIn('interaction', 'n2', { text }));
    const requestId = await opened();
    await bench.approve(requestId);
    await bench.until(requestId, 'waiting-for-person');
    expect(await openMentions(database.worker, requestId)).toBe(1);
    await answer(requestId, 'other-person');
    await settle(requestId, 'mention', 'redact');
    await lookAgain(requestId);
    await expect.poll(() => reasonsOpen(requestId), { timeout: 20_000 }).toContain('redact-by-hand');
    await bench.until(requestId, 'waiting-for-person');
    expect(erp.holds('avisemos')).toBe(true);
    await settle(requestId, 'redact-by-hand', 'done');
    await lookAgain(requestId);
    await expect.poll(() => reasonsOpen(requestId), { timeout: 20_000 }).toContain('redact-by-hand');
    await bench.until(requestId, 'waiting-for-person');
    erp.put(ownedIn('interaction', 'n2', { text: 'Luis dice que avisemos a […] de la avería' }));
    await settle(requestId, 'redact-by-hand', 'done');
    await lookAgain(requestId);
    expect(await outcome(requestId)).toBe('complete-with-exceptions');
    const stored = await everythingStored(database);
    expect(stored).toContain('avisemos a […]'.toLowerCase());
    expect(stored).not.toContain(ana.email);
    expect(stored).toContain(luis.email);
  });

  test('4a. in the text of somebody else, in a system that can blot it: it is blotted there once, and no hand is asked', async () => {
    scene = await setScene(temporal, { erp: { redacts: true } });
    const { database, bench, erp, answer, lookAgain, outcome } = scene;
    const { rows } = await database.worker.query<{ id: string }>(sql`select id from client where display_name like 'Luis%'`);
    const text = `Luis dice que avisemos a Ana Quijano, ${ana.email}, de la avería`;
    const note = { kind: 'interaction', externalId: 'n2' } as const;
    const canonical = { at: '2025-02-02T00:00:00.000Z', subject: 'avería', text };
    await storeOwned(database.worker, rows[0]?.id ?? '', { systemId: 'erp', ownerId: '2', ...note, canonical });
    erp.put(ownedIn('interaction', 'n2', { text }));
    const requestId = await opened();
    await bench.approve(requestId);
    await bench.until(requestId, 'waiting-for-person');
    expect(erp.holds('avisemos a Ana')).toBe(true);
    await answer(requestId, 'other-person');
    await settle(requestId, 'mention', 'redact');
    await lookAgain(requestId);
    expect(await outcome(requestId)).toBe('complete-with-exceptions');
    expect(erp.holds('avisemos a')).toBe(true);
    expect(erp.holds(ana.email)).toBe(false);
    expect(erp.ledger.filter(({ verb }) => verb === 'redact')).toHaveLength(1);
    expect(await reasonsOpen(requestId)).not.toContain('redact-by-hand');
  });

  test('4b. in a file that no call searches: a person searches it, once, and says so', async () => {
    scene = await setScene(temporal, { erp: { keepsFiles: true } });
    const { erase, lookAgain, outcome } = scene;
    const requestId = await erase();
    await expect.poll(() => reasonsOpen(requestId), { timeout: 20_000 }).toEqual(['beyond-reach', 'needs-attention']);
    await scene.bench.until(requestId, 'waiting-for-person');
    expect(await outcomeSoFar(requestId)).toBe('needs-attention');
    await settle(requestId, 'beyond-reach', 'done');
    await lookAgain(requestId);
    expect(await outcome(requestId)).toBe('complete-with-exceptions');
    const searched = (await evidenceOf(scene.database.reader, requestId)).filter(({ result }) => result === 'searched');
    expect(searched.map(({ linkedSystemId, verb }) => `${linkedSystemId} ${verb}`)).toEqual(['erp manual']);
  });

  test('5. who is brought back by the next sync: the row is not written', async () => {
    scene = await setScene(temporal);
    const { database, erase, outcome } = scene;
    await outcome(await erase());
    const stopped = await database.worker.transaction(async (tx) => {
      const again = { systemId: 'mailer', kind: 'person', externalId: 'm-999' } as const;
      const tombstones = tombstonesOf(testKeyRing(), { ...again, identifiers: [{ kind: 'email', value: ana.email }] });
      const matches = await checkTombstones(
        tx,
        tombstones.map(({ hash }) => hash),
      );
      await recordTombstoneHit(tx, testKeyRing(), { ...again, matches, at: new Date() });
      return matches.length;
    });
    expect(stopped).toBe(1);
    expect(await everythingStored(database)).not.toContain('m-999');
  });
});
