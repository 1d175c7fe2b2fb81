import { createWriteStream, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildOpenSystem } from '../activities/open-system.ts';
import { ownCatalog } from '../analytics/catalog.ts';
import { openWaiting } from '../api/intake/open-waiting.ts';
import { tellCallers } from '../api/intake/tell-callers.ts';
import { tellOfWebhooks } from '../api/follow-webhooks.ts';
import { keepDoing } from '../api/keep-doing.ts';
import { startWaitingRequests } from '../api/start-request.ts';
import { loadConnectors } from '../connectors/kit/registry.ts';
import type { Role } from '../domain/access/role.ts';
import { consentPolicy } from '../domain/consent/consent-policy.ts';
import { createMailer } from '../platform/mailer.ts';
import { dataConverter } from '../platform/codec.ts';
import { openKeyRing } from '../platform/keys.ts';
import { createLog, type Log } from '../platform/log.ts';
import type { Settings } from '../platform/settings.ts';
import { ownSurvivorshipPolicy } from '../platform/survivorship-policy.ts';
import { activeLinkedSystems, linkedSystemById } from '../store/read/linked-systems.ts';
import { takeSpecialAside } from '../activities/sync/take-special-aside.ts';
import { saveConsentPolicy } from '../store/write/consent-policy.ts';
import { freePort } from './free-port.ts';
import { createPrometheus } from './prometheus.ts';
import { apisOf, type Ground, intakeDeps, waysOf } from './apis.ts';
import { type HttpServer, serveHttp } from './http.ts';
import { ownPolicies } from './privacy-policies.ts';
import { readinessOf } from './readiness.ts';
import { issueSampleTokens } from './sample-tokens.ts';
import {
  scheduleConsentRound,
  schedulePrivacyRound,
  scheduleQuality,
  scheduleRelease,
  scheduleSync,
  scheduleWatch,
} from './schedules.ts';
import { startServers } from './servers.ts';
import { collectStops, type Stops } from './stops.ts';
import { startTracing } from './tracing.ts';
import { payloadKeysOf, requestEndedBy } from './payload-keys.ts';
import { connectClient, connectWorker } from './temporal-connection.ts';
import { bundleWorkflows, installRuntime, type RunningWorker, startWorker, type WorkflowBundle } from './worker.ts';

/** What one process may be of Ficha. Apart they need servers that both reach. */
export type Part = 'worker' | 'api';

type Say = (line: string) => void;

export interface WorkspaceOptions {
  readonly settings: Settings;
  readonly parts: readonly Part[];
  readonly say: Say;
}

/** The running parts of Ficha in this process. */
export interface Workspace {
  readonly url: string;
  /** One a role; absent outside development. */
  readonly tokens?: Readonly<Record<Role, string>>;
  /** Throws when the worker fails; never ends otherwise. */
  readonly failed: Promise<never>;
  stop(): Promise<void>;
}

/** Boots the databases, then the parts asked for and the HTTP server, in this order, saying each step. */
export async function openWorkspace({ settings, parts, say }: WorkspaceOptions): Promise<Workspace> {
  const stops = collectStops();
  try {
    const keys = openKeyRing(settings.keys);
    const log = openLog(settings);
    installRuntime(log);
    const tracing = settings.traces && (await startTracing(settings.traces, log));
    if (tracing) stops.add(tracing.stop);
    const bundle = parts.includes('worker') ? bundleWorkflows(tracing?.workflowModules) : undefined;
    bundle?.catch(() => undefined); // awaited below, once the servers are up
    const servers = await startServers(settings, keys, say);
    stops.add(servers.stop);
    const policy = ownPolicies(settings.home).consent ?? consentPolicy;
    await servers.worker.transaction((tx) => saveConsentPolicy(tx, policy));
    await takeSpecialAside(servers.worker, keys, policy, new Date());
    say('Connectors: reading their manifests');
    const connectors = await loadConnectors(join(settings.home, 'connectors'));
    const temporal = await connectClient(
      settings.temporal,
      servers.temporalAddress,
      dataConverter(keys, payloadKeysOf(servers.worker, keys)),
      tracing ? [tracing.client] : [],
    );
    stops.add(() => temporal.connection.close());
    const ground: Ground = {
      settings,
      keys,
      log,
      servers,
      temporal,
      connectors,
      now: () => new Date(),
      ...(tracing ? { tracing } : {}),
    };
    const worker = bundle && (await startWorkerPart(ground, bundle, stops, say));
    if (parts.includes('api')) {
      const means = { db: servers.worker, temporal };
      const requests = keepDoing(30_000, () => startWaitingRequests(means), log, 'waiting privacy requests could not be started');
      const webhooks = keepDoing(2_000, () => tellOfWebhooks(means), log, 'webhooks wait: Temporal does not answer');
      stops.add(async () => [requests, webhooks].forEach((one) => one.stop()));
    }
    const http = await serveParts(ground, parts, say);
    stops.add(http.stop);
    if (parts.includes('api')) stops.add(keepIntake(ground, () => settings.publicUrl ?? http.url));
    const address = join(settings.home, 'address');
    writeFileSync(address, `${http.url}\n`);
    stops.add(async () => rmSync(address, { force: true })); // what stopped well is not looked for
    const tokens = settings.mode === 'development' ? { tokens: await issueSampleTokens(settings.home, keys) } : {};
    return { url: http.url, ...tokens, failed: failureOf(worker), stop: stops.stop };
  } catch (error) {
    await stops.stop();
    throw error;
  }
}

/** Where ways in are set up: what waits is opened, and controllers are told where their requests are. */
function keepIntake(ground: Ground, publicUrl: () => string): () => Promise<void> {
  const ways = waysOf(ground);
  if (ways === undefined) return async () => undefined;
  const deps = intakeDeps(ground, createMailer(ground.settings), publicUrl);
  const work = async (): Promise<void> => {
    await openWaiting(deps);
    if (ways.openDsr !== undefined) await tellCallers(deps, ways.openDsr);
  };
  const kept = keepDoing(5_000, work, ground.log, 'requests that came in by themselves wait');
  return async () => kept.stop();
}

/** In development the terminal belongs to the person, and the log goes to a file; in production the log is the standard output. */
function openLog({ home, mode, logLevel }: Settings): Log {
  const options = { level: logLevel, service: 'ficha' };
  return mode === 'production'
    ? createLog(options)
    : createLog(options, createWriteStream(join(home, 'ficha.log'), { flags: 'a', mode: 0o600 }));
}

async function startWorkerPart(ground: Ground, bundle: Promise<WorkflowBundle>, stops: Stops, say: Say): Promise<RunningWorker> {
  const { settings, servers, connectors, now } = ground;
  say('Worker: loading the workflows');
  const connection = await connectWorker(settings.temporal, servers.temporalAddress);
  stops.add(() => connection.close());
  const openSystem = buildOpenSystem({ db: servers.worker, connectors, now, keys: ground.keys });
  const survivorship = ownSurvivorshipPolicy(settings.home);
  const deps = {
    ...ground,
    ...(survivorship === undefined ? {} : { survivorship }),
    db: servers.worker,
    openSystem,
    analytics: servers.analytics,
    scrub: servers.scrub,
    requestEnded: requestEndedBy(ground.temporal),
    privacyPolicies: ownPolicies(settings.home),
  };
  const worker = await startWorker(connection, settings.temporal, deps, await bundle, ground.tracing);
  stops.add(worker.stop);
  for (const { id } of await activeLinkedSystems(servers.worker)) await keepSchedule(ground, id);
  await schedulePrivacyRound(ground.temporal);
  await scheduleConsentRound(ground.temporal);
  await scheduleQuality(ground.temporal);
  await scheduleRelease(ground.temporal, ownCatalog().parameters.closesAfterDays);
  return worker;
}

async function serveParts(ground: Ground, parts: readonly Part[], say: Say): Promise<HttpServer> {
  const { host, port: wanted } = ground.settings.http;
  const port = await freePort(wanted, host);
  if (wanted !== 0 && port !== wanted) say(`HTTP: port ${wanted} is taken, using ${port} (FICHA_PORT sets it)`);
  return await serveHttp({
    ...(parts.includes('api')
      ? {
          apis: apisOf(
            ground,
            (systemId) => keepSchedule(ground, systemId),
            () => ground.settings.publicUrl ?? `http://${host}:${port}`,
          ),
        }
      : {}),
    readiness: () => readinessOf(ground.servers, ground.temporal),
    metrics: createPrometheus(ground.servers.reader, ground.now),
    host,
    port,
  });
}

/** Makes the Temporal Schedules of a linked system agree with its row. */
async function keepSchedule({ servers, temporal }: Ground, systemId: string): Promise<void> {
  const system = await linkedSystemById(servers.worker, systemId);
  if (system === undefined) return;
  await scheduleSync(temporal, systemId, system.syncEveryMinutes, system.state !== 'active');
  await scheduleWatch(temporal, systemId, system.state !== 'active');
}

function failureOf(worker: RunningWorker | undefined): Promise<never> {
  const never = new Promise<never>(() => undefined);
  const failed = worker ? worker.ended.then(() => never) : never;
  failed.catch(() => undefined); // whoever waits for it is told
  return failed;
}
