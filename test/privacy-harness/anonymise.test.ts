import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { sql } from '../../store/database.ts';
import { checkTombstones, recordTombstoneHit, tombstonesOf } from '../../store/write/tombstones.ts';
import { testKeyRing } from '../support/keys.ts';
import { ana, everythingStored, type Scene, setScene } from '../support/privacy-scene.ts';
import { openErasure, ownedIn, storeOwned } from '../support/privacy-world.ts';
import type { Manners } from '../support/small-system.ts';
import { type TestTemporal, testTemporal } from '../support/temporal.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let temporal: TestTemporal;
let scene: Scene;

beforeAll(async () => {
  temporal = await testTemporal();
});
afterAll(() => temporal.stop());
afterEach(() => scene.end());

/** Ana with a quote besides, in an ERP that can empty and blot. */
async function anonymised(manners: Manners = {}): Promise<string> {
  scene = await setScene(temporal, { erp: { empties: true, redacts: true, ...manners } });
  scene.erp.put(ownedIn('sale', 'q1', { amount: 120, note: `for Ana Quijano Ruiz, ${ana.email}` }));
  const quote = { saleKind: 'quote', at: '2025-02-02T00:00:00.000Z' };
  const owned = { systemId: 'erp', ownerId: '1', kind: 'sale', externalId: 'q1', canonical: quote } as const;
  await storeOwned(scene.database.worker, scene.anaId, owned);
  const { requestId } = await openErasure(scene.database, scene.anaId, 'erasure', new Date(), { anonymise: true });
  await scene.bench.start(requestId);
  await scene.bench.approve(requestId);
  await scene.bench.until(requestId, 'waiting-for-person');
  await scene.answer(requestId, 'other-person');
  await scene.lookAgain(requestId);
  return requestId;
}

const lines = async (): Promise<readonly string[]> => {
  const { rows } = await scene.database.worker.query<{ line: string }>(sql`
    select linked_system_id || ' ' || kind || ' ' || action || ' ' || state as line from plan_line order by linked_system_id, position`);
  return rows.map(({ line }) => line);
};

test('an anonymisation leaves the sale and the emptied record there, about nobody; texts go, and Ficha forgets the person', async () => {
  const requestId = await anonymised();
  expect(await scene.outcome(requestId)).toBe('complete-with-exceptions'); // the invoice, kept by law
  expect(await lines()).toEqual([
    'erp interaction delete verified',
    'erp sale keep-until kept',
    'erp person anonymise verified',
    'erp sale anonymise verified',
    'mailer person delete verified',
  ]);
  expect(scene.erp.rows.get('sale:q1')?.fields).toMatchObject({
    amount: 120,
    note: expect.not.stringMatching(/Ana|Quijano|600/),
  });
  expect(scene.erp.rows.get('person:1')).toMatchObject({ identifiers: [], fields: {} });
  expect(scene.mailer.rows.size).toBe(0);
  expect(await everythingStored(scene.database)).not.toContain(ana.email);

  const keys = testKeyRing();
  const returned = { systemId: 'erp', kind: 'sale', externalId: 'q1', identifiers: [] } as const;
  await scene.database.worker.transaction(async (tx) => {
    const matches = await checkTombstones(
      tx,
      tombstonesOf(keys, returned).map(({ hash }) => hash),
    );
    await recordTombstoneHit(tx, keys, { ...returned, matches, at: new Date() });
  });
  const { rows } = await scene.database.worker.query(sql`select settled_at is not null as settled from tombstone_hit`);
  expect(rows).toEqual([{ settled: true }]); // a later sync lists it again: nobody erases it
});

test('a system that says that it blotted and did not is found out; once it does, the request ends', async () => {
  const requestId = await anonymised({ lies: true });
  await expect.poll(lines, { timeout: 30_000 }).toContain('erp sale anonymise needs-attention');
  await scene.bench.until(requestId, 'waiting-for-person');
  scene.erp.manners.lies = false;
  await scene.lookAgain(requestId);
  expect(await scene.outcome(requestId)).toBe('complete-with-exceptions');
  expect(JSON.stringify([...scene.erp.rows.values()])).not.toContain(ana.email);
});
