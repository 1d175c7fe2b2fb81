import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { appendFileSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isDenied } from '../activities/consent/carry-out.ts';
import type { LinkedSystem } from '../connectors/kit/contract.ts';
import { loadConnectors } from '../connectors/kit/registry.ts';
import { dataConverter } from '../platform/codec.ts';
import { bundleWorkflows } from '../runtime/worker.ts';
import { sql } from '../store/database.ts';
import { taskQueue, workflowIdOf } from '../workflows/messages.ts';
import { type ConsentScene, consentScene } from './support/consent-scene.ts';
import { testKeyRing } from './support/keys.ts';
import { type MailmanServer, mailmanServers, onMailman, subscribe } from './support/mailman-server.ts';
import { openOnServer } from './support/open-on-server.ts';
import { onRequestTracker, type RequestTrackerServer, requestTrackerServers } from './support/request-tracker-server.ts';
import { type CallMoment, type Openable, serveSystems } from './support/system-over-http.ts';
import { type TestTemporal, testTemporal } from './support/temporal.ts';
import { temporaryFolder } from './support/temporary-folder.ts';
import { startBrevoTwin } from './twins/brevo.ts';
import { addContact } from './twins/brevo/store.ts';
import { startMailchimpTwin } from './twins/mailchimp.ts';
import { addMember } from './twins/mailchimp/store.ts';

/** How many people opt out; `npm run chaos` asks for more. */
const optOuts = Number(process.env['FICHA_OPT_OUTS'] ?? '4');
const faultRate = 0.1;
const killEvery = 5;
/** From one opt-out to the next. */
const betweenMs = 7_000;
const wanted = { channel: 'email', purpose: 'marketing' } as const;
const addressOf = (person: number): string => `person.${person}@example.test`;
const program = fileURLToPath(new URL('support/whole-worker-process.ts', import.meta.url));

let temporal: TestTemporal;
let mailmans: Awaited<ReturnType<typeof mailmanServers>>;
let helpdesks: Awaited<ReturnType<typeof requestTrackerServers>>;
beforeAll(async () => {
  temporal = await testTemporal();
  // the real servers take a minute to start: at full counts they are asked too
  const named = process.env['FICHA_OPT_OUTS'] === undefined ? 1 : 2;
  [mailmans, helpdesks] = [await mailmanServers(named), await requestTrackerServers(named)];
}, 600_000);
afterAll(async () => {
  for (const [, server] of [...mailmans, ...helpdesks]) await server.stop();
  await temporal.stop();
});

/** One linked system, and the record of each person in it. */
interface Place extends Openable {
  readonly ids: readonly string[];
}
const kept = (system: LinkedSystem): LinkedSystem => ({ ...system, close: () => Promise.resolve() });
const everybody = Array.from({ length: optOuts }, (_, person) => person);

async function twinPlaces(): Promise<{ readonly places: readonly Place[]; stop(): Promise<unknown> }> {
  const connectors = await loadConnectors();
  const [mailchimp, brevo] = [await startMailchimpTwin(), await startBrevoTwin()];
  const open = (name: string, config: object, secrets: Readonly<Record<string, string>>) => (): LinkedSystem => {
    const connector = connectors.get(name);
    if (connector === undefined) throw new Error(`connectors/${name} is not there`);
    const secret = (one: string): string => secrets[one] ?? '';
    return connector.open({
      systemId: name,
      config: { ...config },
      secret,
      signal: new AbortController().signal,
      now: () => new Date(),
    });
  };
  const members = everybody.map((n) =>
    addMember(mailchimp.state, mailchimp.clock, { email: addressOf(n), FNAME: `P${n}`, LNAME: 'Ruiz' }),
  );
  const contacts = everybody.map((n) =>
    addContact(brevo.state, brevo.clock, { email: addressOf(n), FIRSTNAME: `P${n}`, LASTNAME: 'Ruiz' }),
  );
  const audience = { url: mailchimp.url, audience: mailchimp.audience, callsPerMinute: 100_000 };
  return {
    places: [
      {
        systemId: 'mailchimp',
        ids: members.map((one) => one.contact_id),
        open: open('mailchimp', audience, { apiKey: mailchimp.apiKey }),
      },
      {
        systemId: 'brevo',
        ids: contacts.map(({ id }) => String(id)),
        open: open('brevo', { url: brevo.url, callsPerSecond: 10_000 }, { apiKey: brevo.apiKey }),
      },
    ],
    stop: () => Promise.all([mailchimp.stop(), brevo.stop()]),
  };
}

async function mailerPlace(server: MailmanServer): Promise<Place> {
  await onMailman(server, 'POST', '/domains', { mail_host: 'example.test' });
  await onMailman(server, 'POST', '/lists', { fqdn_listname: 'news@example.test' });
  for (const person of everybody) await subscribe(server, 'news', addressOf(person), `P${person} Ruiz`);
  const system = kept(await openOnServer('mailman', server, { lists: [{ id: 'news.example.test', purpose: wanted.purpose }] }));
  return { systemId: 'mailman', ids: everybody.map(addressOf), open: () => system };
}

async function helpdeskPlace(server: RequestTrackerServer): Promise<Place> {
  const ids: string[] = [];
  for (const person of everybody) {
    const about = { Name: addressOf(person), EmailAddress: addressOf(person), RealName: `P${person} Ruiz` };
    ids.push(await onRequestTracker(server, 'POST', '/user', about));
  }
  const system = kept(await openOnServer('request-tracker', server));
  return { systemId: 'request-tracker', ids, open: () => system };
}

/** Numbers in 0..1 that are the same in every run. */
function chances(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const until = async (holds: () => Promise<boolean>): Promise<void> => {
  while (!(await holds())) await pause(1_000);
};

const places = ['twins', ...(process.env['FICHA_OPT_OUTS'] === undefined ? [] : ['real servers'])] as const;

test.for(places)(
  'an opt-out in any one system that does not call is read back in all others, with a tenth of the calls failing and workers killed: %s',
  { timeout: 1_200_000 },
  async (name) => {
    const twins = await twinPlaces();
    const which = places.indexOf(name);
    const [, mailer] = mailmans[which] ?? [];
    const [, helpdesk] = helpdesks[which] ?? [];
    if (mailer === undefined || helpdesk === undefined) throw new Error('no mailer or helpdesk');
    const measured = await optOutEverywhere([...twins.places, await mailerPlace(mailer), await helpdeskPlace(helpdesk)]);
    const sorted = [...measured.seconds].sort((one, other) => one - other);
    const at = (share: number): number =>
      Number((sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? 0).toFixed(1));
    const seconds = measured.seconds.map((one) => Number(one.toFixed(1)));
    const { counts, stages } = measured;
    const told = {
      on: name,
      optOuts,
      ...counts,
      p50: at(0.5),
      p95: at(0.95),
      most: at(1),
      ...stages,
      load: loadavg()[0],
      seconds,
    };
    process.stderr.write(`${JSON.stringify({ ...told, unit: 's until read back everywhere' })}\n`);
    const report = process.env['FICHA_CONSENT_REPORT'];
    if (report !== undefined) appendFileSync(report, `${JSON.stringify(told)}\n`);
    expect(measured.counts.kills).toBeGreaterThan(0);
    expect(measured.counts.faults).toBeGreaterThan(0);
    await twins.stop();
  },
);

/** A namespace of its own, so that the worker of this test is the only one. */
async function ownNamespace(): Promise<Client> {
  const namespace = `consent-${randomUUID()}`;
  const { connection } = temporal.client;
  await connection.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: msToTs('1 day') });
  const client = new Client({ connection, namespace, dataConverter: dataConverter(testKeyRing()) });
  await until(() =>
    client.workflow.count().then(
      () => true,
      () => false,
    ),
  );
  return client;
}

/** The 95th of a hundred: until the word is in the ledger, until the systems owe it, until the last of them was read back by Ficha. */
async function stagesOf({ database }: ConsentScene, began: ReadonlyMap<number, number>) {
  const { rows } = await database.worker.query<Readonly<Record<'email' | 'heard' | 'owed' | 'done', string>>>(sql`
    select i.value as email, min(e.received_at) as heard, min(s.since) as owed, max(s.read_back_at) as done
      from client_identifier i
      join suppression s on s.client_id = i.client_id
     cross join lateral (select * from consent_ledger(i.client_id) l where l.answer = 'denied') e
     where i.kind = 'email' group by i.value`);
  const p95 = (of: 'heard' | 'owed' | 'done'): number => {
    const waits = rows.map((row) => {
      const [person] = [...began].find(([one]) => addressOf(one) === row.email) ?? [];
      return (Date.parse(row[of]) - (began.get(person ?? -1) ?? Number.NaN)) / 1_000;
    });
    return Number((waits.sort((one, other) => one - other)[Math.ceil(0.95 * waits.length) - 1] ?? Number.NaN).toFixed(1));
  };
  return { heardP95: p95('heard'), owedP95: p95('owed'), doneP95: p95('done') };
}

/**
 * Lets people opt out one after the other, each in one of the systems in turn, as an administrator of that system would do it for them;
 * nobody tells Ficha. @returns seconds until all systems said no, and what was done to the workers and the calls
 */
async function optOutEverywhere(places: readonly Place[]) {
  const scene = await consentScene(places);
  scene.setClock(new Date().toISOString());
  const client = await ownNamespace();
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'workflows.js'), (await bundleWorkflows()).code);
  const next = chances(7);
  const counts = { faults: 0, kills: 0, calls: 0 };
  let running: ChildProcess | undefined;
  let toKill = 0;
  const served = await serveSystems(places, async ({ verb, when }: CallMoment) => {
    counts.calls += 1;
    if (toKill > 0 && verb === 'suppress' && when === 'after') {
      toKill -= 1;
      counts.kills += 1;
      running?.kill('SIGKILL');
      start();
    } else if (next() < faultRate) {
      counts.faults += 1;
      throw new Error(`a fault ${when} ${verb}`);
    }
    await Promise.resolve();
  });
  const own = { CONSENT_TEMPORAL: temporal.address, CONSENT_DATABASE: scene.database.urls.worker, CONSENT_FOLDER: folder };
  const start = (): void => {
    const env = { ...process.env, ...own, CONSENT_NAMESPACE: client.options.namespace, CONSENT_SYSTEMS: served.url };
    running = spawn(process.execPath, ['--import', 'tsx', program], { env, stdio: 'inherit' });
  };
  for (const { systemId } of places) await scene.pullAll(systemId);
  const { rows } = await scene.database.worker.query<{ people: number }>(sql`
    select count(*)::int as people from client where golden -> 'emails' ->> 0 like 'person.%'`);
  expect(rows).toEqual([{ people: optOuts }]);
  start();
  for (const { systemId } of places) {
    await client.workflow.start('watchConsent', { workflowId: workflowIdOf.watch(systemId), taskQueue, args: [{ systemId }] });
  }
  const began = new Map<number, number>();
  const measure = async (person: number): Promise<number> => {
    await pause(person * betweenMs);
    began.set(person, Date.now());
    const origin = places[person % places.length];
    const ref = { kind: 'person', externalId: origin?.ids[person] ?? '' } as const;
    if (person % killEvery === 0) toKill += 1;
    const from = performance.now();
    await origin?.open().suppress(ref, { ...wanted, key: randomUUID() });
    for (const place of places) {
      const here = { kind: 'person', externalId: place.ids[person] ?? '' } as const;
      await until(async () => isDenied(await place.open().readConsent(here), wanted));
    }
    return (performance.now() - from) / 1_000;
  };
  try {
    const seconds = await Promise.all(everybody.map(measure));
    // nobody else was touched on the way, and nothing that was said is lost
    await until(async () => {
      const held = (await scene.states()).filter((line) => line.endsWith(' applied'));
      return held.length === optOuts * places.length;
    });
    return { seconds, counts, stages: await stagesOf(scene, began) };
  } finally {
    running?.kill('SIGKILL');
    served.stop();
    for (const { systemId } of places) await client.workflow.getHandle(workflowIdOf.watch(systemId)).terminate();
    await scene.database.drop();
  }
}
