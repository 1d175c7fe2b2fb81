import { afterAll, beforeEach, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../../test/support/postgres.ts';
import { sql } from '../database.ts';
import { claimProjection, endClaim, projectionVersion, unsureVersions } from './projection.ts';

const db: TestDatabase = await testDatabase();
afterAll(() => db.drop());

beforeEach(() => db.worker.query(sql`update projection_state set owner = null, unsure_versions = '{}'`));

const claim = () => db.worker.transaction(claimProjection);
const version = () => db.worker.transaction(projectionVersion);
const unsure = () => db.worker.transaction(unsureVersions);

/** A batch of one version that ends. @returns its version */
async function ended(drained: boolean): Promise<string> {
  const mine = await claim();
  return await db.worker.transaction(async (tx) => {
    const before = await unsureVersions(tx);
    const taken = await projectionVersion(tx);
    await endClaim(tx, mine, before, drained);
    return taken;
  });
}

const covers = async (one: string): Promise<boolean> =>
  (await unsure()).some(({ from, before }) => BigInt(from) <= BigInt(one) && BigInt(one) < BigInt(before));

test('the versions of a batch that never ended are unsure until the queue is drained, those of the batches after it are not', async () => {
  const first = await ended(true);
  await claim();
  const lost = await version();
  const next = await ended(false);
  expect(await covers(lost)).toBe(true);
  const later = await ended(false);
  const whole = await ended(false);
  expect(await Promise.all([first, next, later, whole].map(covers))).toEqual([false, false, false, false]);
  await ended(true);
  expect(await covers(lost)).toBe(false);
});

test('what a batch wrote after another began to wait for it, and never ended, is unsure too', async () => {
  await claim();
  const waiting = await claim();
  const lost = await version(); // of the first, which dies now
  expect(await covers(lost)).toBe(true);
  await db.worker.transaction(async (tx) => endClaim(tx, waiting, await unsureVersions(tx), true));
  expect(await covers(lost)).toBe(false);
});

test('a batch that ends settles nothing of one that waits for it', async () => {
  const first = await claim();
  await claim();
  await claim();
  await db.worker.transaction(async (tx) => endClaim(tx, first, [], true));
  const lost = await version(); // of the second
  expect(await covers(lost)).toBe(true);
});
