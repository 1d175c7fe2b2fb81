import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { Connection } from '@temporalio/client';
import { Client } from 'pg';
import { FichaError } from '../domain/record/error.ts';
import { configFileOf } from '../platform/config-file.ts';
import { openKeyRing } from '../platform/keys.ts';
import { givenSettings, loadSettings, type Settings } from '../platform/settings.ts';
import { anyOperation, anyOperationAnswered } from './any-operation.ts';
import { isFree } from './free-port.ts';
import { connectionOptions } from './temporal-connection.ts';

/** One thing that was looked at. */
export interface Finding {
  readonly ok: boolean;
  readonly what: string;
  /** What to do about it: with every finding that is not ok, and where one that is ok may not be what was meant. */
  readonly fix?: string;
}

const leastFreeBytes = 1024 ** 3;
const patienceMs = 5_000;
/** Deadlines and the order of consent events hang on the clock. */
const mostSkewMs = 5_000;
const leastPostgres = 180_000;

const fine = (what: string): Finding => ({ ok: true, what });
const wrong = (what: string, fix: string): Finding => ({ ok: false, what, fix });

/** The text of an error without what stands behind its first line: drivers put addresses with passwords there. */
const codeOf = (cause: unknown): string =>
  cause instanceof Error && 'code' in cause ? String(cause.code) : cause instanceof Error ? cause.name : 'unknown';

function nodeVersion(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const what = `Node ${process.versions.node}`;
  return major > 20 || (major === 20 && minor >= 20) ? fine(what) : wrong(what, 'install Node 20.20 or newer');
}

/** A file of secrets that other users of the machine may read. */
function openToOthers(file: string): Finding[] {
  if (!existsSync(file)) return [];
  const others = statSync(file).mode & 0o077;
  return [
    others === 0 || process.platform === 'win32'
      ? fine(`${file}: only its owner reads it`)
      : wrong(`${file} is open to other users`, `chmod 600 ${file}`),
  ];
}

function folder({ home }: Settings): Finding[] {
  let place = home;
  while (!existsSync(place)) place = dirname(place);
  const { bavail, bsize } = statfsSync(place);
  const free = `${Math.floor((bavail * bsize) / 1024 ** 2)} MiB free`;
  let writable: Finding;
  try {
    accessSync(place, constants.W_OK);
    writable = fine(`folder ${home}`);
  } catch {
    writable = wrong(`folder ${home}`, 'give this user write rights there, or set FICHA_HOME to another folder');
  }
  return [writable, bavail * bsize >= leastFreeBytes ? fine(free) : wrong(free, 'free at least 1 GiB on this disk')];
}

/** The master key as a start would open it; nothing is made. */
function masterKey({ keys }: Settings): Finding[] {
  const file = keys.masterKeyFile ?? join(keys.home, 'keys', 'master.key');
  if (keys.masterKey === undefined && keys.masterKeyFile === undefined && !existsSync(file)) return []; // the first start makes it
  try {
    const { currentId } = openKeyRing(keys);
    return [fine(`master key ${currentId}`), ...(keys.masterKey === undefined ? openToOthers(file) : [])];
  } catch (cause) {
    if (!(cause instanceof FichaError)) throw cause;
    return [wrong(cause.message, 'name the right key, or let this user read the file; without it nothing sealed can be read')];
  }
}

/** Files of secrets that the settings name, but for the master key, which is opened. Certificates are nobody's secret; their keys are. */
const secretFiles = (env: NodeJS.ProcessEnv): readonly string[] =>
  [...givenSettings(env)].flatMap(([name, { text }]) =>
    name.endsWith('_FILE') && !/_(CERT|CA)_FILE$|^FICHA_MASTER_KEY_FILE$/.test(name) ? [text] : [],
  );

/** Only when no Ficha runs here: then the port must be free. */
export async function portFree({ http }: Settings): Promise<Finding> {
  const what = `port ${http.port}`;
  if (http.port === 0 || (await isFree(http.port))) return fine(`${what} is free`);
  return wrong(`${what} is taken by another program`, 'stop it, or set FICHA_PORT (without it Ficha takes the next free one)');
}

async function database({ databaseUrl }: Settings): Promise<Finding[]> {
  if (databaseUrl === undefined) return [];
  const client = new Client({ connectionString: databaseUrl, connectionTimeoutMillis: patienceMs, query_timeout: patienceMs });
  try {
    await client.connect();
    const before = Date.now();
    const { rows } = await client.query<{ version: number; now: Date; may: boolean }>(
      `SELECT current_setting('server_version_num')::int AS version, clock_timestamp() AS now,
              (SELECT rolcreaterole OR rolsuper FROM pg_roles WHERE rolname = current_user) AS may`,
    );
    const [row] = rows;
    if (row === undefined) return [wrong('PostgreSQL answers nothing', 'look at its log')];
    const version = `PostgreSQL ${Math.floor(row.version / 10_000)}`;
    const skew = Math.abs(row.now.getTime() - (before + Date.now()) / 2);
    return [
      row.version >= leastPostgres ? fine(version) : wrong(version, 'use PostgreSQL 18 or newer'),
      row.may ? fine('PostgreSQL: may make its roles') : wrong('PostgreSQL: may not make roles', 'ALTER ROLE … CREATEROLE'),
      clock('PostgreSQL', skew),
    ];
  } catch (cause) {
    return [
      wrong(`PostgreSQL does not answer (${codeOf(cause)})`, 'look at DATABASE_URL, and whether the server lets this machine in'),
    ];
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Whether two clocks agree. @param skewMs how far they differ */
export function clock(whose: string, skewMs: number): Finding {
  const seconds = (skewMs / 1_000).toFixed(1);
  return skewMs <= mostSkewMs
    ? fine(`clock: ${seconds} s from that of ${whose}`)
    : wrong(`clock: ${seconds} s from that of ${whose}`, 'let both machines take their time by NTP');
}

async function temporal({ temporal: settings }: Settings): Promise<Finding[]> {
  if (settings.address === undefined) return [];
  try {
    const connection = await Connection.connect({
      ...connectionOptions(settings, settings.address),
      connectTimeout: patienceMs,
    });
    try {
      await connection.workflowService.describeNamespace({ namespace: settings.namespace });
      return [fine(`Temporal, namespace ${settings.namespace}`), ...(await workerVersion(connection, settings))];
    } catch {
      return [wrong(`Temporal has no namespace ${settings.namespace}`, 'make it there, or set TEMPORAL_NAMESPACE')];
    } finally {
      await connection.close();
    }
  } catch {
    const fix = 'look at TEMPORAL_ADDRESS; a cluster that speaks TLS wants TEMPORAL_TLS, its certificates or TEMPORAL_API_KEY';
    return [wrong('Temporal does not answer', fix)];
  }
}

/** A versioned worker that nobody made the current one waits for ever. */
export async function workerVersion(
  { workflowService }: Connection,
  { namespace, version }: Pick<Settings['temporal'], 'namespace' | 'version'>,
): Promise<Finding[]> {
  if (version === undefined) return [];
  const { deploymentName, buildId } = version;
  const way = `once its workers run: temporal worker deployment set-current-version --deployment-name ${deploymentName} --build-id ${buildId}`;
  const current = await workflowService.describeWorkerDeployment({ namespace, deploymentName }).then(
    ({ workerDeploymentInfo }) => workerDeploymentInfo?.routingConfig?.currentDeploymentVersion?.buildId ?? undefined,
    () => undefined, // no worker of that deployment has come yet
  );
  return current === buildId
    ? [fine(`Temporal: ${buildId} is the current version of ${deploymentName}`)]
    : [wrong(`Temporal: the current version of ${deploymentName} is ${current ?? 'none'}, not ${buildId}`, way)];
}

async function clickhouse({ clickhouse: { url, user, password } }: Settings): Promise<Finding[]> {
  if (url === undefined) return [];
  const client = createClient({
    url,
    username: user,
    ...(password === undefined ? {} : { password }),
    request_timeout: patienceMs,
    log: { level: ClickHouseLogLevel.OFF },
  });
  try {
    const answer = await client.query({ query: 'SELECT version() AS version', format: 'JSONEachRow' });
    const [row] = await answer.json<{ version: string }>();
    return [fine(`ClickHouse ${row?.version ?? ''}`)];
  } catch (cause) {
    return [
      wrong(`ClickHouse does not answer (${codeOf(cause)})`, 'look at CLICKHOUSE_URL, CLICKHOUSE_USER and CLICKHOUSE_PASSWORD'),
    ];
  } finally {
    await client.close();
  }
}

async function issuer({ oidc }: Settings): Promise<Finding[]> {
  if (oidc === undefined) return [];
  const url = `${oidc.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(patienceMs) });
    const { issuer: named } = (await answer.json()) as { readonly issuer?: string };
    return named === oidc.issuer
      ? [fine(`sign-in: ${oidc.issuer}`)]
      : [wrong(`sign-in: ${oidc.issuer} calls itself ${named ?? 'nothing'}`, 'set OIDC_ISSUER to exactly that')];
  } catch {
    return [wrong(`sign-in: ${oidc.issuer} does not answer`, 'look at OIDC_ISSUER, and whether this machine may reach it')];
  }
}

/** What Ficha would meet on starting with the settings as they stand: settings, folder, secrets, disk, servers of yours, clocks. */
export async function lookAround(
  env: NodeJS.ProcessEnv,
): Promise<{ readonly findings: readonly Finding[]; readonly settings?: Settings }> {
  let settings: Settings;
  try {
    settings = loadSettings(env);
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    return { findings: [nodeVersion(), wrong(said, '`ficha config explain` says every setting and where it comes from')] };
  }
  const config = configFileOf(env);
  const servers = await Promise.all([database(settings), temporal(settings), clickhouse(settings), issuer(settings)]);
  return {
    settings,
    findings: [
      nodeVersion(),
      fine(config === undefined ? 'settings: no config file' : `settings: ${config}`),
      ...(config === undefined ? [] : openToOthers(config)),
      ...folder(settings),
      ...(anyOperation(settings) ? [fine(anyOperationAnswered)] : []),
      ...masterKey(settings),
      ...secretFiles(env).flatMap(openToOthers),
      ...servers.flat(),
    ],
  };
}
