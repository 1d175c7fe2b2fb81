import type { ErpSeed } from '../sample-seeds.ts';
import { decimal, plainDate, type TrytonCall } from './wire.ts';

export interface SeededParty {
  readonly truth: string;
  readonly partyId: number;
}

const batchSize = 200;

const batches = <Item>(items: readonly Item[]): Item[][] =>
  Array.from({ length: Math.ceil(items.length / batchSize) }, (_, place) =>
    items.slice(place * batchSize, (place + 1) * batchSize),
  );

/** Creates rows in batches and gives their ids in order. */
async function createAll(call: TrytonCall, model: string, rows: readonly object[]): Promise<number[]> {
  const ids: number[] = [];
  for (const batch of batches(rows)) ids.push(...(await call<number[]>(`model.${model}.create`, batch)));
  return ids;
}

/** The type under which Tryton checks this tax identifier; none where its check is narrower than what is in use. */
const taxIdType = (seed: ErpSeed): string | null => {
  if (seed.country === 'ES') return 'es_vat';
  return seed.country === 'FR' && seed.kind === 'company' ? 'fr_siren' : null;
};

const mechanisms = (seed: ErpSeed): object[] => [
  ...seed.emails.map((value) => ({ type: 'email', value })),
  ...seed.phones.map((value) => ({ type: 'phone', value })),
];

function partyRow(seed: ErpSeed, categories: Readonly<Record<string, number>>, countries: ReadonlyMap<string, number>): object {
  const { street, city, postcode } = seed;
  const address = { street: street ?? null, city, postal_code: postcode, country: countries.get(seed.country) ?? null };
  const identifiers = seed.taxId === undefined ? [] : [{ type: taxIdType(seed), code: seed.taxId }];
  return {
    name: seed.name,
    categories: [['add', [categories[seed.kind]]]],
    contact_mechanisms: [['create', mechanisms(seed)]],
    addresses: [['create', [address]]],
    identifiers: [['create', identifiers]],
  };
}

async function seedEmployment(call: TrytonCall, seeds: readonly ErpSeed[], partyIds: readonly number[]): Promise<void> {
  const [type] = await createAll(call, 'party.relation.type', [{ name: 'Employee of' }]);
  const companies = new Map(seeds.map(({ truth }, place) => [truth, partyIds[place]] as const).reverse());
  const relations = seeds.flatMap(({ worksFor }, place) => {
    const to = worksFor === undefined ? undefined : companies.get(worksFor);
    return to === undefined ? [] : [{ from_: partyIds[place], to, type }];
  });
  await createAll(call, 'party.relation.all', relations);
}

/** Old sales, written as done: what a company brings along from the system before. None is pending, so its buyer can be erased. */
async function seedSales(call: TrytonCall, seeds: readonly ErpSeed[], partyIds: readonly number[]): Promise<void> {
  const [company] = await call<{ id: number; currency: number }[]>('model.company.company.search_read', [], 0, 1, null, [
    'currency',
  ]);
  const rows = await call<{ id: number; party: number }[]>('model.party.address.search_read', [], 0, null, null, ['party']);
  const addressOf = new Map(rows.map(({ id, party }) => [party, id]));
  const sales = seeds.flatMap((seed, place) => {
    const party = partyIds[place] ?? 0;
    const address = addressOf.get(party);
    const head = {
      party,
      company: company?.id,
      currency: company?.currency,
      invoice_address: address,
      shipment_address: address,
    };
    return seed.sales.map(({ date, amountCents }) => {
      const line = { type: 'line', quantity: 1, unit_price: decimal((amountCents / 100).toFixed(2)), description: 'Pedido' };
      return { ...head, sale_date: plainDate(date), lines: [['create', [line]]] };
    });
  });
  const ids = await createAll(call, 'sale.sale', sales);
  for (const batch of batches(ids)) await call('model.sale.sale.write', batch, { state: 'done' });
}

/** One mailing list with every person that has an address, each address once. */
async function seedMailing(call: TrytonCall, seeds: readonly ErpSeed[]): Promise<void> {
  const [language] = await call<{ id: number }[]>('model.ir.lang.search_read', [['code', '=', 'en']], 0, 1, null, ['code']);
  const [list] = await createAll(call, 'marketing.email.list', [{ name: 'Novedades', language: language?.id }]);
  const people = seeds.filter(({ kind }) => kind === 'person');
  const emails = [...new Set(people.flatMap((seed) => seed.emails.map((email) => email.toLowerCase())))];
  await createAll(
    call,
    'marketing.email',
    emails.map((email) => ({ email, list_: list })),
  );
}

/**
 * Writes the parties of the sample into a Tryton, real or twin, over its API: names, e-mails, telephones, addresses, tax identifiers,
 * employment, sales that are done, and a mailing list with every person's address. Makes no invoice: the company invoices elsewhere.
 */
export async function seedTryton(call: TrytonCall, seeds: readonly ErpSeed[]): Promise<readonly SeededParty[]> {
  const [person = 0, company = 0] = await createAll(call, 'party.category', [{ name: 'Person' }, { name: 'Company' }]);
  const known = await call<{ id: number; code: string }[]>('model.country.country.search_read', [], 0, null, null, ['code']);
  const countries = new Map(known.map(({ id, code }) => [code, id]));
  const rows = seeds.map((seed) => partyRow(seed, { person, company }, countries));
  const partyIds = await createAll(call, 'party.party', rows);
  await seedEmployment(call, seeds, partyIds);
  await seedSales(call, seeds, partyIds);
  await seedMailing(call, seeds);
  return seeds.map(({ truth }, place) => ({ truth, partyId: partyIds[place] ?? 0 }));
}
