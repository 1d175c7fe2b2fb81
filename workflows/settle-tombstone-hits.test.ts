import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { RecordKind } from '../domain/record/source-record.ts';
import { sql } from '../store/database.ts';
import { evidenceOf } from '../store/read/privacy-requests.ts';
import { checkTombstones, layTombstones, recordTombstoneHit, tombstonesOf } from '../store/write/tombstones.ts';
import { testKeyRing } from '../test/support/keys.ts';
import { ana, luis, type Scene, setScene } from '../test/support/privacy-scene.ts';
import { personIn, type Somebody } from '../test/support/privacy-world.ts';
import { type TestTemporal, testTemporal } from '../test/support/temporal.ts';

const keys = testKeyRing();
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let temporal: TestTemporal;
let scene: Scene;
let requestId: string;

beforeAll(async () => {
  temporal = await testTemporal();
});
afterAll(async () => {
  await temporal.stop();
});
beforeEach(async () => {
  scene = await setScene(temporal);
  requestId = await scene.erase();
  await scene.outcome(requestId);
});
afterEach(async () => {
  await scene.end();
});

/** A record arrives as in a sync; true when a tombstone stopped it. */
const arrives = (
  systemId: string,
  kind: RecordKind,
  externalId: string,
  who?: Partial<Somebody>,
  owner?: string,
): Promise<boolean> =>
  scene.database.worker.transaction(async (tx) => {
    const identifiers = [
      { kind: 'email', value: who?.email },
      { kind: 'phone', value: who?.phone },
    ].flatMap(({ kind: of, value }) => (value === undefined ? [] : [{ kind: of, value }]));
    const tombstones = tombstonesOf(keys, { systemId, kind, externalId, clientExternalId: owner, identifiers });
    const matches = await checkTombstones(
      tx,
      tombstones.map(({ hash }) => hash),
    );
    await recordTombstoneHit(tx, keys, { systemId, kind, externalId, matches, at: new Date() });
    return matches.length > 0;
  });

const settle = async (): Promise<number> => {
  const options = { workflowId: `settle-${randomUUID()}`, taskQueue: scene.bench.taskQueue, args: [] };
  const { settled } = (await temporal.client.workflow.execute('settleTombstoneHits', options)) as { readonly settled: number };
  return settled;
};

const desk = async (): Promise<readonly { readonly code: string }[]> =>
  (
    await scene.database.worker.query<{ code: string }>(sql`
      select subject ->> 'code' as code from review_task where reason = 'returned-record' and state = 'open'`)
  ).rows;

describe('an erased person', () => {
  test('who comes back in the same record is erased there again, and the id is forgotten', async () => {
    scene.erp.put(personIn('1', ana));
    expect(await arrives('erp', 'person', '1', ana)).toBe(true);
    expect(await settle()).toBe(1);
    expect(scene.erp.holds(ana.email)).toBe(false);
    expect(await settle()).toBe(0);
    const { rows } = await scene.database.worker.query<{ left: number }>(sql`
      select count(*)::int as left from tombstone_hit where settled_at is null or external_id is not null`);
    expect(rows[0]?.left).toBe(0);
    expect((await evidenceOf(scene.database.reader, requestId)).at(-1)).toMatchObject({ verb: 'verify', result: 'gone' });
  });

  test('who comes back under another id is known by the address, again and again', async () => {
    for (const id of ['88', '89', '88']) {
      scene.erp.put(personIn(id, { ...ana, given: 'A.', phone: '' }));
      expect(await arrives('erp', 'person', id, { email: ana.email })).toBe(true);
      expect(await settle()).toBe(1);
    }
    expect(scene.erp.holds(ana.email)).toBe(false);
    expect(scene.erp.ledger.slice(-3).map(({ record }) => record)).toEqual(['person:88', 'person:89', 'person:88']);
  });

  test('keeps the invoice that the law keeps: it arrives, is not written, and is not erased', async () => {
    expect(await arrives('erp', 'sale', 'f1', undefined, '1')).toBe(true);
    expect(await settle()).toBe(0);
    expect(scene.erp.rows.has('sale:f1')).toBe(true);
    expect(await desk()).toEqual([]);
  });

  test('whose old party gets a new invoice leaves that to a person', async () => {
    expect(await arrives('erp', 'sale', 'f2', undefined, '1')).toBe(true);
    expect(await settle()).toBe(0);
    expect(await desk()).toEqual([{ code: 'by-hand' }]);
  });
});

describe('somebody else', () => {
  test('who shares the telephone still arrives', async () => {
    expect(await arrives('erp', 'person', '2', luis)).toBe(false);
    expect(await arrives('helpdesk', 'person', '5', { phone: ana.phone })).toBe(false);
  });

  test('known by a telephone alone is asked about, never erased', async () => {
    const tombstones = tombstonesOf(keys, {
      systemId: '',
      kind: 'person',
      externalId: '',
      identifiers: [{ kind: 'phone', value: '+34999' }],
    });
    await scene.database.worker.transaction((tx) => layTombstones(tx, requestId, tombstones, new Date()));
    const newcomer = { ...luis, email: 'new@example.org', phone: '+34999' };
    scene.erp.put(personIn('90', newcomer));
    expect(await arrives('erp', 'person', '90', newcomer)).toBe(true);
    expect(await settle()).toBe(0);
    expect(scene.erp.holds('new@example.org')).toBe(true);
    expect(await desk()).toEqual([{ code: 'telephone-only' }]);
  });
});
