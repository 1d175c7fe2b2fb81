import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { sql } from '../store/database.ts';
import { type TestDatabase, testDatabase } from '../test/support/postgres.ts';
import { clientOf, linkSystem, openErasure, storePerson } from '../test/support/privacy-world.ts';
import { createPrometheus } from './prometheus.ts';

let database: TestDatabase;
const eva = { given: 'Eva', family: 'Montes', email: 'eva.montes@example.org', phone: '+34600111777' };

beforeAll(async () => {
  database = await testDatabase();
  await linkSystem(database.worker, 'erp');
  const clientId = await clientOf(database.worker, eva);
  await storePerson(database.worker, clientId, 'erp', '1', eva);
  await openErasure(database, clientId);
  await database.worker.query(sql`
    insert into sync_run (id, linked_system_id, mode, state, started_at, ended_at)
    values (gen_random_uuid(), 'erp', 'full', 'done', now() - interval '2 hours', now() - interval '1 hour')`);
  for (const age of ['1 hour', '3 days'])
    await database.worker.query(sql`
      insert into consent_drift (client_id, linked_system_id, purpose, channel, found_at)
      values (${clientId}, 'erp', 'newsletter', 'email', now() - ${age}::interval)`);
});
afterAll(() => database.drop());

const lineOf = (text: string, name: string): string =>
  text.split('\n').find((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `)) ?? '';

test('an operator sees requests, deadlines at risk, and how old each system is', async () => {
  const now = await createPrometheus(database.reader, () => new Date())();
  expect(lineOf(now, 'ficha_privacy_requests_open')).toBe('ficha_privacy_requests_open 1');
  expect(lineOf(now, 'ficha_privacy_requests_at_risk')).toBe('ficha_privacy_requests_at_risk 0');
  expect(lineOf(now, 'ficha_system_seconds_since_sync')).toMatch(/\{system="erp"\} 36\d\d$/);
  expect(lineOf(now, 'ficha_system_last_sync_failed')).toBe('ficha_system_last_sync_failed{system="erp"} 0');
  expect(lineOf(now, 'ficha_system_sync_every_seconds')).toBe('ficha_system_sync_every_seconds{system="erp"} 3600');
  expect(lineOf(now, 'ficha_consent_drift_last_day')).toBe('ficha_consent_drift_last_day{system="erp"} 1');
  const due = await database.worker.query<{ at: string }>(sql`select due_at as at from privacy_request`);
  const dayBefore = new Date(Date.parse(due.rows[0]?.at ?? '') - 86_400_000);
  const nearTheEnd = await createPrometheus(database.reader, () => dayBefore)();
  expect(lineOf(nearTheEnd, 'ficha_privacy_requests_at_risk')).toBe('ficha_privacy_requests_at_risk 1');
});

test('nothing of a person is in it', async () => {
  const text = await createPrometheus(database.reader, () => new Date())();
  expect(text).not.toMatch(/Eva|Montes|example\.org|600111777/);
});

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string };
}

const read = (file: string): string => readFileSync(new URL(`../docs/operations/${file}`, import.meta.url), 'utf8');

/** Names of metrics in an expression: words that are no function, no keyword and no label. */
const metricsIn = (expr: string): readonly string[] =>
  expr
    .replaceAll(/\{[^}]*\}|\b(by|without) \([^)]*\)/g, '')
    .match(/[a-z_][a-z0-9_]+(?![a-z0-9_]*\()/g)
    ?.filter((word) => !['max', 'sum', 'and', 'or', 'unless', 'on'].includes(word)) ?? [];

test('alerts and dashboard ask for nothing but what is exported, and the alerts cover what an operator must know', async () => {
  const text = await createPrometheus(database.reader, () => new Date())();
  const exported = new Set([...text.matchAll(/^# TYPE (\S+) /gm)].map(([, name]) => name));
  exported.add('up'); // Prometheus itself says whether a target answers
  const { groups } = parse(read('alerts.yaml')) as { readonly groups: readonly { readonly rules: readonly Rule[] }[] };
  const rules = groups.flatMap((group) => group.rules);
  const { panels } = JSON.parse(read('dashboard.json')) as {
    readonly panels: readonly { readonly targets: readonly { readonly expr: string }[] }[];
  };
  const expressions = [...rules.map(({ expr }) => expr), ...panels.flatMap(({ targets }) => targets.map(({ expr }) => expr))];
  expect(expressions.flatMap(metricsIn).filter((name) => !exported.has(name))).toEqual([]);
  expect(new Set(expressions.flatMap(metricsIn)).size).toBeGreaterThan(10);
  expect(rules.map(({ alert }) => alert)).toEqual(
    expect.arrayContaining(['PrivacyDeadlineAtRisk', 'PrivacyRequestNeedsSomebody', 'SyncStale', 'SyncFailed', 'ConsentDrift']),
  );
  for (const { alert, labels, annotations } of rules)
    expect([alert, labels.severity, annotations.summary.length > 20]).toEqual([
      alert,
      expect.stringMatching(/^(page|ticket)$/),
      true,
    ]);
});
