import { MockActivityEnvironment } from '@temporalio/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { consentPolicy } from '../domain/consent/consent-policy.ts';
import { sql } from '../store/database.ts';
import { driftNewestFirst } from '../store/read/consent-drift.ts';
import { retentionProposals } from '../store/read/retention.ts';
import { saveConsentPolicy } from '../store/write/consent-policy.ts';
import { settleRetention } from '../store/write/retention-proposals.ts';
import { anaIn, type ConsentScene, consentScene, saidIn } from '../test/support/consent-scene.ts';
import { ContactSystem } from '../test/support/contact-system.ts';
import { consentRoundActivities } from './consent-round.ts';

let scene: ConsentScene;
let mailer: ContactSystem;
let erp: ContactSystem;
const before = '00000000-0000-0000-0000-000000000000';

beforeEach(async () => {
  mailer = new ContactSystem('mailer', ['email'], ['m1']);
  erp = new ContactSystem('erp', ['email', 'phone'], ['e1']);
  scene = await consentScene([mailer, erp]);
  await scene.pull('erp', [anaIn('e1')]);
  await scene.pull('mailer', [anaIn('m1')]);
});
afterEach(() => scene.database.drop());

const round = () => consentRoundActivities(scene.deps);
const reconcile = async (systemId: string) => {
  const of = { systemId, after: before, limit: 50 };
  return await new MockActivityEnvironment().run(round().reconcileSystem, of);
};

test('a system that allows again what it once confirmed is found, reported and put right; one that obeys is left alone', async () => {
  await scene.pull('mailer', [saidIn('m1', { answer: 'denied', at: '2026-05-30T10:00:00.000Z' })]);
  await scene.propagate();
  expect(await reconcile('erp')).toEqual({ drifted: 0, last: null });
  erp.denied.clear();
  expect(await reconcile('mailer')).toEqual({ drifted: 0, last: null });
  expect(await reconcile('erp')).toEqual({ drifted: 1, last: null });
  expect(await driftNewestFirst(scene.database.reader)).toMatchObject([
    { linkedSystemId: 'erp', purpose: 'marketing', channel: 'email' },
  ]);
  const { rows } = await scene.database.reader.query(sql`select from audit_entry where action = 'consent.drift'`);
  expect(rows).toHaveLength(1);
  await scene.propagate();
  expect(erp.contacts('e1', 'email', 'marketing')).toBe(false);
  expect(await reconcile('erp')).toEqual({ drifted: 0, last: null });
  expect(await driftNewestFirst(scene.database.reader)).toHaveLength(1);
});

test('drift that a pull brings is reported as well, each time once, and put right', async () => {
  await scene.pull('erp', [saidIn('e1', { answer: 'denied', at: '2026-05-30T10:00:00.000Z' })]);
  await scene.propagate();
  expect(await driftNewestFirst(scene.database.reader)).toEqual([]);
  for (const [times, at] of [
    [1, '2026-06-01T10:00:00.000Z'],
    [2, '2026-06-02T10:00:00.000Z'],
  ] as const) {
    scene.setClock(at);
    mailer.denied.clear();
    await scene.pull('mailer', [saidIn('m1', { answer: 'pending', at, atKnown: false })]);
    await scene.propagate();
    expect(mailer.contacts('m1', 'email', 'marketing')).toBe(false);
    expect(await driftNewestFirst(scene.database.reader)).toHaveLength(times);
  }
  const { rows } = await scene.database.reader.query(sql`select from audit_entry where action = 'consent.drift'`);
  expect(rows).toHaveLength(2);
});

test('whoever comes of age is to be asked themselves, once', async () => {
  const db = scene.database.worker;
  await db.transaction((tx) => saveConsentPolicy(tx, consentPolicy));
  await scene.pull('erp', [saidIn('e1', { answer: 'granted', at: '2026-05-30T10:00:00.000Z' })]);
  await scene.database.owner.query(
    sql`update consent_event set given_by = 'holder-of-parental-responsibility', at = now() - interval '1 year'`,
  );
  await db.query(sql`
    update client set country = 'ES',
           golden = golden || jsonb_build_object('birthDate', (current_date - interval '14 years')::date::text)`);
  scene.setClock(new Date().toISOString());
  expect(await round().endConsentsByTime()).toEqual({ cameOfAge: 1 });
  await db.query(sql`update review_task set state = 'settled', settled_at = now() where reason = 're-consent'`);
  await round().endConsentsByTime();
  const { rows } = await db.query(sql`select reason, state from review_task where kind = 'consent'`);
  expect(rows).toEqual([{ reason: 're-consent', state: 'settled' }]);
});

test('a prospect not heard of for three years is proposed once; who is kept is proposed again after the months', async () => {
  const db = scene.database.worker;
  expect(await round().proposeErasures({ limit: 10 })).toEqual({ proposed: 0 });
  await db.query(sql`update client set first_seen_at = '2020-01-01'`);
  expect(await round().proposeErasures({ limit: 10 })).toEqual({ proposed: 1 });
  expect(await round().proposeErasures({ limit: 10 })).toEqual({ proposed: 0 });
  const [proposal] = await retentionProposals(scene.database.reader);
  expect(proposal).toMatchObject({ category: 'prospect', action: 'erase' });
  const answer = { taskId: proposal?.taskId ?? '', answer: 'keep', reason: 'a claim is open', by: 'dpo' } as const;
  await db.transaction((tx) => settleRetention(tx, { ...answer, at: scene.deps.now() }));
  await expect(db.transaction((tx) => settleRetention(tx, { ...answer, at: scene.deps.now() }))).rejects.toThrow('task-is-over');
  expect(await round().proposeErasures({ limit: 10 })).toEqual({ proposed: 0 });
  scene.setClock('2027-07-01T00:00:00.000Z');
  expect(await round().proposeErasures({ limit: 10 })).toEqual({ proposed: 1 });
});

test('the time counts from the last contact, however lately Ficha came to know the person', async () => {
  const db = scene.database.worker;
  const heard = async (at: string): Promise<void> => {
    await db.query(sql`delete from interaction`);
    await db.query(sql`
      insert into interaction (source_record_id, linked_system_id, client_id, interaction_kind, at)
      select r.id, r.linked_system_id, r.client_id, 'call', ${at} from source_record r where r.external_id = 'e1'`);
  };
  await heard('2025-01-01T00:00:00Z');
  expect(await round().proposeErasures({ limit: 10 })).toEqual({ proposed: 0 });
  await heard('2019-01-01T00:00:00Z');
  expect(await round().proposeErasures({ limit: 10 })).toEqual({ proposed: 1 });
  const { rows } = await db.query(sql`select subject ->> 'lastHeardAt' as last from review_task where reason = 'retention-due'`);
  expect(rows).toEqual([{ last: expect.stringContaining('2019-01-01') }]);
});
