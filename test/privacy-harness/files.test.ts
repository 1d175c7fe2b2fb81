import { strToU8, zipSync } from 'fflate';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { openWith } from '../../platform/subject-key.ts';
import { mentionsOf } from '../../store/read/privacy-mentions.ts';
import { evidenceOf, privacyRequestById } from '../../store/read/privacy-requests.ts';
import { subjectKeyOf } from '../../store/read/subject-keys.ts';
import { sql } from '../../store/database.ts';
import { settlePrivacyTask } from '../../store/write/privacy-questions.ts';
import type { TaskAnswer } from '../../domain/privacy/answers.ts';
import { testKeyRing } from '../support/keys.ts';
import { ana, everythingStored, type Scene, setScene } from '../support/privacy-scene.ts';
import { openErasure } from '../support/privacy-world.ts';
import type { SmallFile } from '../support/small-system.ts';
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

const luisOwns = { kind: 'person', externalId: '2' } as const;
const docx = (text: string): Uint8Array =>
  zipSync({
    '[Content_Types].xml': strToU8('<Types/>'),
    'word/document.xml': strToU8(`<w:document xmlns:w="w"><w:p><w:t>${text}</w:t></w:p></w:document>`),
  });
const letter = (text: string): SmallFile => ({ of: luisOwns, name: 'letter.docx', bytes: docx(text) });
const picture: SmallFile = { of: null, name: 'scan.png', bytes: Buffer.from('89504e470d0a1a0a00', 'hex') };

const setWith = async (files: Map<string, SmallFile>): Promise<string> => {
  scene = await setScene(temporal, { erp: { keepsFiles: true, files } });
  const { requestId } = await openErasure(scene.database, scene.anaId);
  await scene.bench.start(requestId);
  await scene.bench.approve(requestId);
  await scene.bench.until(requestId, 'waiting-for-person');
  await scene.answer(requestId, 'other-person');
  return requestId;
};

const openTasks = async (requestId: string): Promise<readonly { id: string; reason: string }[]> => {
  const { rows } = await scene.database.worker.query<{ id: string; reason: string }>(sql`
    select id, reason from review_task
     where state = 'open' and subject ->> 'requestId' = ${requestId} and reason <> 'needs-attention' order by reason`);
  return rows;
};
const reasons = async (requestId: string) => (await openTasks(requestId)).map(({ reason }) => reason);
const settle = async (requestId: string, reason: string, answer: TaskAnswer): Promise<void> => {
  for (const { id: taskId } of (await openTasks(requestId)).filter((one) => one.reason === reason))
    await scene.database.worker.transaction((tx) => settlePrivacyTask(tx, { taskId, answer, by: 'dpo-2', at: new Date() }));
  await scene.lookAgain(requestId);
};
const searched = async (requestId: string) =>
  (await evidenceOf(scene.database.reader, requestId))
    .filter(({ verb }) => verb === 'search')
    .map(({ linkedSystemId, result, countBefore, countAfter }) => `${linkedSystemId} ${result} ${countBefore} ${countAfter}`);

describe('files that hang from other people', () => {
  test('are read; one that names the person goes to a reviewer with the words around it, and only a read-back without her ends it', async () => {
    const about = letter(`Acordado con Ana Quijano (${ana.email}) el lunes`);
    const files = new Map<string, SmallFile>([
      ['f1', about],
      ['f2', letter('nada que ver')],
      ['own', { of: { kind: 'person', externalId: '1' }, name: 'ana.txt', bytes: Buffer.from(ana.email) }],
    ]);
    const requestId = await setWith(files);
    expect(await searched(requestId)).toEqual(['erp searched 3 0']);
    const [mention, ...more] = await mentionsOf(scene.database.worker, requestId);
    expect(more).toEqual([]);
    const key = await subjectKeyOf(scene.database.worker, testKeyRing(), requestId);
    expect(openWith(key, mention?.context ?? Buffer.alloc(0)).toString()).toContain('letter.docx: ');
    expect(openWith(key, mention?.context ?? Buffer.alloc(0)).toString()).toContain('Acordado con Ana Quijano');
    expect(await everythingStored(scene.database)).not.toContain('acordado');
    expect(await reasons(requestId)).toEqual(['mention']);
    await settle(requestId, 'mention', 'redact');
    await expect.poll(() => reasons(requestId), { timeout: 30_000 }).toEqual(['redact-by-hand']);
    await scene.bench.until(requestId, 'waiting-for-person');
    expect(files.get('f1')).toBe(about); // nothing is redacted unseen
    await settle(requestId, 'redact-by-hand', 'done');
    await expect.poll(() => reasons(requestId), { timeout: 30_000 }).toEqual(['redact-by-hand']); // it still names her
    await scene.bench.until(requestId, 'waiting-for-person');
    files.set('f1', letter('Acordado con […] el lunes'));
    await settle(requestId, 'redact-by-hand', 'done');
    expect(await scene.outcome(requestId)).toBe('complete-with-exceptions');
    expect(await searched(requestId)).toEqual(['erp searched 3 0']);
    const { rows } = await scene.database.worker.query(sql`select from mention where file is not null or context is not null`);
    expect(rows).toEqual([]);
  });

  test('that cannot be read stay a task for a person, and the request does not close before it is answered', async () => {
    const requestId = await setWith(
      new Map([
        ['f1', letter('nada')],
        ['f2', picture],
      ]),
    );
    expect(await searched(requestId)).toEqual(['erp searched-in-part 2 1']);
    expect(await reasons(requestId)).toEqual(['beyond-reach']);
    await scene.lookAgain(requestId);
    await scene.bench.until(requestId, 'waiting-for-person');
    expect((await privacyRequestById(scene.database.reader, requestId))?.outcome).toBe('needs-attention');
    await settle(requestId, 'beyond-reach', 'done');
    expect(await scene.outcome(requestId)).toBe('complete-with-exceptions');
  });
});
