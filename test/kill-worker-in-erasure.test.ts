import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { evidenceOf } from '../store/read/privacy-requests.ts';
import { ana, everythingStored, type Scene, setScene } from './support/privacy-scene.ts';
import { type CallMoment, serveSystems } from './support/system-over-http.ts';
import { type TestTemporal, testTemporal } from './support/temporal.ts';

const program = fileURLToPath(new URL('support/privacy-worker-process.ts', import.meta.url));
let temporal: TestTemporal;
let scene: Scene;
let running: ChildProcess | undefined;

beforeAll(async () => {
  temporal = await testTemporal();
});
afterAll(async () => {
  await temporal.stop();
});
afterEach(async () => {
  running?.kill('SIGKILL');
  await scene.end();
});

/** Where the worker is killed; `erased`: how many records the ERP has lost by then. */
type Place = CallMoment & { readonly erased: number };

const places: readonly (readonly [string, Place])[] = [
  ['before the system erased', { systemId: 'erp', verb: 'erase', when: 'before', erased: 1 }],
  ['after the system erased and before its answer', { systemId: 'erp', verb: 'erase', when: 'after', erased: 2 }],
  ['while the last record is read back', { systemId: 'erp', verb: 'verify', when: 'after', erased: 2 }],
];

/** `npm run chaos`: every boundary of every call, at every count of erased records. A boundary that no run passes kills nothing. */
const everywhere = (['lookup', 'export', 'erase', 'verify'] as const).flatMap((verb) =>
  (['before', 'after'] as const).flatMap((when) =>
    (['erp', 'mailer'] as const).flatMap((systemId) =>
      [0, 1, 2].map((erased): readonly [string, Place] => [
        `${when} ${verb} in ${systemId}, ${erased} erased`,
        { systemId, verb, when, erased },
      ]),
    ),
  ),
);
const full = process.env['FICHA_CHAOS_REPORT'] !== undefined;

test.each(full ? [...places, ...everywhere] : places)(
  'a worker killed %s leaves the same end as one that was not',
  async (_name, place) => {
    const queue = `killed-${Math.random().toString(36).slice(2)}`;
    scene = await setScene(temporal, { taskQueue: queue, apart: true });
    const { database, erp, mailer, erase, outcome } = scene;
    let kills = 0;
    const start = (url: string) => {
      const env = {
        ...process.env,
        PRIVACY_TEMPORAL: temporal.address,
        PRIVACY_DATABASE: database.urls.worker,
        PRIVACY_SYSTEMS: url,
        PRIVACY_QUEUE: queue,
      };
      running = spawn(process.execPath, ['--import', 'tsx', program], { env, stdio: 'inherit' });
    };
    const systems = await serveSystems([erp, mailer], async (moment) => {
      const here = moment.systemId === place.systemId && moment.verb === place.verb && moment.when === place.when;
      if (!here || kills > 0 || erp.ledger.length !== place.erased) return;
      kills += 1;
      running?.kill('SIGKILL');
      start(systems.url);
      await Promise.resolve();
    });
    start(systems.url);
    const requestId = await erase();
    expect(await outcome(requestId)).toBe('complete-with-exceptions');
    if (!full) expect(kills).toBe(1);
    expect([...erp.rows.keys()].sort()).toEqual(['person:2', 'sale:f1']);
    expect(mailer.rows.size).toBe(0);
    expect([...erp.ledger, ...mailer.ledger].map(({ record }) => record).sort()).toEqual([
      'interaction:n1',
      'person:1',
      'person:m-9',
    ]);
    expect(await everythingStored(database)).not.toContain(ana.email);
    expect((await evidenceOf(database.reader, requestId)).length).toBeGreaterThan(8);
    systems.stop();
  },
  120_000,
);
