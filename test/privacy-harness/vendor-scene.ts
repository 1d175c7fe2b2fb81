import { randomUUID } from 'node:crypto';
import { MockActivityEnvironment } from '@temporalio/testing';
import type { Deps } from '../../activities/deps.ts';
import { resolveActivities } from '../../activities/resolve.ts';
import { syncActivities } from '../../activities/sync.ts';
import { loadConnectors } from '../../connectors/kit/registry.ts';
import { sql } from '../../store/database.ts';
import type { TestDatabase } from '../support/postgres.ts';
import type { Openable } from '../support/system-over-http.ts';
import * as activecampaign from '../twins/activecampaign/store.ts';
import { startActiveCampaignTwin } from '../twins/activecampaign.ts';
import * as brevo from '../twins/brevo/store.ts';
import { startBrevoTwin } from '../twins/brevo.ts';
import * as hubspot from '../twins/hubspot/store.ts';
import { startHubspotTwin } from '../twins/hubspot.ts';
import * as mailchimp from '../twins/mailchimp/store.ts';
import { startMailchimpTwin } from '../twins/mailchimp.ts';

/** All say no to mail, everywhere. HubSpot, whose bin keeps what hung from a contact for 90 days, does not know Luis. */
const people = ['Ana', 'Luis', 'Eva'] as const;
export const addressOf = (name: string): string => `${name.toLowerCase()}@example.org`;

/** One vendor with these people in it. */
export interface Vendor {
  readonly name: string;
  readonly stop: () => Promise<void>;
  readonly ledger: readonly unknown[];
  readonly config: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, string>>;
  /** Addresses of everybody that it holds. */
  readonly held: () => readonly unknown[];
  /** What lies in its storage of one of them, rows as it keeps them: read by no call of the vendor's. */
  readonly rowsOf: (name: string) => readonly object[];
}

async function brevoOf(): Promise<Vendor> {
  const twin = await startBrevoTwin();
  for (const name of people) {
    brevo.addContact(twin.state, twin.clock, { email: addressOf(name), FIRSTNAME: name, LASTNAME: `of ${name}` });
    twin.state.blockedEmails.add(addressOf(name));
  }
  const config = { url: twin.url, callsPerSecond: 1_000 };
  const held = () => [...twin.state.contacts.values()].map((one) => one.email);
  const rowsOf = (name: string) => [...twin.state.contacts.values()].filter((one) => one.email === addressOf(name));
  return { name: 'brevo', stop: twin.stop, ledger: twin.ledger, config, secrets: { apiKey: twin.apiKey }, held, rowsOf };
}

async function mailchimpOf(): Promise<Vendor> {
  const twin = await startMailchimpTwin();
  for (const name of people) {
    const said = { email: addressOf(name), FNAME: name, LNAME: `of ${name}` };
    mailchimp.changeMember(twin.clock, mailchimp.addMember(twin.state, twin.clock, said), { status: 'unsubscribed' });
  }
  const config = { url: twin.url, audience: twin.audience, callsPerMinute: 100_000 };
  const held = () => [...twin.state.members.values()].map((one) => one.email_address);
  const rowsOf = (name: string) => [...twin.state.members.values()].filter((one) => one.email_address === addressOf(name));
  return { name: 'mailchimp', stop: twin.stop, ledger: twin.ledger, config, secrets: { apiKey: twin.apiKey }, held, rowsOf };
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
  const rowsOf = (name: string) =>
    [...state.objects.contacts.values()]
      .filter(({ properties }) => properties['email'] === addressOf(name))
      .map(({ properties }) => properties);
  return { name: 'hubspot', stop: twin.stop, ledger: twin.ledger, config, secrets: { token: twin.token }, held, rowsOf };
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
  const rowsOf = (name: string) => [...twin.state.contacts.values()].filter((one) => one.email === addressOf(name));
  return {
    name: 'activecampaign',
    stop: twin.stop,
    ledger: twin.ledger,
    config,
    secrets: { apiToken: twin.apiToken },
    held,
    rowsOf,
  };
}

/** All four. */
export const startVendors = (): Promise<readonly Vendor[]> =>
  Promise.all([brevoOf(), mailchimpOf(), hubspotOf(), activecampaignOf()]);

export async function openables(vendors: readonly Pick<Vendor, 'name' | 'config' | 'secrets'>[]): Promise<readonly Openable[]> {
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
export async function synced(deps: Deps, vendors: readonly Pick<Vendor, 'name'>[]): Promise<void> {
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

/** The one client with an address. */
export async function clientWith(database: TestDatabase, email: string): Promise<string> {
  const { rows } = await database.worker.query<{ id: string }>(sql`
    select client_id as id from client_identifier where kind = 'email' and value = ${email} group by client_id`);
  const [{ id } = { id: '' }, ...more] = rows;
  if (id === '' || more.length > 0) throw new Error(`${email} is ${rows.length} clients`);
  return id;
}
