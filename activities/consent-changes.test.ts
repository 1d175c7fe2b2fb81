import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sql } from '../store/database.ts';
import { consentMatrixOf } from '../store/read/consent.ts';
import { constrainPair } from '../store/write/match.ts';
import { claimSuppressions } from '../store/write/suppression-work.ts';
import { anaIn, type ConsentScene, consentScene, saidIn } from '../test/support/consent-scene.ts';
import { ContactSystem } from '../test/support/contact-system.ts';

let scene: ConsentScene;
let mailer: ContactSystem;
let erp: ContactSystem;

beforeEach(async () => {
  mailer = new ContactSystem('mailer', ['email'], ['m1']);
  erp = new ContactSystem('erp', ['email'], ['e1']);
  scene = await consentScene([mailer, erp]);
  await scene.pull('erp', [anaIn('e1')]);
  await scene.pull('mailer', [anaIn('m1'), saidIn('m1', { answer: 'denied', at: '2026-05-30T10:00:00.000Z' })]);
  mailer.denied.add('m1 email marketing');
  await scene.propagate();
  expect(erp.writes).toEqual(['suppress e1 email marketing']);
});
afterEach(() => scene.database.drop());

const events = async (): Promise<number> => (await scene.database.worker.query(sql`select from consent_event`)).rowCount;
const yesInMailer = (at: string) => scene.pull('mailer', [saidIn('m1', { answer: 'granted', at })]);

describe('a fresh yes', () => {
  test('ends the suppression everywhere, with the event that proves it', async () => {
    mailer.denied.clear();
    await yesInMailer('2026-06-02T00:00:00.000Z');
    await scene.propagate();
    expect(erp.contacts('e1', 'email', 'marketing')).toBe(true);
    expect(erp.writes.at(-1)).toBe('unsuppress e1 email marketing');
    expect(await scene.states()).toEqual(['erp marketing email lifted', 'mailer marketing email lifted']);
    const { rows } = await scene.database.worker.query<{ answer: string; liftState: string | null }>(sql`
      select e.answer, s.lift_state as "liftState" from suppression s join consent_event e on e.id = s.lifted_by`);
    // the mailer said the yes itself: nothing to take back there
    expect(rows.map(({ answer, liftState }) => `${answer} ${liftState}`).sort()).toEqual(['granted applied', 'granted null']);
  });

  test('is not overtaken by the echo of what Ficha wrote, though the echo is younger', async () => {
    scene.setClock('2026-06-05T00:00:00.000Z');
    await scene.pull('erp', [saidIn('e1', { answer: 'denied', at: '2026-06-01T00:00:00.400Z' })]);
    await scene.pull('erp', [saidIn('e1', { answer: 'denied', at: '2026-06-05T00:00:00.000Z', atKnown: false, id: '/list' })]);
    expect(await events()).toBe(1);
    await yesInMailer('2026-05-31T00:00:00.000Z');
    mailer.denied.clear();
    await scene.propagate();
    expect(erp.contacts('e1', 'email', 'marketing')).toBe(true);
  });

  test('does not hide a later no in the system that was told of it', async () => {
    mailer.denied.clear();
    await yesInMailer('2026-06-02T00:00:00.000Z');
    scene.setClock('2026-06-02T01:00:00.000Z');
    await scene.propagate();
    scene.setClock('2026-06-10T00:00:00.000Z');
    erp.denied.add('e1 email marketing');
    await scene.pull('erp', [saidIn('e1', { answer: 'denied', at: '2026-06-10T00:00:00.000Z', atKnown: false })]);
    await scene.propagate();
    expect(mailer.contacts('m1', 'email', 'marketing')).toBe(false);
    expect(await scene.states()).toEqual(['erp marketing email applied', 'mailer marketing email applied']);
  });

  test('that comes and goes before it is passed on changes nothing', async () => {
    await yesInMailer('2026-06-02T00:00:00.000Z');
    await scene.derive();
    await scene.pull('mailer', [saidIn('m1', { answer: 'denied', at: '2026-06-03T00:00:00.000Z' })]);
    await scene.propagate();
    expect(erp.contacts('e1', 'email', 'marketing')).toBe(false);
    expect(erp.writes).toEqual(['suppress e1 email marketing']);
  });

  test('is not passed on any more once the person said no again, even while it is being passed on', async () => {
    await scene.pull('mailer', [saidIn('m1', { answer: 'denied', at: '2026-05-30T10:00:00.000Z', purpose: 'news' })]);
    await scene.propagate();
    const both = (answer: 'granted' | 'denied', at: string) =>
      scene.pull('mailer', [saidIn('m1', { answer, at }), saidIn('m1', { answer, at, purpose: 'news' })]);
    await both('granted', '2026-06-02T00:00:00.000Z');
    await scene.derive();
    erp.manners.afterChange = async () => {
      delete erp.manners.afterChange;
      await both('denied', '2026-06-03T00:00:00.000Z');
      await scene.derive();
    };
    await scene.apply('erp');
    await scene.propagate();
    expect(erp.writes.filter((line) => line.startsWith('unsuppress'))).toHaveLength(1);
    for (const purpose of ['marketing', 'news']) expect(erp.contacts('e1', 'email', purpose)).toBe(false);
  });

  test('of which only the state was found, or one that waits for its confirmation, ends nothing', async () => {
    await scene.pull('mailer', [saidIn('m1', { answer: 'granted', at: '2026-06-02T00:00:00.000Z', atKnown: false })]);
    await scene.pull('erp', [saidIn('e1', { answer: 'pending', at: '2026-06-03T00:00:00.000Z' })]);
    await scene.propagate();
    expect(mailer.contacts('m1', 'email', 'marketing')).toBe(false);
    expect(erp.contacts('e1', 'email', 'marketing')).toBe(false);
    expect(await scene.states()).toEqual(['erp marketing email applied', 'mailer marketing email applied']);
  });
});

describe('what happens around an opt-out does not undo it', () => {
  test('an import that subscribes the person again is noticed and put right', async () => {
    erp.denied.clear();
    await scene.pull('erp', [saidIn('e1', { answer: 'granted', at: '2026-06-09T00:00:00.000Z', atKnown: false })]);
    await scene.propagate();
    expect(erp.contacts('e1', 'email', 'marketing')).toBe(false);
  });

  test('deleting the contact that said it', async () => {
    await scene.pull('mailer', [], [{ kind: 'person', externalId: 'm1' }]);
    await scene.propagate();
    expect(await scene.states()).toContain('erp marketing email applied');
    const [clientId = ''] = await scene.clientIds();
    expect(await consentMatrixOf(scene.database.reader, clientId)).toMatchObject([{ answer: 'denied' }]);
    erp.people.add('e2');
    await scene.pull('erp', [anaIn('e2')]);
    await scene.propagate();
    expect(erp.contacts('e2', 'email', 'marketing')).toBe(false);
  });

  test('a system that does not open for a while', async () => {
    const { openSystem } = scene.deps;
    expect(openSystem).toBeDefined();
    await scene.database.worker.query(sql`insert into linked_system (id, connector, title) values ('gone', 'gone', 'Gone')`);
    await scene.pull('gone', [anaIn('g1')]);
    await scene.derive();
    expect(await scene.states()).toContain('gone marketing email due');
  });
});

test('two runs at once share the work; a claim that ran out is taken over', async () => {
  const db = scene.database.worker;
  await db.query(sql`update suppression set state = 'due'`);
  const claim = (claimant: string, at: string) =>
    db.transaction((tx) => claimSuppressions(tx, { systemId: 'erp', claimant, afterId: null, limit: 20, at: new Date(at) }));
  expect(await claim('one', '2026-06-01T00:00:00Z')).toHaveLength(1);
  expect(await claim('other', '2026-06-01T00:05:00Z')).toHaveLength(0);
  expect(await claim('one', '2026-06-01T00:05:00Z')).toHaveLength(1);
  expect(await claim('other', '2026-06-01T00:15:01Z')).toHaveLength(1);
});

describe('merge and split', () => {
  const idOf = async (externalId: string): Promise<string> => {
    const { rows } = await scene.database.worker.query<{ id: string }>(
      sql`select id from source_record where kind = 'person' and external_id = ${externalId}`,
    );
    return rows[0]?.id ?? '';
  };

  test('what was suppressed by a wrong merge and nobody said yes to is left to a person', async () => {
    erp.people.add('e2');
    await scene.pull('erp', [anaIn('e2')]);
    await scene.propagate();
    expect(erp.contacts('e2', 'email', 'marketing')).toBe(false);
    for (const other of ['e1', 'm1']) {
      const pair = { one: await idOf('e2'), other: await idOf(other) };
      await constrainPair(scene.database.worker, { ...pair, kind: 'cannot-link', by: 'data-team-1' });
    }
    await scene.pull('erp', []);
    expect(await scene.clientIds()).toHaveLength(2);
    await scene.propagate();
    const { rows } = await scene.database.worker.query(sql`
      select t.reason from review_task t join source_record r on r.client_id = (t.subject ->> 'clientId')::uuid
       where t.kind = 'consent' and r.external_id = 'e2'`);
    expect(rows).toEqual([{ reason: 'suppression-left-behind' }]);
    expect(erp.contacts('e2', 'email', 'marketing')).toBe(false);
  });

  test('a merge takes the more protective; a split gives each side its own', async () => {
    const luis = { givenName: 'Ana', familyName: 'Quijano Ruiz', emails: ['other@example.org'], phones: ['+34600111222'] };
    erp.people.add('e2');
    await scene.pull('erp', [anaIn('e2', luis), saidIn('e2', { answer: 'granted', at: '2026-05-01T00:00:00.000Z' })]);
    expect(await scene.clientIds()).toHaveLength(2);
    await scene.propagate();
    expect(erp.contacts('e2', 'email', 'marketing')).toBe(true);
    await scene.pull('erp', [anaIn('e2', { ...luis, emails: ['other@example.org', 'ana.quijano@example.org'] })]);
    expect(await scene.clientIds()).toHaveLength(1);
    await scene.propagate();
    expect(erp.contacts('e2', 'email', 'marketing')).toBe(false);

    const db = scene.database.worker;
    for (const other of ['e1', 'm1']) {
      await constrainPair(db, { one: await idOf('e2'), other: await idOf(other), kind: 'cannot-link', by: 'data-team-1' });
    }
    await scene.pull('erp', [anaIn('e2', luis)]);
    expect(await scene.clientIds()).toHaveLength(2);
    await scene.propagate();
    expect(erp.contacts('e1', 'email', 'marketing')).toBe(false);
    expect(erp.contacts('e2', 'email', 'marketing')).toBe(true);
    const { rows: parted } = await db.query<{ clientId: string }>(
      sql`select client_id as "clientId" from source_record where external_id = 'e2' and kind = 'person'`,
    );
    expect(await consentMatrixOf(db, parted[0]?.clientId ?? '')).toMatchObject([{ answer: 'granted' }]);
  });
});

test('a no to profiling takes the score and the counts away, and a later yes gives them back', async () => {
  const db = scene.database.worker;
  const [clientId = ''] = await scene.clientIds();
  await db.query(sql`
    insert into sale (source_record_id, linked_system_id, client_id, sale_kind, at, amount_cents, currency)
    select id, linked_system_id, client_id, 'order', now(), 50000, 'EUR' from source_record where external_id = 'e1'`);
  const said = async (purpose: string, answer: 'granted' | 'denied', at: string, channel = 'email') => {
    await scene.pull('mailer', [saidIn('m1', { purpose, answer, at, channel })]);
    await scene.derive();
    const { rows } = await db.query<{ out: boolean; points: number }>(sql`
      select no_profiling as out, (select coalesce(sum(points), 0)::int from client_potential(${clientId})) as points
        from client where id = ${clientId}`);
    return [rows[0]?.out, (rows[0]?.points ?? 0) > 0];
  };
  expect(await said('service', 'granted', '2026-06-01T00:00:00.000Z')).toEqual([false, true]);
  expect(await said('profiling', 'denied', '2026-06-02T00:00:00.000Z', 'any')).toEqual([true, false]);
  expect(await said('profiling', 'granted', '2026-06-03T00:00:00.000Z')).toEqual([true, false]);
  await scene.pull('mailer', [
    saidIn('m1', { purpose: 'profiling', answer: 'granted', at: '2026-06-04T00:00:00.000Z', channel: 'any' }),
  ]);
  expect(await said('profiling', 'granted', '2026-06-04T00:00:00.000Z', 'any')).toEqual([false, true]);
  // an objection to advertising alone stops the score, and stays in the anonymous counts
  expect(await said('*', 'denied', '2026-06-05T00:00:00.000Z', 'any')).toEqual([false, false]);
});
