import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '../database.ts';
import { qualityOf } from '../read/quality.ts';
import { type IdentityScene, identityScene } from '../../test/support/identity-scene.ts';
import { measureQuality } from './quality.ts';

let scene: IdentityScene;
beforeAll(async () => {
  scene = await identityScene();
});
afterAll(() => scene.end());

const ana = { fullName: 'Ana García López', emails: ['ana@x.example'], phones: ['+34600111222'] };

test('the figures of a day tell duplicates, gaps, invalid identifiers and conflicts, and the trend keeps each day', async () => {
  await scene.arrive([
    { system: 'erp', kind: 'person', externalId: '1', canonical: { ...ana, language: 'es' } },
    { system: 'erp', kind: 'person', externalId: '2', canonical: { ...ana, emails: ['ana@x.example', 'not an address'] } },
    { system: 'mailer', kind: 'person', externalId: '3', canonical: { ...ana, language: 'fr' } },
  ]);
  await scene.resolve();
  const today = new Date();
  const tomorrow = new Date(today.getTime() + 24 * 3_600_000);
  const { worker, reader } = scene.database;
  expect(await worker.transaction((tx) => measureQuality(tx, today))).toBe(2);
  expect(await worker.transaction((tx) => measureQuality(tx, new Date(today.getTime() + 60_000)))).toBe(0);
  const [erp, mailer] = await qualityOf(reader, undefined, 1);
  expect(erp).toMatchObject({
    linkedSystemId: 'erp',
    records: '2',
    duplicates: '1',
    identifiers: '5',
    invalidIdentifiers: '1',
    freshness: 1,
  });
  expect(erp?.completeness).toBeCloseTo(0.6);
  expect(mailer).toMatchObject({ records: '1', duplicates: '0', invalidIdentifiers: '0' });
  expect(Number(erp?.conflicts) + Number(mailer?.conflicts)).toBe(1);
  await worker.query(sql`update source_record set deleted_at = now() where external_id = '2'`);
  await worker.transaction((tx) => measureQuality(tx, tomorrow));
  const trend = await qualityOf(reader, 'erp', 30);
  expect(trend.map(({ duplicates }) => duplicates)).toEqual(['0', '1']);
});
