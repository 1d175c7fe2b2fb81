import { afterEach, describe, expect, test } from 'vitest';
import { sql } from '../store/database.ts';
import { consentMatrixOf, suppressionsInForce } from '../store/read/consent.ts';
import { anaIn, type ConsentScene, consentScene, saidIn } from '../test/support/consent-scene.ts';
import { type ContactManners, ContactSystem } from '../test/support/contact-system.ts';

let scene: ConsentScene;
let mailer: ContactSystem;
let erp: ContactSystem;

/** Ana in a mailer and in an ERP: one client. */
async function set(manners: { readonly mailer?: ContactManners; readonly erp?: ContactManners } = {}): Promise<void> {
  mailer = new ContactSystem('mailer', ['email'], ['m1'], manners.mailer);
  erp = new ContactSystem('erp', ['email', 'phone'], ['e1'], manners.erp);
  scene = await consentScene([mailer, erp]);
  await scene.pull('erp', [anaIn('e1')]);
  await scene.pull('mailer', [anaIn('m1')]);
  expect(await scene.clientIds()).toHaveLength(1);
}
const optOut = () => scene.pull('mailer', [saidIn('m1', { answer: 'denied', at: '2026-05-30T10:00:00.000Z' })]);
const tasks = async (): Promise<string[]> => {
  const { rows } = await scene.database.worker.query<{ readonly line: string }>(
    sql`select reason || ' ' || state as line from review_task where kind = 'consent' order by 1`,
  );
  return rows.map(({ line }) => line);
};

afterEach(() => scene.database.drop());

describe('an opt-out', () => {
  test('reaches every system that can contact, is read back in each, and is told', async () => {
    await set();
    mailer.denied.add('m1 email marketing');
    await optOut();
    await scene.propagate();
    expect(erp.contacts('e1', 'email', 'marketing')).toBe(false);
    expect(erp.contacts('e1', 'phone', 'marketing')).toBe(true);
    expect(await scene.states()).toEqual(['erp marketing email applied', 'mailer marketing email applied']);
    expect(mailer.writes).toEqual([]);
    const [clientId = ''] = await scene.clientIds();
    expect(await consentMatrixOf(scene.database.reader, clientId)).toMatchObject([
      { purpose: 'marketing', channel: 'email', answer: 'denied', at: '2026-05-30T10:00:00.000Z', linkedSystemId: 'mailer' },
    ]);
    expect(await suppressionsInForce(scene.database.reader, clientId, 10)).toHaveLength(2);
    const { rows } = await scene.database.reader.query<{ action: string }>(
      sql`select action from audit_entry where action like 'suppression%' or action like 'consent%' order by seq`,
    );
    expect(rows.map(({ action }) => action)).toEqual([
      'consent.record',
      'suppression.due',
      'suppression.due',
      'suppression.read-back',
      'suppression.read-back',
    ]);
  });

  test('is not assumed in the system that it came from: that one is read back too', async () => {
    await set();
    await optOut();
    await scene.propagate();
    expect(mailer.writes).toEqual(['suppress m1 email marketing']);
  });

  test('that is seen again unchanged makes no second event and no second call', async () => {
    await set();
    await optOut();
    await scene.propagate();
    await optOut();
    await scene.propagate();
    expect([...mailer.writes, ...erp.writes]).toHaveLength(2);
    const { rows } = await scene.database.worker.query(sql`select from consent_event`);
    expect(rows).toHaveLength(1);
  });

  test('of everything stops every purpose, also in a system that knows no "everything"', async () => {
    await set({ mailer: { purposes: ['marketing', 'news'] } });
    await scene.pull('erp', [saidIn('e1', { answer: 'denied', at: '2026-05-30T10:00:00.000Z', purpose: '*', channel: 'any' })]);
    mailer.denied.add('m1 email marketing').add('m1 email news');
    await scene.propagate();
    expect(await scene.states()).toEqual(['erp * email applied', 'erp * phone applied', 'mailer * email applied']);
  });

  test('of everything is not done while one purpose of a system still goes out', async () => {
    await set({ mailer: { purposes: ['marketing', 'news'] } });
    await scene.pull('erp', [saidIn('e1', { answer: 'denied', at: '2026-05-30T10:00:00.000Z', purpose: '*', channel: 'any' })]);
    mailer.denied.add('m1 email marketing');
    await scene.propagate();
    expect(await scene.states()).toContain('mailer * email refused silently-ignored');
  });

  test('for a purpose that a system does not serve is nothing to that system, and no task', async () => {
    await set({ erp: { purposes: ['news'] } });
    await optOut();
    await scene.propagate();
    expect(await scene.states()).toEqual(['erp marketing email absent no-list-for-purpose', 'mailer marketing email applied']);
    expect(await tasks()).toEqual([]);
  });
});

describe('a system that misbehaves', () => {
  test('one that says yes and changes nothing is found out, and a person is asked', async () => {
    await set({ erp: { lies: true } });
    await optOut();
    await scene.propagate();
    expect(await scene.states()).toEqual(['erp marketing email refused silently-ignored', 'mailer marketing email applied']);
    expect(await tasks()).toEqual(['suppression-refused open']);
  });

  test('one that loses its answer after the write is looked at, not written again', async () => {
    await set({ erp: { losesAnswers: 1 } });
    await optOut();
    await scene.derive();
    await expect(scene.apply('erp')).rejects.toThrow('suppressions-unfinished');
    expect(await scene.apply('erp')).toMatchObject({ applied: 1 });
    expect(erp.writes).toEqual(['suppress e1 email marketing']);
  });

  test('one that is down keeps its suppressions due and stops no other', async () => {
    await set({ erp: { down: true } });
    await optOut();
    await scene.derive();
    await scene.apply('mailer');
    for (let attempt = 0; attempt < 12; attempt += 1) {
      await expect(scene.apply('erp')).rejects.toThrow('suppressions-unfinished');
    }
    expect(await scene.states()).toEqual(['erp marketing email due', 'mailer marketing email applied']);
    erp.manners.down = false;
    await scene.propagate();
    expect(erp.contacts('e1', 'email', 'marketing')).toBe(false);
    expect(await tasks()).toEqual([]);
  });

  test('a record that always fails goes to a person while the others go on', async () => {
    await set({ erp: { poison: 'e1' } });
    await scene.pull('erp', [
      { ...anaIn('e2'), canonical: { givenName: 'Luis', familyName: 'Vega Mora', emails: ['luis.vega@example.org'] } },
      saidIn('e2', { answer: 'denied', at: '2026-05-30T10:00:00.000Z' }),
    ]);
    erp.people.add('e2');
    await optOut();
    await scene.derive();
    await expect(scene.apply('erp')).rejects.toThrow('suppressions-unfinished');
    expect(erp.contacts('e2', 'email', 'marketing')).toBe(false);
    await scene.database.worker.query(sql`update suppression set attempts = 7 where state = 'due'`);
    await scene.pull('erp', [saidIn('e2', { answer: 'denied', at: '2026-05-31T10:00:00.000Z', purpose: 'news' })]);
    await scene.derive();
    expect(await scene.apply('erp')).toEqual({ applied: 1, lifted: 0, open: 1 });
    expect(await tasks()).toEqual(['suppression-failed open']);
  });
});

describe('a client or a system that is not there any more', () => {
  test('nothing is passed on for a blocked client, and its queue does not stand in the way', async () => {
    await set();
    await optOut();
    await scene.derive();
    await scene.database.worker.query(sql`update client set state = 'blocked'`);
    expect(await scene.apply('erp')).toEqual({ applied: 0, lifted: 0, open: 0 });
    await scene.database.worker.query(sql`insert into consent_queue (client_id) select id from client`);
    expect(await scene.derive()).toBe(1);
    expect(await scene.derive()).toBe(0);
  });

  test('an erased client takes its suppressions along; the fingerprint of the address stays', async () => {
    await set();
    await optOut();
    await scene.derive();
    await scene.database.worker.query(sql`delete from source_record`);
    await scene.database.worker.query(sql`delete from client`);
    expect(await scene.apply('erp')).toEqual({ applied: 0, lifted: 0, open: 0 });
    await scene.pull('erp', [anaIn('e9')]);
    erp.people.add('e9');
    await scene.propagate();
    expect(erp.contacts('e9', 'email', 'marketing')).toBe(false);
  });

  test.each(['paused', 'removed'])('a %s system is not called; once it is back it is', async (state) => {
    await set();
    await optOut();
    await scene.derive();
    await scene.database.worker.query(sql`update linked_system set state = ${state} where id = 'erp'`);
    await scene.propagate();
    expect(await scene.states()).toEqual(['erp marketing email due', 'mailer marketing email applied']);
    await scene.database.worker.query(sql`insert into consent_queue (client_id) select id from client`);
    await scene.derive();
    await scene.database.worker.query(sql`update linked_system set state = 'active' where id = 'erp'`);
    await scene.propagate();
    expect(erp.writes).toEqual(['suppress e1 email marketing']);
  });
});
