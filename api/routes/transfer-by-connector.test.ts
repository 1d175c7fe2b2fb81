import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Client, WorkflowStartOptions } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Deps } from '../../activities/deps.ts';
import { failuresOf } from '../../activities/failure.ts';
import { buildOpenSystem } from '../../activities/open-system.ts';
import { transferActivities } from '../../activities/transfer.ts';
import { loadConnectors } from '../../connectors/kit/registry.ts';
import { type Signature, signatureFault } from '../../domain/privacy/signature.ts';
import { dataConverter } from '../../platform/codec.ts';
import { createLog } from '../../platform/log.ts';
import { sql } from '../../store/database.ts';
import { type TestCommandApi, testCommandApi } from '../../test/support/command-api.ts';
import { testKeyRing } from '../../test/support/keys.ts';
import { ana, type Scene, setScene } from '../../test/support/privacy-scene.ts';
import { openErasure } from '../../test/support/privacy-world.ts';
import { type RealPocketBase, startPocketBase } from '../../test/support/real/pocketbase.ts';
import { orLeftOut } from '../../test/support/real/real-system.ts';
import { temporaryFolder } from '../../test/support/temporary-folder.ts';
import { type TestTemporal, testTemporal } from '../../test/support/temporal.ts';
import { startPocketBaseTwin } from '../../test/twins/pocketbase.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 600_000 });

interface Taken {
  readonly items: readonly {
    readonly about: { readonly requestId: string; readonly sha256: string };
    readonly signature: Signature;
    readonly package: object;
  }[];
}

/** Another controller's base, with its own look at what it took. */
interface Theirs {
  readonly url: string;
  readonly user: string;
  readonly password: string;
  readonly collection: string;
  readonly taken: () => Promise<Taken['items']>;
  readonly stop: () => Promise<void>;
}

async function onTwin(): Promise<Theirs> {
  const twin = await startPocketBaseTwin();
  const { url, user, password, collection, state, stop } = twin;
  return { url, user, password, collection, stop, taken: () => Promise.resolve(state.packages as Taken['items']) }; // sent below
}

async function onReal(base: RealPocketBase): Promise<Theirs> {
  const fields = ['about', 'signature', 'package'].map((name) => ({ name, type: 'json', maxSize: 5_000_000 }));
  await base.ask('POST', '/api/collections', { name: 'packages', type: 'base', fields });
  const taken = async () => ((await base.ask('GET', '/api/collections/packages/records')) as Taken).items; // of PocketBase
  return { ...base, taken };
}

const reals = await orLeftOut(startPocketBase({ dir: temporaryFolder() }));

describe.each([
  { name: 'the twin of PocketBase', start: onTwin },
  ...reals.map((base) => ({ name: 'a real PocketBase', start: () => onReal(base) })),
])('another controller with $name', ({ start }) => {
  let base: Theirs;
  let temporal: TestTemporal;
  let scene: Scene;
  let worker: Worker;
  let working: Promise<void>;
  let api: TestCommandApi;

  beforeAll(async () => {
    base = await start();
    temporal = await testTemporal();
    scene = await setScene(temporal);
    const { database } = scene;
    const { requestId } = await openErasure(database, scene.anaId, 'portability');
    await scene.bench.start(requestId);
    await scene.bench.approve(requestId);
    await scene.bench.until(requestId, 'waiting-for-person');
    await scene.answer(requestId, 'other-person');
    await scene.lookAgain(requestId);
    await scene.outcome(requestId);
    const file = join(temporaryFolder(), 'password');
    writeFileSync(file, base.password);
    const settings = { url: base.url, user: base.user, collection: base.collection, secrets: { password: `file:${file}` } };
    await database.worker.query(sql`
      insert into linked_system (id, connector, title, config, state)
      values ('theirs', 'pocketbase', 'Theirs', ${JSON.stringify({ ...settings, packages: 'packages' })}, 'active'),
             ('no-room', 'pocketbase', 'No room', ${JSON.stringify(settings)}, 'active'),
             ('wrong', 'pocketbase', 'Wrong', ${JSON.stringify({ ...settings, packages: 'nowhere' })}, 'active'),
             ('contact', 'web-form', 'Contact', ${JSON.stringify({ origins: ['https://x.example'] })}, 'active')`);
    const taskQueue = `transfer-${randomUUID()}`;
    const now = () => new Date();
    const openSystem = buildOpenSystem({ db: database.worker, connectors: await loadConnectors(), now });
    const workflowsPath = fileURLToPath(new URL('../../workflows/index.ts', import.meta.url));
    worker = await Worker.create({
      connection: temporal.connection,
      taskQueue,
      workflowBundle: await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') }),
      activities: transferActivities({ openSystem, db: database.worker, keys: testKeyRing(), now } as Deps), // all that it uses
      dataConverter: dataConverter(testKeyRing()),
      interceptors: { activity: [() => ({ inbound: failuresOf(createLog({ level: 'silent' })) })] },
    });
    working = worker.run();
    const execute = (name: string, options: WorkflowStartOptions) =>
      temporal.client.workflow.execute(name, { ...options, taskQueue });
    api = testCommandApi(database, temporal, { temporal: { workflow: { execute } } as unknown as Client });
  });
  afterAll(async () => {
    worker.shutdown();
    await working;
    await scene.end();
    await temporal.stop();
    await base.stop();
  });

  const portability = async (): Promise<string> => {
    const { rows } = await scene.database.worker.query<{ id: string }>(sql`select id from privacy_request`);
    return rows[0]?.id ?? '';
  };
  const send = async (systemId: string, role: 'dpo' | 'front-office' = 'dpo') =>
    await api.send(role, 'POST', `/v1/requests/${await portability()}/transfer`, { systemId });

  test('gets the package of a person by the connector, signed, and holds it as it was sent', async () => {
    const sent = await send('theirs');
    expect(sent).toMatchObject({ status: 200, body: { systemId: 'theirs', status: 200 } });
    const items = await base.taken();
    expect(items).toHaveLength(1);
    const [{ about, signature, package: carried } = { about: undefined, signature: undefined, package: {} }] = items;
    expect(about).toMatchObject({ requestId: await portability(), sha256: sent.body['sha256'] });
    expect(about && signature && signatureFault(about, signature, String(sent.body['keyId']))).toBeUndefined();
    expect(JSON.stringify(carried)).toContain(ana.email);
    const { rows } = await scene.database.worker.query<{ facts: object }>(sql`
      select facts from audit_entry where action = 'package.transfer' order by seq`);
    expect(rows.map(({ facts }) => facts)).toMatchObject([
      { step: 'sending', systemId: 'theirs' },
      { step: 'answered', systemId: 'theirs', status: 200 },
    ]);
    expect(JSON.stringify(rows)).not.toContain(ana.email);
  });

  test('what takes no packages, is set up wrong or is not there is told; the front office is sent away', async () => {
    expect(await send('nowhere')).toMatchObject({ status: 404, body: { code: 'unknown-system' } });
    expect(await send('contact')).toMatchObject({ status: 422, body: { code: 'verb-unsupported' } });
    expect(await send('no-room')).toMatchObject({ status: 422, body: { code: 'verb-unsupported' } });
    expect((await send('wrong')).status).toBeGreaterThanOrEqual(400);
    expect(await send('theirs', 'front-office')).toMatchObject({ status: 403 });
    const both = { systemId: 'theirs', url: 'https://x.example/' };
    expect(await api.send('dpo', 'POST', `/v1/requests/${await portability()}/transfer`, both)).toMatchObject({
      status: 400,
      body: { code: 'bad-body' },
    });
    expect(await base.taken()).toHaveLength(1);
  });
});
