import { afterEach, beforeEach, expect, test } from 'vitest';
import { consentPolicy } from '../domain/consent/consent-policy.ts';
import type { ConsentPolicy } from '../schemas/types.ts';
import { sql } from '../store/database.ts';
import { specialDataRows } from '../store/read/special-data.ts';
import { saveConsentPolicy } from '../store/write/consent-policy.ts';
import { recordSaidConsent } from '../store/write/said-consent.ts';
import { answerSpecial } from '../store/write/special-data.ts';
import { anaIn, type ConsentScene, consentScene, saidIn } from '../test/support/consent-scene.ts';
import { ContactSystem } from '../test/support/contact-system.ts';
import { takeSpecialAside } from './sync/take-special-aside.ts';

const policy: ConsentPolicy = {
  ...consentPolicy,
  specialFields: [
    { linkedSystem: 'mailer', field: 'merge_fields.DIET', category: 'health' },
    { linkedSystem: 'erp', field: 'Parroquia', category: 'religion', basis: 'GDPR art. 9(2)(d): members of the foundation' },
  ],
};
const dietOf = (diet: string | null) => ({
  ...anaIn('m1', { notes: diet ?? undefined }),
  raw: { merge_fields: { DIET: diet, FNAME: 'Ana' } },
});

let scene: ConsentScene;
beforeEach(async () => {
  scene = await consentScene(
    [new ContactSystem('mailer', ['email'], ['m1']), new ContactSystem('erp', ['email'], ['e1'])],
    policy,
  );
  await scene.database.worker.transaction((tx) => saveConsentPolicy(tx, policy));
  await scene.pull('mailer', [dietOf('sin gluten, celíaca')]);
  await scene.derive();
});
afterEach(() => scene.database.drop());

const rows = async () =>
  (await specialDataRows(scene.database.reader)).map(({ category, state, basis }) => [category, state, basis]);
const openTasks = async () =>
  (
    await scene.database.worker.query<{ reason: string }>(
      sql`select reason from review_task where kind = 'consent' and state = 'open' and reason = 'special-without-basis'`,
    )
  ).rows.length;
const isInStore = async (text: string): Promise<boolean> => {
  const { rows: found } = await scene.database.worker.query<{ all: string }>(sql`
    select concat((select string_agg(raw::text || canonical::text, '') from source_record),
                  (select string_agg(golden::text || coalesce(search_name, ''), '') from client),
                  (select string_agg(raw::text, '') from rejected_record),
                  (select string_agg(value::text, '') from special_value)) as "all"`);
  return found[0]?.all.includes(text) ?? false;
};
const said = async (answer: 'granted' | 'denied', at: string, over: object = {}): Promise<void> => {
  const [clientId = ''] = await scene.clientIds();
  const word = {
    clientId,
    purpose: 'special',
    channel: 'any',
    answer,
    at: new Date(at),
    receivedAt: scene.deps.now(),
    how: 'letter',
  };
  const noted = { ...word, legalBasis: 'explicit consent', textVersion: 'h-1', language: 'es', by: 'dpo', ...over };
  await scene.database.worker.transaction((tx) => recordSaidConsent(tx, scene.deps.keys, noted));
};

test('a field of a special category without consent is in no record, golden or raw, and a person is told', async () => {
  expect(await rows()).toEqual([['health', 'held', null]]);
  expect(await isInStore('celíaca')).toBe(false);
  expect(await openTasks()).toBe(1);
  await scene.pull('mailer', [dietOf('sin gluten, celíaca')]);
  await scene.derive();
  expect(await openTasks()).toBe(1);
});

test('the explicit yes releases it, the next no takes it away at once, and a flag in a system is no yes', async () => {
  await scene.pull('mailer', [
    saidIn('m1', { purpose: 'special', channel: 'any', answer: 'granted', at: '2026-05-01T00:00:00.000Z' }),
  ]);
  await scene.derive();
  expect(await rows()).toEqual([['health', 'held', null]]);
  await said('granted', '2026-05-20T10:00:00.000Z');
  await scene.derive();
  expect(await rows()).toEqual([['health', 'released', 'consent']]);
  expect(await openTasks()).toBe(0);
  await said('denied', '2026-05-21T10:00:00.000Z');
  expect(await rows()).toEqual([['health', 'held', null]]);
  expect(await isInStore('celíaca')).toBe(false);
  await scene.derive();
  expect([await rows(), await openTasks()]).toEqual([[['health', 'held', null]], 1]);
});

test('another value waits anew for what allows it, and an emptied field leaves nothing', async () => {
  await said('granted', '2026-05-20T10:00:00.000Z');
  await scene.pull('mailer', [dietOf('diabética')]);
  await scene.derive();
  expect(await rows()).toEqual([['health', 'released', 'consent']]);
  await scene.pull('mailer', [dietOf(null)]);
  expect(await rows()).toEqual([]);
});

test('a basis of the policy holds at once; what the officer drops stays out, what they release stays in', async () => {
  await scene.pull('erp', [{ ...anaIn('e1'), raw: { Parroquia: 'San Juan' } }]);
  await scene.derive();
  expect(await rows()).toEqual([
    ['health', 'held', null],
    ['religion', 'released', 'GDPR art. 9(2)(d): members of the foundation'],
  ]);
  const [held] = await specialDataRows(scene.database.reader);
  const answer = (over: object) =>
    scene.database.worker.transaction((tx) =>
      answerSpecial(tx, scene.deps.keys, { id: held?.id ?? '', answer: 'drop', by: 'dpo', at: scene.deps.now(), ...over }),
    );
  await answer({});
  await expect(answer({})).rejects.toThrow('task-is-over');
  await scene.pull('mailer', [dietOf('sin gluten, celíaca')]);
  await scene.derive();
  expect((await rows())[0]).toEqual(['health', 'dropped', null]);
  await scene.pull('mailer', [dietOf('vegana')]);
  await answer({ answer: 'release', basis: 'GDPR art. 9(2)(c), file 7' });
  await said('denied', '2026-05-22T10:00:00.000Z');
  await scene.derive();
  expect(await rows()).toContainEqual(['health', 'released', 'GDPR art. 9(2)(c), file 7']);
});

test('a field that the policy names later is taken out of what is stored, and deleting the record takes it along', async () => {
  await scene.pull('erp', [{ ...anaIn('e1'), raw: { Union: 'CCOO', Parroquia: '' } }]);
  const wider: ConsentPolicy = { ...policy, specialFields: [{ linkedSystem: '*', field: 'Union', category: 'union' }] };
  await takeSpecialAside(scene.database.worker, scene.deps.keys, wider, scene.deps.now());
  expect(await isInStore('CCOO')).toBe(false);
  expect(await rows()).toContainEqual(['union', 'held', null]);
  await scene.pull('erp', [], [{ kind: 'person', externalId: 'e1' }]);
  expect(await rows()).toEqual([['health', 'held', null]]);
});
