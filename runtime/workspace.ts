import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildOpenSystem } from '../activities/open-system.ts';
import { createCommandApi } from '../api/server.ts';
import { loadConnectors } from '../connectors/kit/registry.ts';
import { type Role, roles } from '../domain/access/role.ts';
import { createGraphqlHandler } from '../graphql/server.ts';
import { type KeyRing, openKeyRing } from '../platform/keys.ts';
import { createLog, type Log } from '../platform/log.ts';
import type { Settings } from '../platform/settings.ts';
import { bearerOf, createTokenIssuer, createTokenVerifier } from '../platform/token.ts';
import { sql } from '../store/database.ts';
import { linkedSystemById } from '../store/read/linked-systems.ts';
import { freePort } from './free-port.ts';
import { serveHttp } from './http.ts';
import type { Access } from './main-job.ts';
import { scheduleSync } from './schedules.ts';
import { type Servers, startServers } from './servers.ts';
import { connectClient, connectWorker } from './temporal-connection.ts';
import { bundleWorkflows, installRuntime, startWorker } from './worker.ts';

/** Everything of Ficha in this process. */
export interface Workspace {
  readonly access: Access;
  readonly log: Log;
  /** Ends when the worker fails. */
  readonly failed: Promise<never>;
  stop(): Promise<void>;
}

type Say = (line: string) => void;

const tokenSeconds = 12 * 60 * 60;

/** Tokens of the sample users, one a role, kept where the CLI finds them. */
async function sampleTokens(home: string, keys: KeyRing): Promise<Record<Role, string>> {
  const issue = createTokenIssuer(keys);
  mkdirSync(join(home, 'tokens'), { recursive: true, mode: 0o700 });
  const pairs: [Role, string][] = [];
  for (const role of roles) {
    const token = await issue({ subject: `sample-${role}`, roles: [role] }, tokenSeconds);
    writeFileSync(join(home, 'tokens', role), `${token}\n`, { mode: 0o600 });
    pairs.push([role, token]);
  }
  return Object.fromEntries(pairs) as Record<Role, string>;
}

/** Boots the databases, the worker and the HTTP server, in this order, saying each step. */
export async function openWorkspace(settings: Settings, say: Say): Promise<Workspace> {
  const toStop: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const end of toStop.splice(0).reverse()) await end();
  };
  try {
    const keys = openKeyRing(settings.keys);
    const log = createLog({ level: settings.logLevel, service: 'ficha' });
    installRuntime(log);
    const bundle = bundleWorkflows();
    const servers = await startServers(settings, keys, say);
    toStop.push(() => servers.stop());
    say('Worker: loading workflows and connectors');
    const connectors = await loadConnectors();
    const temporal = await connectClient(settings.temporal, servers.temporalAddress, keys);
    toStop.push(() => temporal.connection.close());
    const connection = await connectWorker(settings.temporal, servers.temporalAddress);
    toStop.push(() => connection.close());
    const now = (): Date => new Date();
    const openSystem = buildOpenSystem({ db: servers.worker, connectors, now });
    const deps = { db: servers.worker, keys, log, now, openSystem, analytics: servers.analytics };
    const worker = await startWorker(connection, settings.temporal.namespace, deps, await bundle);
    toStop.push(() => worker.stop());

    const verify = createTokenVerifier(settings, keys);
    const bearer = (request: Request) => verify(bearerOf(request.headers.get('authorization')));
    const http = await serveHttp(
      {
        graphql: createGraphqlHandler({ ...servers, log, viewerOf: bearer, development: settings.mode === 'development' }),
        commands: createCommandApi({
          db: servers.worker,
          temporal,
          keys,
          log,
          now,
          ordererOf: bearer,
          connectors: [...connectors.keys()],
          linkedSystemChanged: async (systemId) => {
            const system = await linkedSystemById(servers.worker, systemId);
            if (system) await scheduleSync(temporal, systemId, system.syncEveryMinutes, system.state !== 'active');
          },
        }),
        readiness: () => readinessOf(servers, () => temporal.connection.ensureConnected()),
      },
      settings.http.host,
      await freePort(settings.http.port, settings.http.host),
    );
    toStop.push(() => http.stop());
    writeFileSync(join(settings.home, 'address'), `${http.url}\n`);
    const failed = worker.ended.then(() => new Promise<never>(() => {}));
    return { access: { url: http.url, tokens: await sampleTokens(settings.home, keys) }, log, failed, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function readinessOf(servers: Servers, temporal: () => Promise<void>): Promise<Record<string, 'ready' | 'not ready'>> {
  const state = async (look: () => Promise<unknown>): Promise<'ready' | 'not ready'> => {
    try {
      await look();
      return 'ready';
    } catch {
      return 'not ready';
    }
  };
  return {
    postgresql: await state(() => servers.reader.query(sql`select 1 as one`)),
    temporal: await state(temporal),
    clickhouse: await state(() => servers.analytics.query('select 1 as one')),
  };
}
