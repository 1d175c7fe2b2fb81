import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { serve } from '@hono/node-server';
import { MockActivityEnvironment } from '@temporalio/testing';
import { consentActivities } from '../activities/consent.ts';
import type { Deps } from '../activities/deps.ts';
import { resolveActivities } from '../activities/resolve.ts';
import { storePage } from '../activities/sync/page.ts';
import { preparedPages } from '../activities/sync/prepare-page.ts';
import { createCommandApi } from '../api/server.ts';
import type { LinkedSystem } from '../connectors/kit/contract.ts';
import { loadConnectors } from '../connectors/kit/registry.ts';
import { createLog } from '../platform/log.ts';
import { webhookReader } from '../runtime/receive-webhook.ts';
import { sql } from '../store/database.ts';
import { startSyncRun } from '../store/write/sync-runs.ts';
import { listIdentifiers } from '../store/write/suppression-list.ts';
import { testKeyRing } from '../test/support/keys.ts';
import { unlinked } from '../test/support/unlinked.ts';
import { startHubspotTwin } from '../test/twins/hubspot.ts';
import type { Figure } from './figure.ts';
import { startReadDatabase } from './read-database.ts';

type Say = (line: string) => void;

const figure = (name: string, value: number, unit: string): Figure => ({
  name,
  value: Number(value.toFixed(1)),
  unit,
  peer: null,
  ratio: null,
});

const sender = fileURLToPath(new URL('send-webhooks.ts', import.meta.url));
/** Seconds of webhooks at full load. */
const loadSeconds = 20;

interface Sent {
  readonly answered: number;
  readonly refused: number;
  readonly seconds: number;
  readonly p99: number;
}

/** Runs the sender in a process of its own and reads what it measured. */
async function send(url: string): Promise<Sent> {
  const child = spawn(process.execPath, ['--import', 'tsx', sender, url, String(loadSeconds)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: child.stdout })) return JSON.parse(line) as Sent; // its one line
  throw new Error('the sender said nothing');
}

/** Webhooks as fast as a vendor can send them: each is checked, kept and then answered. Nothing may be lost. */
export async function benchWebhooks(say: Say): Promise<readonly Figure[]> {
  const database = await startReadDatabase();
  const folder = mkdtempSync(join(tmpdir(), 'ficha-bench-'));
  const secret = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return `file:${join(folder, name)}`;
  };
  const config = { secrets: { apiKey: secret('key', 'k'), webhookToken: secret('token', 'hook-secret') } };
  await database.worker.query(sql`
    insert into linked_system (id, connector, title, config) values ('mailer', 'brevo', 'Mailer', ${JSON.stringify(config)})`);
  const now = (): Date => new Date();
  const api = createCommandApi({
    ...unlinked,
    db: database.worker,
    temporal: undefined as never, // a webhook is kept and answered; nothing is started here
    keys: testKeyRing(),
    log: createLog({ level: 'silent' }),
    now,
    ordererOf: () => Promise.reject(new Error('a webhook has no bearer token')),
    readWebhook: webhookReader(database.worker, await loadConnectors(), now, undefined),
  });
  const server = serve({ fetch: api.fetch, port: 0, hostname: '127.0.0.1' });
  try {
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const { answered, refused, seconds, p99 } = await send(`http://127.0.0.1:${port}/v1/webhooks/mailer?token=hook-secret`);
    const { rows } = await database.worker.query<{ kept: number }>(sql`select count(*)::int as kept from webhook_event`);
    const kept = rows[0]?.kept ?? 0;
    say(`webhooks: ${answered} answered 202, ${refused} not, ${kept} kept; load ${loadavg()[0]?.toFixed(1)}`);
    return [
      figure('webhooks accepted a second', answered / seconds, '/s'),
      figure('webhooks: p99 until answered', p99, 'ms'),
      figure('webhooks answered 202 and not kept', answered - kept, 'lost'),
    ];
  } finally {
    server.close();
    await database.stop();
    rmSync(folder, { recursive: true });
  }
}

/** What HubSpot allows an app of its Professional and Enterprise editions. */
const callsPerTenSeconds = 190;

/** Runs an activity outside of a worker. */
const inActivity = <Args extends unknown[], Result>(
  activity: (...args: Args) => Promise<Result>,
  ...args: Args
): Promise<Result> => new MockActivityEnvironment().run<Args, Result, typeof activity>(activity, ...args);

/** Brings everybody that the system lists into the store, each a client. */
async function pullAndResolve(deps: Deps, system: LinkedSystem): Promise<void> {
  await deps.db.query(sql`insert into linked_system (id, connector, title) values ('hubspot', 'hubspot', 'HubSpot')`);
  const from = { systemId: 'hubspot', stream: 'person', runId: randomUUID() };
  await startSyncRun(deps.db, from.runId, 'hubspot', 'full');
  for await (const page of preparedPages(system.pull('person', null), 'hubspot'))
    await deps.db.transaction((tx) => storePage(tx, deps.keys, from, page, new Date()));
  const { resolveBatch } = resolveActivities(deps);
  while ((await inActivity(resolveBatch, { limit: 2_000 })).taken > 0);
}

/** The most calls that any ten seconds saw. @param calls in the order of their times */
function mostInTenSeconds(calls: readonly { readonly at: number }[]): number {
  let most = 0;
  let first = 0;
  for (const [place, { at }] of calls.entries()) {
    while ((calls[first]?.at ?? at) <= at - 10_000) first += 1;
    most = Math.max(most, place - first + 1);
  }
  return most;
}

/** Opt-outs from a list, passed on to a vendor that counts every call and refuses what is too many. */
export async function benchBulkOptOuts(say: Say, size = 100_000): Promise<readonly Figure[]> {
  const addresses = Array.from({ length: size }, (_, place) => `p${place}@example.org`);
  const seed = addresses.map((email, place) => ({ email, firstname: `P${place}`, lastname: 'Ruiz' }));
  const twin = await startHubspotTwin({ seed, callsPerTenSeconds });
  const connector = (await loadConnectors()).get('hubspot');
  if (connector === undefined) throw new Error('connectors/hubspot is not there');
  const system = connector.open({
    systemId: 'hubspot',
    // as an administrator sets it: a little below what the vendor allows
    config: { url: twin.url, appId: twin.appId, callsPerTenSeconds: Math.floor(callsPerTenSeconds * 0.95) },
    secret: (name) => ({ token: twin.token, clientSecret: twin.clientSecret })[name] ?? '',
    signal: new AbortController().signal,
    now: () => new Date(),
  });
  const database = await startReadDatabase();
  const db = database.worker;
  const deps: Deps = {
    db,
    keys: testKeyRing(),
    log: createLog({ level: 'silent' }),
    now: () => new Date(),
    openSystem: () => Promise.resolve({ ...system, close: () => Promise.resolve() }),
    analytics: {} as never, // consent reads no analytics
  };
  const since = (start: number): number => (performance.now() - start) / 1_000;
  try {
    await pullAndResolve(deps, system);
    say(`opt-outs: ${size} people pulled and resolved`);
    const listed = performance.now();
    for (let start = 0; start < size; start += 10_000) {
      const lines = addresses.slice(start, start + 10_000).map((value) => ({ kind: 'email' as const, value }));
      const about = { purpose: 'marketing', channel: 'email', reason: 'opt-out' as const, since: new Date() };
      await db.transaction((tx) =>
        listIdentifiers(
          tx,
          deps.keys,
          lines.map((line) => ({ ...line, ...about })),
        ),
      );
    }
    const importing = since(listed);
    say(`opt-outs: ${size} listed in ${importing.toFixed(1)} s`);
    const derived = performance.now();
    const { deriveSuppressions, applySuppressions } = consentActivities(deps);
    const derive = async (): Promise<number> => (await inActivity(deriveSuppressions, { limit: 500 })).derived;
    while ((await derive()) > 0);
    const deriving = since(derived);
    say(`opt-outs: compared with the ledger in ${deriving.toFixed(1)} s`);
    const callsBefore = twin.seen.length;
    const applied = performance.now();
    await inActivity(applySuppressions, { systemId: 'hubspot' });
    const applying = since(applied);
    const calls = twin.seen.slice(callsBefore);
    const refused = calls.filter(({ status }) => status === 429).length;
    say(
      `opt-outs: ${twin.state.optedOut.size} of ${size} hold at the vendor; ${calls.length} calls; load ${loadavg()[0]?.toFixed(1)}`,
    );
    return [
      figure(`opt-outs of a list of ${size}: imported`, importing, 's'),
      figure(`opt-outs of a list of ${size}: compared with the ledger`, deriving, 's'),
      figure(`opt-outs of a list of ${size}: carried out and read back`, applying, 's'),
      figure('opt-outs not held by the vendor', size - twin.state.optedOut.size, 'lost'),
      figure(`calls in ten seconds, at most, to a vendor that allows ${callsPerTenSeconds}`, mostInTenSeconds(calls), 'calls'),
      figure('calls above the limit of the vendor', refused, 'refused'),
    ];
  } finally {
    await database.stop();
    await twin.stop();
  }
}
