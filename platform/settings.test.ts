import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { resolveSecret } from './secrets.ts';
import { loadSettings } from './settings.ts';
import { temporaryFolder } from '../test/support/temporary-folder.ts';

const folder = temporaryFolder();
const fileWith = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

test('nothing set is the embedded default on the loopback', () => {
  expect(loadSettings({})).toEqual({
    home: join(process.cwd(), '.ficha'),
    mode: 'development',
    http: { host: '127.0.0.1', port: 4680 },
    keys: { home: join(process.cwd(), '.ficha') },
    idleMinutes: 15,
    temporal: { namespace: 'default' },
    clickhouse: { database: 'ficha', user: 'default' },
    rolesClaim: 'roles',
    logLevel: 'info',
  });
});

test('an empty variable counts as not set, and foreign ones are left alone', () => {
  expect(loadSettings({ FICHA_PORT: '', TEMPORAL_ADDRESS: '', PATH: '/bin', FICHA_TEST_THING: 'x' })).toEqual(loadSettings({}));
});

test('a real cluster: TLS by certificate or API key, secrets from files', () => {
  const settings = loadSettings({
    TEMPORAL_ADDRESS: 'temporal.example:7233',
    TEMPORAL_API_KEY_FILE: fileWith('api-key', 'k-1\n'),
    TEMPORAL_TLS_SERVER_NAME: 'temporal.example',
    CLICKHOUSE_URL: 'https://ch.example:8443',
    CLICKHOUSE_PASSWORD_FILE: fileWith('password', 'p-1\n'),
    FICHA_PORT: '0',
  });
  expect(settings.temporal).toEqual({
    address: 'temporal.example:7233',
    namespace: 'default',
    apiKey: 'k-1',
    tls: { serverName: 'temporal.example' },
  });
  expect(settings.clickhouse.password).toBe('p-1');
  expect(settings.http.port).toBe(0);
});

test.each([
  [{ FICHA_PORT: 'eighty' }, /setting-invalid: FICHA_PORT must be of type integer\. It is: Port of the HTTP server/],
  [{ FICHA_PORT: '70000' }, /FICHA_PORT must be <= 65535/],
  [{ LOG_LEVEL: 'loud' }, /LOG_LEVEL must be one of "fatal", "error"/],
  [{ DATABASE_URL: 'mysql://root:hunter2@db/x' }, /DATABASE_URL must match pattern/],
  [{ OIDC_ISSUER: 'https://id.example' }, /OIDC_ISSUER needs OIDC_AUDIENCE too/],
  [{ OIDC_ISSUER: 'http://id.example', OIDC_AUDIENCE: 'ficha' }, /OIDC_ISSUER must match pattern/],
  [{ TEMPORAL_TLS_CERT_FILE: '/c.pem' }, /TEMPORAL_TLS_CERT_FILE needs TEMPORAL_TLS_KEY_FILE too/],
  [{ FICHA_PROT: '1' }, /setting-unknown: FICHA_PROT is not a setting\. Did you mean FICHA_PORT\?/],
  [
    { CLICKHOUSE_PASSWORD: 'a', CLICKHOUSE_PASSWORD_FILE: '/b' },
    /give CLICKHOUSE_PASSWORD or CLICKHOUSE_PASSWORD_FILE, not both/,
  ],
  [{ DATABASE_URL_FILE: '/no/such' }, /DATABASE_URL_FILE: \/no\/such cannot be read/],
])('a wrong setting is named with its rule, and its value is not repeated: %j', (env, message) => {
  expect(() => loadSettings(env)).toThrow(message);
  expect(() => loadSettings(env)).not.toThrow(/hunter2|eighty|loud/);
});

test('every setting says what it is', () => {
  const schema = JSON.parse(readFileSync(new URL('../schemas/settings/settings.schema.json', import.meta.url), 'utf8')) as {
    properties: Record<string, { description?: string }>;
  };
  for (const [name, property] of Object.entries(schema.properties)) expect(property.description, name).toMatch(/\w{3}/);
});

test('a secret is read from where its reference says', () => {
  expect(resolveSecret('env:TOKEN', { TOKEN: 's' })).toBe('s');
  expect(resolveSecret(`file:${fileWith('secret', 'two words\n')}`)).toBe('two words');
  expect(() => resolveSecret('env:TOKEN', {})).toThrow(/secret-absent.*TOKEN/);
  expect(() => resolveSecret('file:/no/such')).toThrow(/secret-absent/);
  expect(() => resolveSecret(`file:${fileWith('empty', '\n')}`)).toThrow(/secret-absent.*empty/);
});

test('a secret given as itself is refused and not repeated', () => {
  expect(() => resolveSecret('hunter2')).toThrow(/^secret-reference-invalid: (?!.*hunter2)/);
});
