import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ErrorObject } from 'ajv/dist/2020.js';
import { closest } from '../domain/record/closest.ts';
import { FichaError } from '../domain/record/error.ts';
import type { Environment } from '../schemas/types.ts';
import { configFileOf, readConfigFile } from './config-file.ts';
import type { KeySource } from './keys.ts';
import { ownSecrets } from './secrets.ts';
import { newAjv, problemsOf } from './validate.ts';

/** Every setting, checked. What is absent here starts embedded. Holds secrets: never log it whole. */
export interface Settings {
  /** Absolute path of FICHA_HOME. */
  readonly home: string;
  readonly mode: 'development' | 'production';
  readonly http: { readonly host: string; readonly port: number };
  /** Where people reach Ficha, without a slash at the end; absent: where the server listens. */
  readonly publicUrl?: string;
  readonly idleMinutes: number;
  readonly keys: KeySource;
  readonly databaseUrl?: string;
  readonly temporal: TemporalSettings;
  readonly clickhouse: ClickHouseSettings;
  readonly oidc?: OidcSettings;
  /** How people write to clients; absent: into a folder in development, not at all in production. */
  readonly mail?: { readonly url: string; readonly from: string };
  readonly rolesClaim: string;
  /** Path of the file of persisted operations; absent: any operation is answered. */
  readonly persistedOperations?: string;
  readonly logLevel: LogLevel;
  /** Where traces go; absent: none are made. */
  readonly traces?: TracesSettings;
}

export interface TracesSettings {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';

export interface TemporalSettings {
  readonly address?: string;
  readonly namespace: string;
  readonly apiKey?: string;
  /** Version of this worker; absent: unversioned. */
  readonly version?: { readonly deploymentName: string; readonly buildId: string };
  /** Absent: no TLS. The files are PEM. */
  readonly tls?: {
    readonly caFile?: string;
    readonly certFile?: string;
    readonly keyFile?: string;
    readonly serverName?: string;
  };
}

export interface ClickHouseSettings {
  readonly url?: string;
  readonly database: string;
  readonly user: string;
  readonly password?: string;
}

export interface OidcSettings {
  readonly issuer: string;
  readonly audience: string;
  readonly jwksUrl?: string;
  /** Of Ficha itself at the issuer: then the console signs people in there. */
  readonly client?: { readonly id: string; readonly secret?: string };
}

type Variables = Readonly<Record<string, string | undefined>>;

interface SettingsSchema {
  readonly properties: Readonly<Record<string, SettingRule>>;
}

const schemaUrl = new URL('../schemas/settings/settings.schema.json', import.meta.url);

/** A name that is nearly ours was meant to be ours: FICHA_PROT, say. */
const refuseMisspelt = (given: readonly string[], known: readonly string[]): void => {
  for (const name of given.filter((one) => one.startsWith('FICHA_') && !known.includes(one))) {
    const near = closest(name, known);
    if (near !== undefined) throw new FichaError('setting-unknown', `${name} is not a setting. Did you mean ${near}?`);
  }
};

const inWords = (errors: readonly ErrorObject[], schema: SettingsSchema): string =>
  errors
    .map((error) => {
      if (error.keyword === 'dependentRequired') {
        const { property, missingProperty } = error.params as { property: string; missingProperty: string };
        return `${property} needs ${missingProperty} too`;
      }
      const [problem] = problemsOf([error]);
      const description = schema.properties[problem?.path ?? '']?.description ?? '';
      return `${problem?.path} ${problem?.message}. It is: ${description}`;
    })
    .join('; ');

const checked = (given: Readonly<Record<string, string>>, schema: SettingsSchema): Environment => {
  const env: Record<string, unknown> = { ...given };
  const validate = newAjv({ coerce: true }).compile<Environment>(schema);
  if (validate(env)) return env;
  throw new FichaError(
    'setting-invalid',
    `${inWords(validate.errors ?? [], schema)}. All settings: schemas/settings/settings.schema.json`,
  );
};

/** The text of a secret's file, for X_FILE. */
const fromFiles = (given: Readonly<Record<string, string>>): Record<string, string> => {
  const found: Record<string, string> = {};
  for (const name of ownSecrets) {
    const file = given[`${name}_FILE`];
    if (file === undefined || name === 'FICHA_MASTER_KEY') continue;
    if (given[name] !== undefined) throw new FichaError('setting-invalid', `give ${name} or ${name}_FILE, not both`);
    try {
      found[name] = readFileSync(file, 'utf8').trim();
    } catch {
      throw new FichaError('setting-invalid', `${name}_FILE: ${file} cannot be read by this user`);
    }
  }
  return found;
};

type Defined<T> = { -readonly [K in keyof T]: Exclude<T[K], undefined> };

/** The same object without the keys that have no value. */
const present = <T extends object>(value: T): Partial<Defined<T>> =>
  Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined)) as Partial<Defined<T>>;

const workerVersionOf = ({
  TEMPORAL_DEPLOYMENT_NAME: deploymentName,
  TEMPORAL_WORKER_BUILD_ID: buildId,
}: Environment): TemporalSettings['version'] =>
  deploymentName === undefined || buildId === undefined ? undefined : { deploymentName, buildId };

const temporalOf = (env: Environment): TemporalSettings => {
  const tls = present({
    caFile: env.TEMPORAL_TLS_CA_FILE,
    certFile: env.TEMPORAL_TLS_CERT_FILE,
    keyFile: env.TEMPORAL_TLS_KEY_FILE,
    serverName: env.TEMPORAL_TLS_SERVER_NAME,
  });
  const wanted = env.TEMPORAL_TLS === true || env.TEMPORAL_API_KEY !== undefined || Object.keys(tls).length > 0;
  return {
    ...present({ address: env.TEMPORAL_ADDRESS, apiKey: env.TEMPORAL_API_KEY }),
    namespace: env.TEMPORAL_NAMESPACE ?? 'default',
    ...present({ version: workerVersionOf(env) }),
    ...(wanted ? { tls } : {}),
  };
};

const oidcClientOf = (env: Environment): OidcSettings['client'] =>
  env.OIDC_CLIENT_ID === undefined ? undefined : { id: env.OIDC_CLIENT_ID, ...present({ secret: env.OIDC_CLIENT_SECRET }) };

const oidcOf = (env: Environment): OidcSettings | undefined =>
  env.OIDC_ISSUER === undefined || env.OIDC_AUDIENCE === undefined
    ? undefined
    : {
        issuer: env.OIDC_ISSUER,
        audience: env.OIDC_AUDIENCE,
        ...present({ jwksUrl: env.OIDC_JWKS_URL, client: oidcClientOf(env) }),
      };

const mailOf = (env: Environment): Settings['mail'] => {
  if (env.FICHA_SMTP_URL === undefined) return undefined;
  if (env.FICHA_MAIL_FROM === undefined) throw new FichaError('setting-invalid', 'FICHA_SMTP_URL needs FICHA_MAIL_FROM too');
  return { url: env.FICHA_SMTP_URL, from: env.FICHA_MAIL_FROM };
};

const tracesOf = (env: Environment): TracesSettings | undefined =>
  env.OTEL_EXPORTER_OTLP_ENDPOINT === undefined
    ? undefined
    : {
        url: `${env.OTEL_EXPORTER_OTLP_ENDPOINT.replace(/\/$/, '')}/v1/traces`,
        headers: Object.fromEntries(
          (env.OTEL_EXPORTER_OTLP_HEADERS ?? '')
            .split(',')
            .filter((pair) => pair !== '')
            .map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
        ),
      };

const settingsOf = (env: Environment): Settings => {
  const home = resolve(env.FICHA_HOME ?? '.ficha');
  return {
    home,
    mode: env.FICHA_MODE ?? 'development',
    http: { host: env.FICHA_HOST ?? '127.0.0.1', port: env.FICHA_PORT ?? 4680 },
    idleMinutes: env.FICHA_IDLE_MINUTES ?? 15,
    ...present({ publicUrl: env.FICHA_PUBLIC_URL?.replace(/\/$/, '') }),
    keys: { home, ...present({ masterKey: env.FICHA_MASTER_KEY, masterKeyFile: env.FICHA_MASTER_KEY_FILE }) },
    ...present({
      databaseUrl: env.DATABASE_URL,
      oidc: oidcOf(env),
      persistedOperations: env.FICHA_PERSISTED_OPERATIONS,
      mail: mailOf(env),
      traces: tracesOf(env),
    }),
    temporal: temporalOf(env),
    clickhouse: {
      ...present({ url: env.CLICKHOUSE_URL, password: env.CLICKHOUSE_PASSWORD }),
      database: env.CLICKHOUSE_DATABASE ?? 'ficha',
      user: env.CLICKHOUSE_USER ?? 'default',
    },
    rolesClaim: env.FICHA_ROLES_CLAIM ?? 'roles',
    logLevel: env.LOG_LEVEL ?? 'info',
  };
};

/** A setting as it was given: its text, and where it stood. */
export interface GivenSetting {
  readonly text: string;
  readonly from: 'environment' | 'file';
}

/** One setting of the schema: what it is for, what holds when nothing is given. */
export interface SettingRule {
  readonly description?: string;
  readonly default?: string | number | boolean;
  readonly enum?: readonly unknown[];
}

/** Every setting there is, by name. */
export const settingRules = (): Readonly<Record<string, SettingRule>> => readSchema().properties;

const readSchema = (): SettingsSchema => JSON.parse(readFileSync(schemaUrl, 'utf8')) as SettingsSchema; // our own schema

/**
 * What the environment and the config file give, unchecked; the environment wins.
 * @throws FichaError `config-unreadable`, `setting-unknown`, `setting-invalid`
 */
export function givenSettings(env: Variables): ReadonlyMap<string, GivenSetting> {
  const known = Object.keys(settingRules());
  const set = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '');
  refuseMisspelt(
    set.map(([name]) => name),
    known,
  );
  const file = configFileOf(env);
  const inFile = file === undefined ? {} : readConfigFile(file, known);
  return new Map<string, GivenSetting>([
    ...Object.entries(inFile).map(([name, text]) => [name, { text, from: 'file' }] as const),
    ...set.filter(([name]) => known.includes(name)).map(([name, text]) => [name, { text, from: 'environment' }] as const),
  ]);
}

/**
 * Reads and checks the settings of the environment and the config file (FICHA_CONFIG, else ficha.yaml in the working folder); the
 * environment wins. Variables that are not Ficha's are left alone; an empty one counts as not set.
 * @throws FichaError `config-unreadable`, `setting-invalid`, `setting-unknown`: names the variable, the rule and the way out, never the value
 */
export function loadSettings(env: Variables): Settings {
  const given = Object.fromEntries([...givenSettings(env)].map(([name, { text }]) => [name, text]));
  return settingsOf(checked({ ...given, ...fromFiles(given) }, readSchema()));
}
