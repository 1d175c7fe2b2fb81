import { afterAll, describe, expect, test } from 'vitest';
import { validatorFor } from '../../platform/validate.ts';
import { addInvoice, addParty, addSale, addToList, openOn, pullAll, trytonServers } from '../../test/support/tryton-server.ts';
import { plainDate } from '../../test/twins/tryton/wire.ts';
import type { Cursor, LinkedSystem } from '../kit/contract.ts';

const party = (id: number): string => `party.party,${id}`;
const readId = (externalId: string): number => Number(externalId.split(',')[1]);
const revived = (cursor: Cursor): Cursor => JSON.parse(JSON.stringify(cursor)) as Cursor; // what the store gives back

async function canonicalOf(system: LinkedSystem, stream: string, externalId: string): Promise<unknown> {
  return (await pullAll(system, stream)).records.find((record) => record.externalId === externalId)?.canonical;
}

describe.each(await trytonServers())('pull from the %s', (_, server) => {
  const { call } = server;
  const lists = [{ name: 'Novedades', purpose: 'newsletter', optIn: true }];
  const system = openOn(server, { lists });

  afterAll(() => server.stop());

  test('a person, a company and who works where, as the schemas say', async () => {
    const company = await addParty(call, { name: 'Muebles Roble', emails: ['info@roble.example'], category: 'Company' });
    const person = await addParty(call, {
      name: 'Ana García Pérez',
      emails: ['Ana@Roble.example', 'ana@casa.example'],
      phones: ['911 222 333'],
      taxId: '12345678Z',
      street: 'Calle Mayor 1\n2º B',
    });
    const [type] = await call<number[]>('model.party.relation.type.create', [{ name: 'Employee of' }]);
    const former = await addParty(call, { name: 'Taller Antiguo', category: 'Company' });
    await call('model.party.relation.all.create', [
      { from_: person, to: former, type, end_date: plainDate('2020-01-31') },
      { from_: person, to: company, type },
    ]);
    const { records, complete } = await pullAll(system, 'parties');
    expect(complete).toBe(true);
    const found = records.filter(({ externalId }) => [party(company), party(person)].includes(externalId));
    expect(found.map(({ kind, canonical }) => [kind, canonical])).toEqual([
      [
        'company',
        {
          companyName: 'Muebles Roble',
          emails: ['info@roble.example'],
          addresses: [{ city: 'Madrid', postcode: '28001', country: 'ES' }],
          country: 'ES',
        },
      ],
      [
        'person',
        {
          fullName: 'Ana García Pérez',
          emails: ['Ana@Roble.example', 'ana@casa.example'],
          phones: ['911 222 333'],
          taxId: '12345678Z',
          addresses: [{ street: 'Calle Mayor 1, 2º B', city: 'Madrid', postcode: '28001', country: 'ES' }],
          country: 'ES',
          companyExternalId: party(company),
        },
      ],
    ]);
    for (const { kind, canonical } of records) expect(validatorFor(`record/${kind}`)(canonical)).toEqual([]);
    expect(records.some(({ canonical }) => JSON.stringify(canonical).includes('Comercial Ficha'))).toBe(false);
  });

  test('a new e-mail that does not touch its party is seen since the last run, and no older party is', async () => {
    const exact = openOn(server, { lookBackSeconds: 0 });
    const older = party(await addParty(call, { name: 'Berta Sanz' }));
    const newest = party(await addParty(call, { name: 'Bruno Sanz' }));
    const first = await pullAll(exact, 'parties');
    const idsSince = async () =>
      (await pullAll(exact, 'parties', revived(first.cursor))).records.map(({ externalId }) => externalId);
    expect(await idsSince()).toEqual([newest]); // the newest stamp is asked for again: others may share it
    await call('model.party.contact_mechanism.create', [{ party: readId(older), type: 'email', value: 'berta@casa.example' }]);
    expect(await idsSince()).toEqual([older, newest]);
    const withLookBack = await pullAll(system, 'parties', revived(first.cursor));
    expect(withLookBack.records.length).toBeGreaterThan(2);
    expect(withLookBack.complete).toBeUndefined();
  });

  test('an archived party is still held, so it is still pulled', async () => {
    const id = await addParty(call, { name: 'Carla Vidal' });
    await call('model.party.party.write', [id], { active: false });
    expect(await canonicalOf(system, 'parties', party(id))).toMatchObject({ fullName: 'Carla Vidal' });
  });

  test('a party erased by hand in the ERP is gone at the source, told since the last run', async () => {
    const id = await addParty(call, { name: 'Celia Mora', emails: ['celia@mora.example'] });
    const { cursor } = await pullAll(system, 'parties');
    await call('model.party.party.write', [id], { active: false });
    const [wizard] = await call<[number]>('wizard.party.erase.create');
    await call('wizard.party.erase.execute', wizard, { ask: { party: id } }, 'erase');
    const next = await pullAll(system, 'parties', revived(cursor));
    expect(next.deleted).toContainEqual({ kind: 'person', externalId: party(id) });
    expect(next.records.map(({ externalId }) => externalId)).not.toContain(party(id));
  });

  test('sales and posted invoices with their amounts in cents', async () => {
    const buyer = await addParty(call, { name: 'Diego Ruiz' });
    const sale = await addSale(call, buyer, '10.55');
    const invoice = await addInvoice(call, buyer, '99.90');
    const { records, rejected } = await pullAll(system, 'sales');
    expect(rejected).toEqual([]);
    const of = (externalId: string) => records.find((record) => record.externalId === externalId)?.canonical;
    const owner = { clientExternalId: party(buyer), currency: 'EUR' };
    expect(of(`sale.sale,${sale}`)).toEqual({
      ...owner,
      saleKind: 'quote',
      status: 'draft',
      at: '2026-03-14T00:00:00.000Z',
      amountCents: 2110,
      lines: [{ description: 'Mesa de roble', quantity: 2, amountCents: 2110 }],
    });
    const posted = { saleKind: 'invoice', status: 'invoiced', at: '2026-03-20T00:00:00.000Z', amountCents: 9990 };
    expect(of(`account.invoice,${invoice}`)).toMatchObject({ ...owner, ...posted });
    for (const { canonical } of records) expect(validatorFor('record/sale')(canonical)).toEqual([]);
  });

  test('a mailing-list row is what its one party said; nobody consents for a shared address, but an opt-out counts for all', async () => {
    const [elsa, team, other] = [
      await addParty(call, { name: 'Elsa Gil', emails: ['Elsa@gil.example'] }),
      await addParty(call, { name: 'Fran Gil', emails: ['familia@gil.example'] }),
      await addParty(call, { name: 'Gema Gil', emails: ['familia@gil.example'] }),
    ];
    const own = await addToList(call, 'elsa@gil.example');
    const shared = await addToList(call, 'familia@gil.example');
    const unknown = await addToList(call, 'nadie@gil.example', 'Ofertas');
    const said = async () =>
      Object.fromEntries(
        (await pullAll(system, 'consents')).records.map(({ externalId, canonical }) => [externalId, canonical]),
      ) as Record<string, { clientExternalId: string; answer: string; purpose: string }>; // the shape that the next lines look at
    const before = await said();
    expect(before[`marketing.email,${own}`]).toMatchObject({
      clientExternalId: party(elsa),
      answer: 'granted',
      purpose: 'newsletter',
    });
    expect(before[`marketing.email,${shared}`]).toMatchObject({ clientExternalId: `marketing.email,${shared}` });
    expect(before[`marketing.email,${unknown}`]).toMatchObject({ answer: 'pending', purpose: 'marketing' });
    expect(await canonicalOf(system, 'parties', `marketing.email,${unknown}`)).toEqual({ emails: ['nadie@gil.example'] });
    await call('model.marketing.email.write', [shared], { active: false });
    const after = await said();
    for (const id of [team, other]) {
      expect(after[`marketing.email,${shared}/${party(id)}`]).toMatchObject({ clientExternalId: party(id), answer: 'denied' });
    }
  });

  test('over pages nothing is lost or doubled, whatever is written meanwhile, and a run goes on where it stopped', async () => {
    const made = await call<number[]>(
      'model.party.party.create',
      Array.from({ length: 502 }, (__, place) => ({ name: `Cliente ${place}` })),
    );
    const seen: string[] = [];
    let cursor: Cursor | null = null;
    for (let last = false; !last; ) {
      for await (const page of system.pull('parties', cursor)) {
        seen.push(...page.records.map(({ externalId }) => externalId));
        cursor = revived(page.cursor);
        last = page.last;
        break; // as if killed after each page
      }
      await call('model.party.party.write', made.slice(0, 3), { name: 'Cliente con otro nombre' });
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(made.map(party).filter((id) => !seen.includes(id))).toEqual([]);
  });
});
