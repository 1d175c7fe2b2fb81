import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { connectorOf } from '../connectors/kit/connector.ts';
import { parseManifest } from '../connectors/kit/manifest.ts';
import { ours } from '../connectors/kit/registry.ts';
import type { LinkedSystem } from '../connectors/kit/contract.ts';
import { saveLinkedSystem } from '../store/write/linked-systems.ts';
import { sql } from '../store/database.ts';
import type { SecretSource } from '../platform/secrets.ts';
import { type TestDatabase, testDatabase } from '../test/support/postgres.ts';
import { temporaryFolder } from '../test/support/temporary-folder.ts';
import { buildOpenSystem } from './open-system.ts';

const manifest = `
name: probe
title: Probe
version: 1
vendor: { docs: https://docs.example.test }
config: { type: object, properties: { url: { type: string } }, required: [url], additionalProperties: false }
entities: { person: {} }
hooks: [listPages, check]
`;

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());
afterEach(() => vi.unstubAllEnvs());

/** A connector whose check asks for a secret and says it. */
const probe = connectorOf(parseManifest(manifest, 'probe'), {
  listPages: () => undefined,
  verbs: ({ secret }) => ({ check: () => Promise.resolve({ ok: true, account: secret('password'), problems: [] }) }),
});

const open = (id: string): Promise<LinkedSystem> =>
  buildOpenSystem({ db: database.worker, connectors: new Map([['probe', probe]]), now: () => new Date() })(id);

const link = (id: string, config: Record<string, unknown>, connector = 'probe'): Promise<void> =>
  saveLinkedSystem(database.worker, { id, connector, title: id, config });

test('a system opens with its settings and its own secret, and no other', async () => {
  vi.stubEnv('FIRST_PASSWORD', 'one');
  await link('first', { url: 'https://a.example', secrets: { password: 'env:FIRST_PASSWORD' } });
  await link('second', { url: 'https://b.example' });
  expect(await (await open('first')).check()).toMatchObject({ account: 'one' });
  const second = await open('second');
  expect(() => second.check()).toThrow(/secret-absent: second needs the secret "password"/);
});

test('a system is given no secret of Ficha itself, by variable or by file, and a vault can stand where the environment does', async () => {
  const home = temporaryFolder();
  mkdirSync(join(home, 'keys'));
  writeFileSync(join(home, 'keys/master.key'), 'canary-key');
  symlinkSync(join(home, 'keys/master.key'), join(home, 'looks-harmless'));
  writeFileSync(join(home, 'database-url'), 'canary-url');
  vi.stubEnv('FICHA_HOME', home);
  vi.stubEnv('FICHA_MASTER_KEY', 'canary-key');
  vi.stubEnv('DATABASE_URL_FILE', join(home, 'database-url'));
  const own = [
    'env:FICHA_MASTER_KEY',
    'env:DATABASE_URL_FILE',
    'env:FICHA_TOKEN',
    `file:${home}/keys/master.key`,
    `file:${home}/./keys/../keys/master.key`,
    `file:${home}/looks-harmless`,
    `file:${home}/database-url`,
  ];
  for (const password of own) {
    await link('curious', { url: 'https://a.example', secrets: { password } });
    const curious = await open('curious');
    expect(() => curious.check(), password).toThrow(/^secret-of-ficha: (?!.*canary)/);
  }
  const asked: string[] = [];
  const vault: SecretSource = {
    read: (reference) => {
      asked.push(reference);
      return Promise.resolve('from the vault');
    },
  };
  await link('kept', { url: 'https://a.example', secrets: { password: 'env:ANY' } });
  const sources = { db: database.worker, connectors: new Map([['probe', probe]]), now: () => new Date() };
  expect(await (await buildOpenSystem({ ...sources, secrets: vault })('kept')).check()).toMatchObject({
    account: 'from the vault',
  });
  expect(asked).toEqual(['env:ANY']); // and nothing of another system
});

test('no code of a connector reads the environment: secrets are given to it', () => {
  const files = readdirSync(ours, { recursive: true, encoding: 'utf8' }).filter((name) => /(?<!\.test)\.ts$/.test(name));
  expect(files.length).toBeGreaterThan(100);
  const reading = files.filter((name) =>
    /\bprocess\s*(\.|\[\s*['"])env\b|from 'node:process'/.test(readFileSync(join(ours, name), 'utf8')),
  );
  expect(reading).toEqual([]);
});

test('what cannot be opened says why: unknown, removed, no connector, a setting that is wrong, a secret given as itself', async () => {
  await link('gone', { url: 'https://a.example' });
  await database.worker.query(sql`update linked_system set state = 'removed' where id = 'gone'`);
  await link('other', {}, 'nothing');
  await link('misspelt', { ulr: 'https://a.example' });
  await link('naked', { url: 'https://a.example', secrets: { password: 'canary-secret' } });
  await expect(open('nobody')).rejects.toMatchObject({ code: 'unknown-system' });
  await expect(open('gone')).rejects.toMatchObject({ code: 'system-not-active' });
  await expect(open('other')).rejects.toMatchObject({ code: 'connector-missing' });
  await expect(open('misspelt')).rejects.toThrow(/setting-invalid: misspelt, settings of probe: .*Did you mean "url"\?/);
  const naked = await open('naked');
  expect(() => naked.check()).toThrow(/secret-reference-invalid/);
  expect(() => naked.check()).not.toThrow(/canary-secret/);
});
