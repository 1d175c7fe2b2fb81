import { afterAll, describe, expect, test } from 'vitest';
import { addInvoice, addParty, addSale, addToList, openOn, trytonServers } from '../../test/support/tryton-server.ts';
import type { RecordRef } from '../kit/contract.ts';

const person = (id: number): RecordRef => ({ kind: 'person', externalId: `party.party,${id}` });
const subscriber = (id: number): RecordRef => ({ kind: 'person', externalId: `marketing.email,${id}` });
const key = { key: 'request/erp/record/erase' };

describe.each(await trytonServers())('erasure on the %s', (_, server) => {
  const { call } = server;
  const system = openOn(server);

  afterAll(() => server.stop());

  /** A person with all that Tryton can hold of one, every value found nowhere else. */
  async function addEverything(mark: string) {
    const needles = [
      `Olga ${mark}`,
      `olga@${mark}.example`,
      '911 555 001',
      `Calle ${mark} 7`,
      `Sra. Olga de ${mark}`,
      `nota ${mark}`,
    ];
    const [name = '', email = '', phone = '', street = '', partyName = '', note = ''] = needles;
    const id = await addParty(call, { name, emails: [email], phones: [phone], street });
    const [address] = await call<{ id: number }[]>('model.party.address.search_read', [['party', '=', id]], 0, 1, null, [
      'street',
    ]);
    await call('model.party.address.write', [address?.id], { party_name: partyName });
    await call('model.ir.note.create', [{ resource: `party.party,${id}`, message: note }]);
    const row = await addToList(call, email);
    return { id, row, needles };
  }

  /** Erases as an employee does, with the vendor's wizard and nothing else. */
  async function eraseByHand(id: number): Promise<void> {
    await call('model.party.party.write', [id], { active: false });
    const [wizard] = await call<[number]>('wizard.party.erase.create');
    await call('wizard.party.erase.execute', wizard, { ask: { party: id } }, 'erase');
    await call('wizard.party.erase.delete', wizard);
  }

  test('nothing that was known of a person is left in the storage, and verify says so by its own reading', async () => {
    const { id, row, needles } = await addEverything('zarzamora');
    expect((await server.rawStorageSearch(needles)).length).toBeGreaterThanOrEqual(needles.length);
    expect(await system.verify(person(id))).toMatchObject({ result: 'present' });
    expect(await system.erase(person(id), key)).toEqual({ result: 'done', residue: [] });
    expect(await server.rawStorageSearch(needles)).toEqual([]);
    expect(await system.verify(person(id))).toEqual({ result: 'gone', residue: [], count: 0 });
    expect(await system.verify(subscriber(row))).toMatchObject({ result: 'gone' });
    expect(await system.erase(person(id), key)).toEqual({ result: 'done', residue: [] });
  });

  test("verify finds what the vendor's own wizard leaves, and a second erasure removes it", async () => {
    const { id, needles } = await addEverything('quejigo');
    await eraseByHand(id);
    const left = await system.verify(person(id));
    expect(left.result).toBe('present');
    const places = ['party.contact_mechanism.value_compact', 'party.address.party_name', 'marketing.email'];
    expect(left.residue).toEqual(places.map((where) => ({ where, due: null })));
    expect(await system.erase(person(id), key)).toEqual({ result: 'done', residue: [] });
    expect(await server.rawStorageSearch(needles)).toEqual([]);
  });

  test('a dry run changes nothing', async () => {
    const { id, needles } = await addEverything('alcornoque');
    const before = await server.rawStorageSearch(needles);
    expect(await system.erase(person(id), { ...key, dryRun: true })).toMatchObject({ result: 'would-erase' });
    expect(await server.rawStorageSearch(needles)).toEqual(before);
  });

  test('a pending sale refuses the erasure, by its code, and the party stays as it was', async () => {
    const { id, needles } = await addEverything('madrono');
    const sale = await addSale(call, id, '10.00');
    expect(await system.erase(person(id), key)).toEqual({ result: 'refused', code: 'pending-sales', residue: [] });
    const active = await call<{ id: number }[]>(
      'model.party.party.search_read',
      [
        ['id', '=', id],
        ['active', '=', true],
      ],
      0,
      1,
      null,
      ['code'],
    );
    expect(active.length).toBe(1);
    expect((await server.rawStorageSearch(needles)).length).toBeGreaterThanOrEqual(needles.length);
    await call('model.sale.sale.cancel', [sale]);
    expect(await system.erase(person(id), key)).toMatchObject({ result: 'done' });
    expect(await system.verify({ kind: 'sale', externalId: `sale.sale,${sale}` })).toMatchObject({ result: 'present' });
  });

  test('an open invoice refuses it too; sales and invoices themselves are kept by law', async () => {
    const id = await addParty(call, { name: 'Pablo Encina' });
    const draft = await addInvoice(call, id, '5.00', false);
    expect(await system.erase(person(id), key)).toMatchObject({ result: 'refused', code: 'pending-invoices' });
    await call('model.account.invoice.post', [draft]);
    expect(await system.erase(person(id), key)).toMatchObject({ result: 'refused', code: 'pending-balance' });
    const invoice = { kind: 'sale', externalId: `account.invoice,${draft}` } as const;
    expect(await system.erase(invoice, key)).toMatchObject({ result: 'refused', code: 'kept-by-law' });
  });

  test('a mailing-list row of an address that another party uses is kept for it, and goes with the last of them', async () => {
    const email = 'taller@hermanos.example';
    const one = await addParty(call, { name: 'Raul Hermano', emails: [email] });
    const other = await addParty(call, { name: 'Sara Hermana', emails: ['Taller@Hermanos.example'] });
    const row = await addToList(call, email, 'Novedades', false);
    expect(await system.erase(person(one), key)).toEqual({ result: 'done', residue: [] });
    expect(await system.verify(subscriber(row))).toMatchObject({ result: 'present' });
    await eraseByHand(other);
    expect(await system.erase(person(other), key)).toEqual({ result: 'done', residue: [] });
    expect(await server.rawStorageSearch([email])).toEqual([]);
  });

  test('an address without a party is erased as a record of its own', async () => {
    const row = await addToList(call, 'huerfana@nadie.example');
    expect(await system.erase(subscriber(row), key)).toEqual({ result: 'done', residue: [] });
    expect(await server.rawStorageSearch(['huerfana@nadie.example'])).toEqual([]);
    expect(await system.erase(subscriber(row), key)).toEqual({ result: 'done', residue: [] });
  });

  test('a record that is not there is gone and done', async () => {
    expect(await system.erase(person(999_999), key)).toEqual({ result: 'done', residue: [] });
    expect(await system.verify(person(999_999))).toEqual({ result: 'gone', residue: [], count: 0 });
    expect(await system.export(person(999_999))).toBeNull();
  });

  test('an export holds all that is known, in words a person can read', async () => {
    const { id, needles } = await addEverything('sabina');
    const exported = await system.export(person(id));
    const text = JSON.stringify(exported?.fields);
    for (const needle of needles) expect(text).toContain(needle);
    expect(text).not.toContain('__class__');
    const sale = await addSale(call, id, '12.34');
    const line = await system.export({ kind: 'sale', externalId: `sale.sale,${sale}` });
    expect(line?.fields).toMatchObject({ sale_date: '2026-03-14', total_amount: '24.68' });
  });

  test('who carries an e-mail, a telephone or a tax identifier is found however it was typed', async () => {
    const ana = await addParty(call, {
      name: 'Ana Lince',
      emails: ['Ana_L@Lince.example'],
      phones: ['911-777-123'],
      taxId: '12345678Z',
    });
    const near = await addParty(call, { name: 'Anna Lince', emails: ['anaxl@lince.example'], phones: ['911 777 124'] });
    const row = await addToList(call, 'solo@lince.example');
    const find = (kind: 'email' | 'phone' | 'tax-id' | 'external-id', value: string) => system.lookup([{ kind, value }]);
    expect(await find('email', 'ana_l@lince.example')).toEqual([person(ana)]);
    expect(await find('phone', '+34911777123')).toEqual([person(ana)]);
    expect(await find('tax-id', 'ES12345678Z')).toEqual([person(ana)]);
    expect(await find('external-id', `party.party,${near}`)).toEqual([person(near)]);
    expect(await find('email', 'solo@lince.example')).toEqual([subscriber(row)]);
    expect(await find('email', 'nobody@lince.example')).toEqual([]);
  });
});
