import { Worker } from '@temporalio/worker';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { sql } from '../../store/database.ts';
import { type Decision, decideSignal, workflowIdOf } from '../../workflows/messages.ts';
import { dataConverter } from '../../platform/codec.ts';
import { privacyRequestById } from '../../store/read/privacy-requests.ts';
import type { NewRequest } from '../../store/write/privacy-openings.ts';
import { testKeyRing } from '../support/keys.ts';
import { testPayloadKeys } from '../support/payload-keys.ts';
import { workflowBundle } from '../support/privacy-bench.ts';
import { type Scene, setScene } from '../support/privacy-scene.ts';
import { openErasure } from '../support/privacy-world.ts';
import { type TestTemporal, testTemporal } from '../support/temporal.ts';
import { type KeptHistory, keepHistory, keptHistories, openToTests } from './histories.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

/** Set to a version, what is recorded below is kept beside the older ones: `FICHA_KEEP_HISTORIES=0.2.0 npx vitest run test/replay`. */
const keptAs = process.env['FICHA_KEEP_HISTORIES'];

/** What the workflows as they are now do not repeat: which, and how it differs. */
const unlike = async (histories: ReadonlyMap<string, KeptHistory>): Promise<readonly string[]> => {
  const results = Worker.runReplayHistories(
    { workflowBundle: await workflowBundle(), dataConverter: dataConverter(testKeyRing(), testPayloadKeys) },
    histories.values(),
  );
  const nameOf = new Map([...histories].map(([name, { workflowId }]) => [workflowId, name]));
  const found: string[] = [];
  for await (const { workflowId, error } of results)
    if (error !== undefined) found.push(`${nameOf.get(workflowId) ?? workflowId}: ${error.message}`);
  return found;
};

test('requests that an older version of the workflows began are carried on by this one', async () => {
  const kept = keptHistories();
  expect(kept.size).toBeGreaterThanOrEqual(12);
  expect(await unlike(kept)).toEqual([]);
});

describe('what the workflows do now', () => {
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

  const opened = async (type: NewRequest['type'], more: Parameters<typeof openErasure>[4] = {}): Promise<string> => {
    scene = await setScene(temporal);
    const { requestId } = await openErasure(scene.database, scene.anaId, type, new Date(), more);
    await scene.bench.start(requestId);
    return requestId;
  };
  const signal = (requestId: string, decision: Decision) =>
    temporal.client.workflow.getHandle(workflowIdOf.request(requestId)).signal(decideSignal, decision);
  const answered = async (requestId: string): Promise<void> => {
    await scene.answer(requestId, 'other-person');
    await scene.lookAgain(requestId);
  };

  const lives: Readonly<Record<string, () => Promise<string>>> = {
    'erasure-question-after-approval': async () => {
      const requestId = await opened('erasure');
      await scene.bench.approve(requestId);
      await scene.bench.until(requestId, 'waiting-for-person');
      await answered(requestId);
      await scene.outcome(requestId);
      return requestId;
    },
    'erasure-question-before-approval': async () => {
      const requestId = await opened('erasure');
      await scene.bench.until(requestId, 'waiting-for-approval');
      await answered(requestId);
      await expect
        .poll(
          async () => {
            const { planHash } = (await privacyRequestById(scene.database.reader, requestId)) ?? {};
            await signal(requestId, { kind: 'approved', by: 'dpo-2', planHash: planHash ?? '' }).catch(() => undefined); // over by then
            return (await privacyRequestById(scene.database.reader, requestId))?.state;
          },
          { timeout: 20_000, interval: 500 },
        )
        .toBe('closed');
      return requestId;
    },
    'erasure-waiting-for-approval': async () => {
      const requestId = await opened('erasure');
      await scene.bench.until(requestId, 'waiting-for-approval');
      return requestId;
    },
    'erasure-waiting-for-person': async () => {
      const requestId = await opened('erasure');
      await scene.bench.approve(requestId);
      await scene.bench.until(requestId, 'waiting-for-person');
      return requestId;
    },
    'erasure-refused': async () => {
      const requestId = await opened('erasure');
      await scene.bench.until(requestId, 'waiting-for-approval');
      await signal(requestId, { kind: 'refused', by: 'dpo-2', reason: 'not hers' });
      await scene.outcome(requestId);
      return requestId;
    },
    'erasure-not-identified': async () => {
      const requestId = await opened('erasure', { identity: 'link' });
      await scene.bench.until(requestId, 'waiting-for-person');
      return requestId;
    },
    access: async () => {
      const requestId = await opened('access');
      await scene.bench.approve(requestId);
      await scene.bench.until(requestId, 'waiting-for-person');
      await answered(requestId);
      await scene.outcome(requestId);
      return requestId;
    },
    objection: async () => {
      const requestId = await opened('objection');
      await scene.outcome(requestId);
      return requestId;
    },
  };

  test.each(Object.entries(lives))('%s: is repeated the same from its history', async (name, live) => {
    const requestId = await live();
    const { rows } = await scene.database.reader.query<{ id: string }>(sql`
      select distinct linked_system_id as id from evidence where request_id = ${requestId}`);
    const histories = new Map<string, KeptHistory>();
    for (const part of ['', ...rows.map(({ id }) => `/${id}`)]) {
      const workflowId = `${workflowIdOf.request(requestId)}${part}`;
      try {
        const history = await temporal.client.workflow.getHandle(workflowId).fetchHistory();
        histories.set(`${name}${part.replace('/', '.')}`, { workflowId, history });
      } catch {
        expect(part).not.toBe(''); // a system that was asked and not acted in has no workflow of its own
      }
    }
    expect(await unlike(histories)).toEqual([]);
    if (keptAs !== undefined) for (const [of, kept] of histories) keepHistory(`${keptAs}.${of}`, await openToTests(kept));
  });
});
