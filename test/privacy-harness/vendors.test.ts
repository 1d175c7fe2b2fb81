import { randomUUID } from 'node:crypto';
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Deps } from '../../activities/deps.ts';
import { resolveActivities } from '../../activities/resolve.ts';
import { syncActivities } from '../../activities/sync.ts';
import { loadConnectors } from '../../connectors/kit/registry.ts';
import { sql } from '../../store/database.ts';
import { planLinesOf, privacyRequestById } from '../../store/read/privacy-requests.ts';
import { settlePrivacyTask } from '../../store/write/privacy-questions.ts';
import { lookAgainSignal, workflowIdOf } from '../../workflows/messages.ts';
import { type TestDatabase, testDatabase } from '../support/postgres.ts';
import { type PrivacyBench, privacyBench } from '../support/privacy-bench.ts';
import { openErasure, privacyDeps } from '../support/privacy-world.ts';
import type { Openable } from '../support/system-over-http.ts';
import { type TestTemporal, testTemporal } from '../support/temporal.ts';
import * as activecampaign from '../twins/activecampaign/store.ts';
import { startActiveCampaignTwin } from '../twins/activecampaign.ts';
import * as brevo from '../twins/brevo/store.ts';
import { startBrevoTwin } from '../twins/brevo.ts';
import * as hubspot from '../twins/hubspot/store.ts';
import { startHubspotTwin } from '../twins/hubspot.ts';
import * as mailchimp from '../twins/mailchimp/store.ts';
import { startMailchimpTwin } from '../twins/mailchimp.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

/** All say no to mail, everywhere. HubSpot, whose bin keeps what hung from a contact for 90 days, does not know Luis. */
const people = ['Ana', 'Luis', 'Eva'] as const;
const addressOf = (name: string): string => `${name.toLowerCase()}@example.org`;

/** One vendor with these people in it. */
interface Vendor {
  readonly name: string;
  readonly twin: { readonly url: string; readonly ledger: readonly unknown[]; stop(): Promise<void> };
  readonly config: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, string>>;
  /** Addresses of everybody that it holds. */
  readonly held: () => readonly unknown[];
}

async function brevoOf(): Promise<Vendor> {
  const twin = await startBrevoTwin();
  for (const name of people) {
    brevo.addContact(twin.state, twin.clock, { email: addressOf(name), FIRSTNAME: name, LASTNAME: `of ${name}` });
    twin.state.blockedEmails.add(addressOf(name));
  }
  const config = { url: twin.url, callsPerSecond: 1_000 };
  const held = () => [...twin.state.contacts.values()].map((one) => one.email);
  return { name: 'brevo', twin, config, secrets: { apiKey: twin.apiKey }, held };
}

async function mailchimpOf(): Promise<Vendor> {
  const twin = await startMailchimpTwin();
  for (const name of people) {
    const said = { email: addressOf(name), FNAME: name, LNAME: `of ${name}` };
    mailchimp.changeMember(twin.clock, mailchimp.addMember(twin.state, twin.clock, said), { status: 'unsubscribed' });
  }
  const config = { url: twin.url, audience: twin.audience, callsPerMinute: 100_000 };
  const held = () => [...twin.state.members.values()].map((one) => one.email_address);
  return { name: 'mailchimp', twin, config, secrets: { apiKey: twin.apiKey }, held };
}

async function hubspotOf(): Promise<Vendor> {
  const twin = await startHubspotTwin();
  const { state, clock } = twin;
  for (const name of people.filter((one) => one !== 'Luis')) {
    const said = { firstname: name, lastname: `of ${name}`, email: addressOf(name), hs_email_optout: 'true' };
    hubspot.addObject(state, 'contacts', said, clock.stamp());
  }
  const config = { url: twin.url, appId: twin.appId, callsPerTenSeconds: 10_000 };
  const held = () => [...state.objects.contacts.values()].map(({ properties }) => properties['email']);
  return { name: 'hubspot', twin, config, secrets: { token: twin.token }, held };
}

async function activecampaignOf(): Promise<Vendor> {
  const twin = await startActiveCampaignTwin();
  for (const name of people) {
    const said = { email: addressOf(name), firstName: name, lastName: `of ${name}` };
    const { id } = activecampaign.addContact(twin.state, twin.clock, said);
    activecampaign.setMembership(twin.state, id, '1', '2');
  }
  const config = { url: twin.url, list: '1', callsPerSecond: 1_000 };
  const held = () => [...twin.state.contacts.values()].map((one) => one.email);
  return { name: 'activecampaign', twin, config, secrets: { apiToken: twin.apiToken }, held };
}

let temporal: TestTemporal;
let database: TestDatabase;
let bench: PrivacyBench;
let vendors: readonly Vendor[];

async function openables(): Promise<readonly Openable[]> {
  const connectors = await loadConnectors();
  return vendors.map(({ name, config, secrets }) => ({
    systemId: name,
    open: () => {
      const connector = connectors.get(name);
      if (connector === undefined) throw new Error(`connectors/${name} is not there`);
      const signal = new AbortController().signal;
      return connector.open({ systemId: name, config, secret: (one) => secrets[one] ?? '', signal, now: () => new Date() });
    },
  }));
}

/** Everything the vendors hold, pulled and resolved as a sync does. */
async function synced(deps: Deps): Promise<void> {
  const sync = syncActivities(deps);
  const { resolveBatch } = resolveActivities(deps);
  const environment = new MockActivityEnvironment({ currentAttemptScheduledTimestampMs: Date.now() });
  for (const { name: systemId } of vendors) {
    const run = { runId: randomUUID(), systemId, mode: 'full' as const };
    const { streams } = (await environment.run(sync.beginSync, run)) as { readonly streams: readonly string[] };
    for (const stream of streams) await environment.run(sync.syncStream, { ...run, stream });
  }
  while (((await environment.run(resolveBatch, { limit: 500 })) as { readonly taken: number }).taken > 0);
}

const clientOf = async (name: string): Promise<string> => {
  const { rows } = await database.worker.query<{ id: string }>(sql`
    select client_id as id from client_identifier where kind = 'email' and value = ${addressOf(name)} group by client_id`);
  const [{ id } = { id: '' }, ...more] = rows;
  if (id === '' || more.length > 0) throw new Error(`${name} is ${rows.length} clients`);
  return id;
};

beforeAll(async () => {
  temporal = await testTemporal();
  database = await testDatabase();
  vendors = await Promise.all([brevoOf(), mailchimpOf(), hubspotOf(), activecampaignOf()]);
  for (const { name } of vendors)
    await database.worker.query(sql`insert into linked_system (id, connector, title) values (${name}, ${name}, ${name})`);
  const systems = await openables();
  const deps = privacyDeps(database, systems);
  bench = await privacyBench({ client: temporal.client, connection: temporal.connection, deps });
  await synced(deps);
});
afterAll(async () => {
  await bench.stop();
  await Promise.all(vendors.map(({ twin }) => twin.stop()));
  await database.drop();
  await temporal.stop();
});

const started = async (name: string, type: 'access' | 'erasure'): Promise<string> => {
  const { requestId } = await openErasure(database, await clientOf(name), type);
  await bench.start(requestId);
  await bench.approve(requestId);
  return requestId;
};

const outcomeOf = async (requestId: string) => (await privacyRequestById(database.reader, requestId))?.outcome;

const linesOf = async (requestId: string): Promise<string[]> =>
  (await planLinesOf(database.reader, requestId)).map(({ linkedSystemId, kind, state }) => `${linkedSystemId} ${kind} ${state}`);

const heldBy = (): Readonly<Record<string, readonly unknown[]>> =>
  Object.fromEntries(vendors.map(({ name, held }) => [name, held()]));

test('a copy for the person holds what each vendor says of contacting her', async () => {
  const requestId = await started('Eva', 'access');
  await bench.until(requestId, 'over');
  expect(await outcomeOf(requestId)).toBe('complete');
  expect((await linesOf(requestId)).filter((line) => line.includes('consent'))).toHaveLength(vendors.length);
});

/** Customers and orders of a connected shop: Mailchimp has no call that reaches them. */
const shopSearched = async (requestId: string): Promise<void> => {
  await bench.until(requestId, 'waiting-for-person');
  const { rows } = await database.worker.query<{ id: string; systemId: string }>(sql`
    select id, subject ->> 'systemId' as "systemId" from review_task
     where reason = 'beyond-reach' and state = 'open' and subject ->> 'requestId' = ${requestId}`);
  expect(rows.map(({ systemId }) => systemId)).toEqual(['mailchimp']);
  for (const { id: taskId } of rows)
    await database.worker.transaction((tx) => settlePrivacyTask(tx, { taskId, answer: 'done', by: 'dpo-2', at: new Date() }));
  await temporal.client.workflow.getHandle(workflowIdOf.request(requestId)).signal(lookAgainSignal);
};

test('a person whose consent is a field of the record is erased to the end in every vendor, and nobody else is', async () => {
  const requestId = await started('Luis', 'erasure');
  await shopSearched(requestId);
  await bench.until(requestId, 'over');
  expect(await outcomeOf(requestId)).toBe('complete');
  const left = ['Ana', 'Eva'].map(addressOf);
  expect(heldBy()).toEqual({ activecampaign: left, brevo: left, hubspot: left, mailchimp: left });
});

test('what a vendor purges by age keeps the person waiting for that alone, not for the consent', async () => {
  const requestId = await started('Ana', 'erasure');
  await shopSearched(requestId);
  await bench.until(requestId, 'waiting-for-purge');
  const ended = ['activecampaign', 'brevo', 'mailchimp'].flatMap((name) => [
    `${name} person verified`,
    `${name} consent verified`,
  ]);
  const waiting = ['hubspot person grace', 'hubspot consent verified'];
  expect((await linesOf(requestId)).sort()).toEqual([...ended, ...waiting].sort());
  expect(Object.values(heldBy())).toEqual(vendors.map(() => [addressOf('Eva')]));
  await temporal.client.workflow.getHandle(workflowIdOf.request(requestId)).terminate();
});
