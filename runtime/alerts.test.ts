import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sql } from '../store/database.ts';
import { type TestDatabase, testDatabase } from '../test/support/postgres.ts';
import { clientOf, linkSystem, openErasure, storePerson } from '../test/support/privacy-world.ts';
import { ensureDebianPackages } from '../test/support/real/debian.ts';
import { orLeftOut, run, stopGroup, untilAnswers } from '../test/support/real/real-system.ts';
import { temporaryFolder } from '../test/support/temporary-folder.ts';
import { freePort } from './free-port.ts';
import { createPrometheus } from './prometheus.ts';

const there = await orLeftOut(ensureDebianPackages('Prometheus', ['prometheus']).then(() => 'prometheus' as const));
const alerts = fileURLToPath(new URL('../docs/operations/alerts.yaml', import.meta.url));
const dashboard = new URL('../docs/operations/dashboard.json', import.meta.url);
const cases = fileURLToPath(new URL('../test/support/alerts-fire.yaml', import.meta.url));
const eva = { given: 'Eva', family: 'Montes', email: 'eva.montes@example.org', phone: '+34600111777' };

describe.each(there)('%s of Debian', (prometheus) => {
  let database: TestDatabase;
  let exporter: Server;
  let server: ChildProcess;
  let url: string;
  let text: () => Promise<string>;

  beforeAll(async () => {
    database = await testDatabase();
    await linkSystem(database.worker, 'erp');
    const clientId = await clientOf(database.worker, eva);
    await storePerson(database.worker, clientId, 'erp', '1', eva);
    await openErasure(database, clientId, 'erasure', new Date(Date.now() - 28 * 86_400_000));
    await database.worker.query(sql`
      insert into sync_run (id, linked_system_id, mode, state, started_at, ended_at)
      values (gen_random_uuid(), 'erp', 'full', 'done', now() - interval '9 hours', now() - interval '8 hours')`);
    text = createPrometheus(database.reader, () => new Date());
    exporter = createServer((_request, response) => {
      void text().then((body) => response.setHeader('content-type', 'text/plain; version=0.0.4').end(body));
    });
    await new Promise<void>((resolve) => exporter.listen(0, '127.0.0.1', resolve));
    const folder = temporaryFolder();
    const target = `127.0.0.1:${(exporter.address() as AddressInfo).port}`;
    const config = {
      global: { scrape_interval: '1s', evaluation_interval: '1s' },
      rule_files: [alerts],
      scrape_configs: [{ job_name: 'ficha', static_configs: [{ targets: [target] }] }],
    };
    writeFileSync(join(folder, 'prometheus.yml'), JSON.stringify(config)); // YAML too
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    const flags = [
      `--config.file=${folder}/prometheus.yml`,
      `--storage.tsdb.path=${folder}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
    ];
    server = spawn(prometheus, flags, { detached: true, stdio: 'ignore' });
    await untilAnswers(`${url}/-/ready`, server, {});
  }, 120_000);
  afterAll(async () => {
    await stopGroup(server);
    exporter.close();
    exporter.closeAllConnections();
    await database.drop();
  });

  interface Answer {
    readonly status: string;
    readonly data: { readonly result: readonly unknown[] };
  }
  const asked = async (expr: string): Promise<Answer> =>
    (await (await fetch(`${url}/api/v1/query?query=${encodeURIComponent(expr)}`)).json()) as Answer;

  test('the rules are rules, and each alert comes when it must and stays away else', async () => {
    expect(await run('promtool', ['check', 'rules', alerts])).toContain('9 rules found');
    expect(await run('promtool', ['test', 'rules', cases])).toContain('SUCCESS');
    const tested = readFileSync(cases, 'utf8');
    for (const [, name = ''] of readFileSync(alerts, 'utf8').matchAll(/- alert: (\w+)/g))
      expect([name, tested.match(new RegExp(`alertname: ${name}\\b`, 'g'))?.length]).toEqual([name, 2]); // comes, and stays away
  });

  test('every panel of the dashboard shows figures of a Ficha that is scraped', async () => {
    const { panels } = JSON.parse(readFileSync(dashboard, 'utf8')) as {
      readonly panels: readonly { readonly targets: readonly { readonly expr: string }[] }[];
    };
    const expressions = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
    expect(expressions.length).toBeGreaterThan(10);
    const empty = async (): Promise<readonly string[]> => {
      const answers = await Promise.all(expressions.map(async (expr) => [expr, await asked(expr)] as const));
      return answers.filter(([, { status, data }]) => status !== 'success' || data.result.length === 0).map(([expr]) => expr);
    };
    await expect.poll(empty, { timeout: 60_000, interval: 500 }).toEqual([]);
  });

  test('the server takes the rules, and what is late and stale here rings', async () => {
    interface Rules {
      readonly data: {
        readonly groups: readonly { readonly rules: readonly { readonly name: string; readonly state: string }[] }[];
      };
    }
    const firing = async (): Promise<readonly string[]> => {
      const { data } = (await (await fetch(`${url}/api/v1/rules`)).json()) as Rules;
      return data.groups.flatMap(({ rules }) => rules.flatMap(({ name, state }) => (state === 'firing' ? [name] : [])));
    };
    await expect.poll(firing, { timeout: 60_000, interval: 500 }).toEqual(['PrivacyDeadlineAtRisk', 'SyncStale']);
  });
});
