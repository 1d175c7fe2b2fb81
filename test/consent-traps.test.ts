import { MockActivityEnvironment } from '@temporalio/testing';
import { afterEach, expect, test } from 'vitest';
import { consentRoundActivities } from '../activities/consent-round.ts';
import { askBeforeSend } from '../api/before-send.ts';
import type { LinkedSystem } from '../connectors/kit/contract.ts';
import { loadConnectors } from '../connectors/kit/registry.ts';
import { sql } from '../store/database.ts';
import { type ConsentScene, consentScene } from './support/consent-scene.ts';
import { startBrevoTwin } from './twins/brevo.ts';
import { addContact as addBrevoContact, changeContact as changeBrevoContact } from './twins/brevo/store.ts';
import { startIntercomTwin } from './twins/intercom.ts';
import { addContact as addIntercomContact } from './twins/intercom/store.ts';
import { startMailchimpTwin } from './twins/mailchimp.ts';
import { addMember, changeMember } from './twins/mailchimp/store.ts';
import { startPipedriveTwin } from './twins/pipedrive.ts';
import { addPerson } from './twins/pipedrive/store.ts';

const connectors = await loadConnectors();
const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

interface Account {
  readonly url: string;
  readonly stop: () => Promise<void>;
  readonly clock: { now(): Date };
}

/** One system behind its real connector, over its stand-in. */
const linked = (name: string, { url, clock }: Account, secrets: Readonly<Record<string, string>>, config: object = {}) => ({
  systemId: name,
  open: (): LinkedSystem => {
    const connector = connectors.get(name);
    if (connector === undefined) throw new Error(`connectors/${name} is not there`);
    return connector.open({
      systemId: name,
      config: { url, ...config },
      secret: (secret) => secrets[secret] ?? '',
      signal: new AbortController().signal,
      now: () => clock.now(),
    });
  },
});

async function brevo() {
  const twin = await startBrevoTwin();
  ends.push(twin.stop);
  const secrets = { apiKey: twin.apiKey, webhookToken: twin.webhookToken };
  return { twin, system: linked('brevo', twin, secrets, { callsPerSecond: 10_000 }) };
}
async function mailchimp() {
  const twin = await startMailchimpTwin();
  ends.push(twin.stop);
  const config = { audience: twin.audience, callsPerMinute: 100_000 };
  return { twin, system: linked('mailchimp', twin, { apiKey: twin.apiKey, webhookToken: twin.webhookToken }, config) };
}

async function sceneOf(systems: Parameters<typeof consentScene>[0]): Promise<ConsentScene> {
  const scene = await consentScene(systems);
  scene.setClock(new Date().toISOString());
  ends.push(() => scene.database.drop());
  return scene;
}
const workAll = async (scene: ConsentScene, ...systems: readonly string[]): Promise<void> => {
  for (const system of systems) await scene.pullAll(system);
  await scene.propagate();
};

test('Brevo: a new address re-subscribes the person there; the opt-out is put back, by the next pull and by the round', async () => {
  const { twin, system } = await brevo();
  const { id } = addBrevoContact(twin.state, twin.clock, { email: 'ana@example.org', FIRSTNAME: 'Ana' });
  const contact = twin.state.contacts.get(id);
  if (contact === undefined) throw new Error('the contact is not there');
  twin.state.blockedEmails.add('ana@example.org');
  const scene = await sceneOf([system]);
  await workAll(scene, 'brevo');
  expect(await scene.states()).toEqual(['brevo marketing email applied']);
  changeBrevoContact(twin.clock, contact, { email: 'ana.nueva@example.org' });
  expect(twin.state.blockedEmails.has('ana.nueva@example.org')).toBe(false);
  await workAll(scene, 'brevo');
  expect(twin.state.blockedEmails.has('ana.nueva@example.org')).toBe(true);
  // and when no pull tells of it
  changeBrevoContact(twin.clock, contact, { email: 'ana.tercera@example.org' });
  const { reconcileSystem } = consentRoundActivities(scene.deps);
  const of = { systemId: 'brevo', after: '00000000-0000-0000-0000-000000000000', limit: 50 };
  expect(await new MockActivityEnvironment().run(reconcileSystem, of)).toMatchObject({ drifted: 1 });
  await scene.propagate();
  expect(twin.state.blockedEmails.has('ana.tercera@example.org')).toBe(true);
});

test('Mailchimp: archived and unarchived, a member has lost the opt-out; it is put back', async () => {
  const { twin, system } = await mailchimp();
  const member = addMember(twin.state, twin.clock, { email: 'ana@example.org', FNAME: 'Ana', LNAME: 'Ruiz' });
  changeMember(twin.clock, member, { status: 'unsubscribed' });
  const scene = await sceneOf([system]);
  await workAll(scene, 'mailchimp');
  changeMember(twin.clock, member, { status: 'archived' });
  await workAll(scene, 'mailchimp');
  changeMember(twin.clock, member, { status: 'subscribed' });
  await workAll(scene, 'mailchimp');
  expect(member.status).toBe('unsubscribed');
  expect(await scene.states()).toEqual(['mailchimp marketing email applied']);
});

test('Intercom: an opt-out passed on is the flag, and attaches no subscription type, which could say yes', async () => {
  const twin = await startIntercomTwin();
  ends.push(twin.stop);
  const secrets = { token: twin.token, clientSecret: twin.clientSecret };
  const intercom = linked('intercom', twin, secrets, { callsPerMinute: 100_000, adminId: twin.adminId });
  const other = await mailchimp();
  const { id } = addIntercomContact(twin.state, twin.clock, { name: 'Ana Ruiz', email: 'ana@example.org' });
  const member = addMember(other.twin.state, other.twin.clock, { email: 'ana@example.org', FNAME: 'Ana', LNAME: 'Ruiz' });
  changeMember(other.twin.clock, member, { status: 'unsubscribed' });
  const scene = await sceneOf([intercom, other.system]);
  await workAll(scene, 'intercom', 'mailchimp');
  expect(twin.state.contacts.get(id)?.unsubscribed_from_emails).toBe(true);
  expect(twin.seen.filter(({ path }) => path.includes('subscriptions'))).toEqual([]);
});

test('Pipedrive: an opt-out that is answered OK and not carried out is told as refused, opens a task, and stops the gate', async () => {
  const twin = await startPipedriveTwin();
  ends.push(twin.stop);
  const pipedrive = linked(
    'pipedrive',
    twin,
    { token: twin.token, webhookToken: twin.webhookToken },
    {
      callsPerTwoSeconds: 10_000,
      callsPerDay: 1_000_000,
      userId: twin.userId,
    },
  );
  const other = await mailchimp();
  const { id } = addPerson(twin.state, twin.clock, { name: 'Ana Ruiz', email: 'ana@example.org' });
  twin.state.settled.add(id);
  const member = addMember(other.twin.state, other.twin.clock, { email: 'ana@example.org', FNAME: 'Ana', LNAME: 'Ruiz' });
  changeMember(other.twin.clock, member, { status: 'unsubscribed' });
  const scene = await sceneOf([pipedrive, other.system]);
  await workAll(scene, 'pipedrive', 'mailchimp');
  expect(twin.state.persons.get(id)?.marketing_status).toBe('subscribed');
  expect((await scene.states()).find((line) => line.startsWith('pipedrive'))).toMatch(/^pipedrive marketing email refused/);
  const { rows } = await scene.database.worker.query(
    sql`select reason from review_task where kind = 'consent' and state = 'open'`,
  );
  expect(rows).toEqual([{ reason: 'suppression-refused' }]);
  const wanted = { purpose: 'marketing', channel: 'email', consent: 'needed' } as const;
  const asked = await askBeforeSend(
    { db: scene.database.worker, keys: scene.deps.keys },
    [{ address: 'ana@example.org' }],
    wanted,
  );
  expect(asked).toEqual([{ allowed: false, reason: 'denied' }]);
});

test('deleting a contact undoes its opt-out at the vendor: who comes back is suppressed again', async () => {
  const { twin, system } = await brevo();
  const first = addBrevoContact(twin.state, twin.clock, { email: 'ana@example.org', FIRSTNAME: 'Ana' });
  twin.state.blockedEmails.add('ana@example.org');
  const scene = await sceneOf([system]);
  await workAll(scene, 'brevo');
  twin.state.contacts.delete(first.id);
  twin.state.blockedEmails.delete('ana@example.org');
  await scene.pull('brevo', [], [{ kind: 'person', externalId: String(first.id) }]);
  await scene.propagate();
  const again = addBrevoContact(twin.state, twin.clock, { email: 'Ana@example.org', FIRSTNAME: 'Ana' });
  expect(again.id).not.toBe(first.id);
  await workAll(scene, 'brevo');
  expect(twin.state.blockedEmails.has('ana@example.org')).toBe(true);
});
