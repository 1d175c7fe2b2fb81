import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { validatorFor } from '../../platform/validate.ts';
import type { PortabilityPackage } from '../../schemas/types.ts';
import { sql } from '../../store/database.ts';
import { readPackage } from '../../store/read/privacy-requests.ts';
import { testKeyRing } from '../support/keys.ts';
import { type TestDatabase, testDatabase } from '../support/postgres.ts';
import { type PrivacyBench, privacyBench } from '../support/privacy-bench.ts';
import { openErasure, privacyDeps } from '../support/privacy-world.ts';
import { addInvoice, addParty, addSale, trytonServers } from '../support/tryton-server.ts';
import { type TestTemporal, testTemporal } from '../support/temporal.ts';
import { addressOf, clientWith, openables, startVendors, synced, type Vendor } from './vendor-scene.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 600_000 });

/** Every value in a row, however deep, as text; what is empty or only says yes or no tells nobody apart. */
const valuesIn = (value: unknown): readonly string[] => {
  if (value === null || value === undefined || typeof value === 'boolean') return [];
  if (typeof value === 'object') return Object.values(value).flatMap(valuesIn);
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text === '' ? [] : [text];
};

let temporal: TestTemporal;
let database: TestDatabase;
let bench: PrivacyBench;
let vendors: readonly Vendor[];
const packages = new Map<string, PortabilityPackage>();

/** Carries a request to its end and opens the package, as the person's link does. */
async function packageOf(address: string, type: 'access' | 'portability'): Promise<PortabilityPackage> {
  const { requestId } = await openErasure(database, await clientWith(database, address), type);
  await bench.start(requestId);
  await bench.approve(requestId);
  await bench.until(requestId, 'over', 60_000);
  return JSON.parse(await readPackage(database.worker, testKeyRing(), requestId)) as PortabilityPackage; // its schema is checked below
}

describe('a package, held against the storage of the systems', () => {
  beforeAll(async () => {
    temporal = await testTemporal();
    database = await testDatabase();
    vendors = await startVendors();
    for (const { name } of vendors)
      await database.worker.query(sql`insert into linked_system (id, connector, title) values (${name}, ${name}, ${name})`);
    const deps = privacyDeps(database, await openables(vendors));
    bench = await privacyBench({ client: temporal.client, connection: temporal.connection, deps });
    await synced(deps, vendors);
    for (const type of ['access', 'portability'] as const) packages.set(type, await packageOf(addressOf('Eva'), type));
  });
  afterAll(async () => {
    await bench.stop();
    await Promise.all(vendors.map(({ stop }) => stop()));
    await database.drop();
    await temporal.stop();
  });

  test.each(['access', 'portability'])('%s: nothing that a vendor holds of her is missing', (type) => {
    const carried = packages.get(type);
    expect(validatorFor('evidence/portability-package')(carried)).toEqual([]);
    for (const { name, rowsOf } of vendors) {
      const there = new Set(valuesIn(carried?.systems.find(({ systemId }) => systemId === name)?.records));
      const stored = rowsOf('Eva').flatMap(valuesIn);
      expect(stored.length, name).toBeGreaterThan(3);
      expect(
        stored.filter((value) => !there.has(value)),
        name,
      ).toEqual([]);
    }
  });

  test.each(['access', 'portability'])('%s: nothing of anybody else is in it', (type) => {
    const text = JSON.stringify(packages.get(type)).toLowerCase();
    for (const other of ['Ana', 'Luis']) {
      expect(text).not.toContain(addressOf(other));
      expect(text).not.toContain(`of ${other}`.toLowerCase());
      for (const { rowsOf } of vendors)
        for (const row of rowsOf(other))
          expect(text).not.toContain(String(Object.values(row).find((value) => String(value).includes('@'))));
    }
  });

  test('the tables say the same as the records, row by row', () => {
    const { csv = {}, records = [] } = packages.get('portability') ?? {};
    expect(Object.keys(csv).sort()).toEqual([...new Set(records.map(({ kind }) => kind))].sort());
    for (const [kind, text] of Object.entries(csv)) {
      const rows = parse(text, { columns: true }) as Record<string, string>[];
      const said = records
        .filter((record) => record.kind === kind)
        .map(({ systemId, externalId, canonical }) => ({
          systemId,
          externalId,
          ...Object.fromEntries(
            Object.entries(canonical).map(([field, value]) => [field, typeof value === 'string' ? value : JSON.stringify(value)]),
          ),
        }));
      expect(rows.map((row) => Object.fromEntries(Object.entries(row).filter(([, value]) => value !== '')))).toEqual(said);
    }
  });
});

describe.each(await trytonServers())('a package, held against the storage of the %s', (_, server) => {
  const { call } = server;
  const hers = ['Olga Abedul', 'olga@abedul.example', '911555001', 'Calle Abedul 7', 'le gusta el abedul', 'contrato abedul'];
  const others = ['Berta Castaño', 'berta@castano.example', 'Calle Castaño 9', 'le gusta el castaño'];
  let own: { readonly temporal: TestTemporal; readonly database: TestDatabase; readonly bench: PrivacyBench };

  beforeAll(async () => {
    const [name = '', email = '', phone = '', street = '', note = '', file = ''] = hers;
    const id = await addParty(call, { name, emails: [email], phones: [phone], street });
    await call('model.ir.note.create', [{ resource: `party.party,${id}`, message: note }]);
    const data = { __class__: 'bytes', base64: Buffer.from(file).toString('base64') };
    await call('model.ir.attachment.create', [{ resource: `party.party,${id}`, name: 'contract.txt', type: 'data', data }]);
    await addSale(call, id, '123.45');
    await addInvoice(call, id, '678.90');
    const [otherName = '', otherEmail = '', otherStreet = '', otherNote = ''] = others;
    const other = await addParty(call, { name: otherName, emails: [otherEmail], street: otherStreet });
    await call('model.ir.note.create', [{ resource: `party.party,${other}`, message: otherNote }]);
    await addSale(call, other, '999.99');
    own = { temporal: await testTemporal(), database: await testDatabase(), bench: await Promise.resolve(bench) };
    const linked = {
      name: 'tryton',
      config: { url: server.url, database: server.database, user: server.user },
      secrets: { password: server.password },
    };
    ({ temporal, database } = own);
    await database.worker.query(sql`insert into linked_system (id, connector, title) values ('tryton', 'tryton', 'ERP')`);
    const deps = privacyDeps(database, await openables([linked]));
    bench = await privacyBench({ client: temporal.client, connection: temporal.connection, deps });
    await synced(deps, [linked]);
  });
  afterAll(async () => {
    await bench.stop();
    await server.stop();
    await database.drop();
    await temporal.stop();
  });

  test('every value that the storage has of her is in the copy, with sales, invoices, notes and files; nothing of another person', async () => {
    expect((await server.rawStorageSearch(hers.slice(0, 5))).length).toBeGreaterThanOrEqual(5);
    const [, email = ''] = hers;
    const carried = await packageOf(email, 'access');
    expect(validatorFor('evidence/portability-package')(carried)).toEqual([]);
    const text = JSON.stringify(carried);
    for (const value of hers.slice(0, 5)) expect(text).toContain(value);
    const files = carried.systems.flatMap(({ records }) => records).flatMap(({ attachments }) => attachments);
    expect(files.map(({ name, base64 }) => [name, Buffer.from(base64, 'base64').toString()])).toEqual([
      ['contract.txt', hers[5]],
    ]);
    const sums = valuesIn(carried.records).concat(valuesIn(carried.systems));
    for (const cents of ['24690', '67890'])
      expect(sums.some((value) => value.startsWith(cents) || value.includes(`${cents.slice(0, -2)}.${cents.slice(-2)}`))).toBe(
        true,
      );
    for (const value of [...others, '999.99', '199998']) expect(text).not.toContain(value);
  });
});
