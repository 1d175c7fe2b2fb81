import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { contactDecision } from '../domain/consent/contact-decision.ts';
import { sql } from '../store/database.ts';
import { recipientsOf } from '../store/read/contactable.ts';
import { holdClient, liftHold } from '../store/write/privacy-hold.ts';
import { anaIn, type ConsentScene, consentScene, saidIn } from '../test/support/consent-scene.ts';
import { ContactSystem } from '../test/support/contact-system.ts';

let scene: ConsentScene;
let mailer: ContactSystem;
let erp: ContactSystem;
let requestId = '';

beforeEach(async () => {
  mailer = new ContactSystem('mailer', ['email'], ['m1']);
  erp = new ContactSystem('erp', ['email'], ['e1', 'e2']);
  scene = await consentScene([mailer, erp]);
  await scene.pull('erp', [anaIn('e1')]);
  await scene.pull('mailer', [anaIn('m1'), saidIn('m1', { answer: 'denied', at: '2026-05-30T10:00:00.000Z' })]);
  mailer.denied.add('m1 email marketing');
  await scene.propagate();
  requestId = await hold();
});
afterEach(() => scene.database.drop());

async function hold(): Promise<string> {
  const id = randomUUID();
  const [clientId = ''] = await scene.clientIds();
  await scene.database.worker.query(sql`
    insert into privacy_request (id, type, client_id, opened_by, received_at, due_at)
    values (${id}, 'restriction', ${clientId}, 'dpo', now(), now() + interval '1 month')`);
  await scene.database.worker.transaction((tx) => holdClient(tx, { clientId, requestId: id, at: scene.deps.now() }));
  return id;
}

const lift = (): Promise<void> => {
  const notice = { at: scene.deps.now().toISOString(), by: 'letter', digest: null } as const;
  return scene.database.worker.transaction((tx) => liftHold(tx, { requestId, by: 'dpo', notice, at: scene.deps.now() }));
};

/** What is known of people: names, states, the provenance of their values. */
interface Known {
  readonly id: string;
  readonly state: string;
  readonly golden: Readonly<Record<string, unknown>>;
}
const known = async (): Promise<readonly Known[]> =>
  (
    await scene.database.worker.query<Known>(sql`
      select c.id, c.state, c.display_name as name, c.golden, (select count(*)::int from golden_field g where g.client_id = c.id) as fields
        from client c order by c.id`)
  ).rows;

const stored = async (): Promise<readonly unknown[]> =>
  (
    await scene.database.worker.query(
      sql`select external_id, canonical ->> 'givenName' as name from source_record where kind = 'person' order by 1`,
    )
  ).rows;

/** The gate refuses this address for the hold, whether the message needs a yes or not. */
async function expectRefused(value: string): Promise<void> {
  const [recipient] = await recipientsOf(scene.database.worker, scene.deps.keys, [{ kind: 'email', value }], []);
  if (recipient === undefined) throw new Error('every address has an answer');
  for (const consent of ['needed', 'not-needed'] as const)
    expect(contactDecision(recipient, { purpose: 'marketing', channel: 'email', consent })).toEqual({
      allowed: false,
      reason: 'held',
    });
}

test('what a sync brings of a restricted client is stored, and nothing else is done with it until the hold is lifted', async () => {
  const before = await known();
  await scene.pull('erp', [anaIn('e1', { givenName: 'Ana María' })]);
  expect(await stored()).toContainEqual({ external_id: 'e1', name: 'Ana María' });
  expect(await known()).toEqual(before);
  await lift();
  await scene.pull('erp', []);
  expect(await known()).toMatchObject([{ state: 'active', golden: { givenName: 'Ana María' } }]);
});

test('a new record of the person falls under the hold at once: the gate refuses its address too', async () => {
  const before = (await known())[0];
  await scene.pull('erp', [anaIn('e2', { emails: ['ana.quijano@example.org', 'ana@new.example.org'] })]);
  expect(await known()).toEqual([before]);
  await expectRefused('ana@new.example.org');
});

test('a restricted client whose records are all gone at their sources stays as it was, and the gate refuses them', async () => {
  const before = await known();
  await scene.pull('erp', [], [{ kind: 'person', externalId: 'e1' }]);
  await scene.pull('mailer', [], [{ kind: 'person', externalId: 'm1' }]);
  expect(await known()).toEqual(before);
  await expectRefused('ana.quijano@example.org');
});

test('who is gone everywhere and comes back as another record falls under the hold; lifted, they are gone', async () => {
  const before = await known();
  const goneIn = (systemId: string, externalId: string) => scene.pull(systemId, [], [{ kind: 'person', externalId }]);
  await goneIn('erp', 'e1');
  await goneIn('mailer', 'm1');
  await scene.pull('erp', [anaIn('e2', { givenName: 'Ana María' })]);
  expect(await known()).toEqual(before);
  await goneIn('erp', 'e2');
  expect(await known()).toEqual(before);
  await lift();
  await scene.pull('erp', []);
  expect(await known()).toEqual([]);
});

test('lifting the hold frees both sides of a split', async () => {
  const stranger = { givenName: 'Anna', emails: ['anna@example.net'] };
  await scene.pull('erp', [
    anaIn('e2', { ...stranger, emails: ['anna@example.net', 'ana.quijano@example.org'], givenName: 'Ana' }),
  ]);
  expect(await known()).toHaveLength(1);
  await scene.pull('erp', [anaIn('e2', stranger)]);
  expect(await known()).toMatchObject([{ state: 'restricted' }, { state: 'restricted' }]);
  await lift();
  expect(await known()).toMatchObject([{ state: 'active' }, { state: 'active' }]);
});

test('a merge with somebody else changes the values of neither, and the hold reaches both', async () => {
  const before = new Map((await known()).map((one) => [one.id, one]));
  const stranger = { givenName: 'Anna', emails: ['anna@example.net'] };
  await scene.pull('erp', [anaIn('e2', stranger)]);
  expect(await known()).toHaveLength(2);
  await scene.pull('erp', [
    anaIn('e2', { ...stranger, emails: ['anna@example.net', 'ana.quijano@example.org'], givenName: 'Ana' }),
  ]);
  const [merged] = await known();
  expect(await known()).toHaveLength(1);
  expect(merged).toMatchObject({ state: 'restricted' });
  const kept = before.get(merged?.id ?? '');
  expect(merged?.golden).toEqual(kept?.golden ?? anaIn('e2', stranger).canonical);
});

test('a no is passed on during the hold; a yes waits for its end', async () => {
  await scene.pull('mailer', [saidIn('m1', { answer: 'denied', at: '2026-06-01T00:00:00.000Z', purpose: 'news' })]);
  await scene.propagate();
  expect(erp.writes).toEqual(['suppress e1 email marketing', 'suppress e1 email news']);
  mailer.denied.clear();
  scene.setClock('2026-06-03T00:00:00.000Z');
  await scene.pull('mailer', [saidIn('m1', { answer: 'granted', at: '2026-06-02T00:00:00.000Z' })]);
  await scene.propagate();
  expect(erp.contacts('e1', 'email', 'marketing')).toBe(false);
  await lift();
  await scene.propagate();
  expect(erp.contacts('e1', 'email', 'marketing')).toBe(true);
  expect(erp.contacts('e1', 'email', 'news')).toBe(false);
});

test('a yes that was on its way when the hold began is not carried out before its end', async () => {
  await lift();
  mailer.denied.clear();
  await scene.pull('mailer', [saidIn('m1', { answer: 'granted', at: '2026-06-02T00:00:00.000Z' })]);
  await scene.derive();
  requestId = await hold();
  await scene.apply('erp');
  expect(erp.contacts('e1', 'email', 'marketing')).toBe(false);
  await lift();
  await scene.propagate();
  expect(erp.contacts('e1', 'email', 'marketing')).toBe(true);
});
