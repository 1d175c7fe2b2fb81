import { afterAll, beforeAll, expect, test } from 'vitest';
import { testKeyRing } from '../test/support/keys.ts';
import { temporaryFolder } from '../test/support/temporary-folder.ts';
import { type Analytics, openAnalytics } from './clickhouse.ts';
import { revenueAndActiveClients, threshold } from './metrics/revenue-and-active-clients.ts';
import { ensureTables, type ProjectedRecord, projectRecords } from './project.ts';

let analytics: Analytics;
const keys = testKeyRing();

const sale = (place: number, client: string | null, over: Partial<ProjectedRecord> = {}): ProjectedRecord => ({
  sourceRecordId: `${place}`,
  clientId: client,
  linkedSystemId: 'erp',
  kind: 'order',
  month: '2026-03-01',
  channel: 'web',
  country: 'ES',
  amountCents: '1000',
  currency: 'EUR',
  ...over,
});

beforeAll(async () => {
  analytics = openAnalytics({ folder: temporaryFolder(), database: 'default', user: 'default' });
  await ensureTables(analytics);
});
afterAll(() => analytics.close());

const cells = (from: string, to: string) => revenueAndActiveClients(analytics, { from, to });

test('a cell about fewer clients than the threshold shows nothing, one about enough shows both figures', async () => {
  const few = Array.from({ length: threshold - 1 }, (_, place) => sale(place, `client-${place}`));
  await projectRecords(analytics, keys, few, 1);
  expect(await cells('2026-03', '2026-03')).toEqual([
    { month: '2026-03', channel: 'web', country: 'ES', suppressed: true, activeClients: null, revenueCents: null },
  ]);
  await projectRecords(analytics, keys, [sale(100, 'one-more')], 2);
  expect(await cells('2026-03', '2026-03')).toEqual([
    {
      month: '2026-03',
      channel: 'web',
      country: 'ES',
      suppressed: false,
      activeClients: threshold,
      revenueCents: threshold * 1000,
    },
  ]);
});

test('the same batch twice counts once, a newer version replaces, a record that is gone leaves', async () => {
  const month = { month: '2026-04-01' };
  const batch = Array.from({ length: 12 }, (_, place) => sale(200 + place, `c-${place}`, month));
  await projectRecords(analytics, keys, batch, 10);
  await projectRecords(analytics, keys, batch, 10);
  await projectRecords(analytics, keys, batch, 11);
  expect((await cells('2026-04', '2026-04'))[0]).toMatchObject({ activeClients: 12, revenueCents: 12_000 });
  await projectRecords(analytics, keys, [sale(200, null, month)], 12);
  expect((await cells('2026-04', '2026-04'))[0]).toMatchObject({ activeClients: 11, revenueCents: 11_000 });
});

test('orders of a system that invoices are not counted twice, drafts in another currency not at all', async () => {
  const month = { month: '2026-05-01', linkedSystemId: 'invoicing' };
  const invoices = Array.from({ length: 10 }, (_, place) => sale(300 + place, `i-${place}`, { ...month, kind: 'invoice' }));
  const orders = Array.from({ length: 10 }, (_, place) => sale(320 + place, `i-${place}`, month));
  await projectRecords(
    analytics,
    keys,
    [...invoices, ...orders, sale(340, 'i-1', { ...month, kind: 'invoice', currency: 'USD' })],
    20,
  );
  expect((await cells('2026-05', '2026-05'))[0]).toMatchObject({ activeClients: 10, revenueCents: 10_000 });
});

test('what ClickHouse holds are pseudonyms, not ids of ours', async () => {
  const rows = await analytics.query<{ readonly event: string; readonly client: string }>(
    'select hex(event) as event, hex(client) as client from client_event',
  );
  const dump = JSON.stringify(rows);
  expect(rows.length).toBeGreaterThan(20);
  expect(dump).not.toContain('client-1');
  expect(dump).not.toContain(Buffer.from('client-1').toString('hex').toUpperCase());
});
