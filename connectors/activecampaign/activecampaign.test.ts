import { expect, test } from 'vitest';
import { describeConnector } from '../../test/acceptance/describe-connector.ts';
import {
  addContact,
  addCustomer,
  addDeal,
  addNote,
  addOrder,
  changeContact,
  type Contact,
  mergeContacts,
  removeContact,
  setMembership,
  statusOf,
} from '../../test/twins/activecampaign/store.ts';
import { startActiveCampaignTwin } from '../../test/twins/activecampaign.ts';
import { loadConnectors } from '../kit/registry.ts';

const start = async () => {
  const twin = await startActiveCampaignTwin();
  const { state, clock } = twin;
  const contact = (id: string): Contact => {
    const found = state.contacts.get(id);
    if (found === undefined) throw new Error('no such contact');
    return found;
  };
  const secrets: Readonly<Record<string, string>> = { apiToken: twin.apiToken, webhookToken: twin.webhookToken };
  return { twin, state, clock, contact, config: { url: twin.url, list: '1', callsPerSecond: 10_000 }, secrets };
};

const opened = async ({ twin, config, secrets }: Awaited<ReturnType<typeof start>>) => {
  const connector = (await loadConnectors()).get('activecampaign');
  if (connector === undefined) throw new Error('connectors/activecampaign is not there');
  return connector.open({
    systemId: 'activecampaign-under-test',
    config,
    secret: (name) => secrets[name] ?? '',
    signal: new AbortController().signal,
    now: () => twin.clock.now(),
  });
};

const order = { channel: 'email', purpose: 'marketing', key: 'k' } as const;
const person = (externalId: string) => ({ kind: 'person' as const, externalId });

describeConnector('activecampaign', async () => {
  const { twin, state, clock, contact, config, secrets } = await start();
  return {
    twin,
    config,
    secrets,
    stream: 'person',
    pageSize: 100,
    addPerson: ({ givenName, familyName, email }) =>
      addContact(state, clock, { email, firstName: givenName, lastName: familyName }).id,
    changePerson: (id, { givenName }) => changeContact(clock, contact(id), { firstName: givenName }),
    removePerson: (id) => void removeContact(state, id),
    mergePeople: (winner, loser) => mergeContacts(state, clock, winner, loser),
    holds: (id) => state.contacts.has(id) || [...state.notes.values()].some(({ relid }) => relid === id),
    addField: (id) => changeContact(clock, contact(id), { brand_new: 'new-field-of-the-vendor' }),
    retypeField: (id) => changeContact(clock, contact(id), { email: { address: 'canary' } as unknown as string }),
    isOptedOut: (id) => statusOf(state, id, '1') === '2',
    refuseSilently: () => {
      state.deaf = 1;
    },
    withoutRight: () => void twin.lacking.add('/contacts'),
    consentStream: 'unsubscribed',
    optOut: (id) => {
      setMembership(state, id, '1', '2');
      twin.emit('unsubscribe', id);
    },
    webhooks: () => twin.webhooks(),
    addText: (personId, text) => ({ kind: 'interaction', externalId: `note-${addNote(state, clock, personId, text)}` }),
    textOf: ({ externalId }) => state.notes.get(externalId.slice('note-'.length))?.note ?? '',
    addChildren: (personId, count) => {
      for (let made = 0; made < count; made += 1) addNote(state, clock, personId, 'called');
    },
    addKept: (personId) => ({ kind: 'sale', externalId: `deal-${addDeal(state, clock, personId, '45600')}` }),
    tooMany: {
      withHeader: { status: 429, headers: { 'retry-after': '1' }, body: { message: 'Too Many Requests' } },
      bare: { status: 429, body: { message: 'Too Many Requests' } },
    },
  };
});

const pulled = async (system: Awaited<ReturnType<typeof opened>>, stream: string) => {
  const records = [];
  for await (const page of system.pull(stream, null)) records.push(...page.records);
  return records;
};

test('who unsubscribed from the list comes as a no by a stream of its own, who is on it as a yes', async () => {
  const all = await start();
  const { id: stays } = addContact(all.state, all.clock, { email: 'ana@example.org' });
  const { id: leaves } = addContact(all.state, all.clock, { email: 'eva@example.org' });
  setMembership(all.state, leaves, '1', '2');
  const system = await opened(all);
  expect((await pulled(system, 'unsubscribed')).map(({ externalId, canonical }) => [externalId, canonical])).toEqual([
    [`no-${leaves}`, expect.objectContaining({ clientExternalId: leaves, answer: 'denied', channel: 'email' })],
  ]);
  expect((await pulled(system, 'subscribed')).map(({ externalId }) => externalId)).toEqual([`yes-${stays}`]);
  await all.twin.stop();
});

test('an opt-out leaves every list; a fresh yes names the list again with sourceid 4, without which nothing would change', async () => {
  const all = await start();
  const { id } = addContact(all.state, all.clock, { email: 'ana@example.org' });
  setMembership(all.state, id, '2', '1');
  const system = await opened(all);
  expect(await system.suppress(person(id), order)).toMatchObject({ result: 'applied' });
  expect(['1', '2'].map((list) => statusOf(all.state, id, list))).toEqual(['2', '2']);
  const bare = { contactList: { list: '1', contact: id, status: 1 } };
  await fetch(`${all.twin.url}/contactLists`, {
    method: 'POST',
    headers: { 'api-token': all.twin.apiToken, 'content-type': 'application/json' },
    body: JSON.stringify(bare),
  });
  expect(statusOf(all.state, id, '1')).toBe('2');
  expect(await system.unsuppress(person(id), { ...order, consentEventId: 'event' })).toMatchObject({ result: 'applied' });
  expect(['1', '2'].map((list) => statusOf(all.state, id, list))).toEqual(['1', '2']);
  await all.twin.stop();
});

test('a webhook of an unsubscription is read with the contact and its time; one that our own key caused is an echo', async () => {
  const all = await start();
  const { id } = addContact(all.state, all.clock, { email: 'ana@example.org' });
  const system = await opened(all);
  all.twin.emit('unsubscribe', id);
  all.twin.emit('unsubscribe', id, 'api');
  const [own, echo] = all.twin.webhooks();
  if (own === undefined || echo === undefined || system.receive === undefined) throw new Error('no webhook');
  expect(await system.receive(own)).toMatchObject({
    result: 'accepted',
    events: [
      { kind: 'consent', ref: person(id), consent: { channel: 'email', answer: 'denied' }, at: expect.any(String) as string },
    ],
  });
  expect(await system.receive(echo)).toMatchObject({ result: 'accepted', events: [], echoes: 1 });
  expect(await system.receive({ ...own, url: 'https://ficha.example/hooks/activecampaign' })).toMatchObject({
    result: 'refused',
    code: 'webhook-not-signed',
  });
  await all.twin.stop();
});

test('an erasure takes the notes first, deletes the contact by its consent records too, and leaves the deal', async () => {
  const all = await start();
  const { id } = addContact(all.state, all.clock, { email: 'ana@example.org', firstName: 'Ana' });
  addNote(all.state, all.clock, id, 'ana@example.org called');
  addDeal(all.state, all.clock, id, '45600');
  const system = await opened(all);
  const consent = { kind: 'consent', externalId: `yes-${id}` } as const;
  expect(await system.verify(consent)).toMatchObject({ result: 'present' });
  expect(await system.erase(consent, { key: 'k' })).toMatchObject({ result: 'done' });
  expect(await system.verify(consent)).toMatchObject({ result: 'gone' });
  expect(await system.verify(person(id))).toMatchObject({ result: 'gone' });
  expect(all.twin.dump()).not.toContain('ana@example.org');
  expect(all.state.deals.size).toBe(1);
  expect(all.twin.ledger.map(({ verb, subject }) => `${verb} ${subject.split('/')[0] ?? ''}`)).toEqual([
    'delete notes',
    'delete contacts',
  ]);
  await all.twin.stop();
});

test('notes come with their contact and can go by themselves; a deal that stays is blotted', async () => {
  const all = await start();
  const { state, clock } = all;
  const { id } = addContact(state, clock, { email: 'luis@example.org' });
  const note = addNote(state, clock, id, 'Ana Ruiz asks');
  const deal = addDeal(state, clock, id, '45600');
  Object.assign(state.deals.get(deal) ?? {}, { title: 'For Ana Ruiz' });
  const system = await opened(all);
  expect((await pulled(system, 'note')).map(({ canonical }) => canonical)).toEqual([
    expect.objectContaining({ clientExternalId: id, interactionKind: 'note', text: 'Ana Ruiz asks' }),
  ]);
  const kept = { kind: 'sale' as const, externalId: `deal-${deal}` };
  expect(JSON.stringify(await system.export(kept))).toContain('For Ana Ruiz');
  expect(await system.redact?.(kept, { key: 'k', texts: ['Ana Ruiz'] })).toMatchObject({ result: 'done' });
  expect(state.deals.get(deal)?.['title']).toBe('For […]');
  const ref = { kind: 'interaction' as const, externalId: `note-${note}` };
  expect(await system.erase(ref, { key: 'k' })).toMatchObject({ result: 'done' });
  expect((await system.verify(ref)).result).toBe('gone');
  await all.twin.stop();
});

test('orders of a connected shop come with its customer, who is found by address and goes with them', async () => {
  const all = await start();
  const { state, clock } = all;
  const customer = addCustomer(state, clock, 'Ana@example.org');
  const other = addCustomer(state, clock, 'luis@example.org');
  const bought = { orderNumber: '1001', totalPrice: '9111', currency: 'usd', externalCreatedDate: '2026-03-04T10:00:00-06:00' };
  const order = addOrder(state, clock, customer, bought);
  const others = addOrder(state, clock, other, { ...bought, state: '2' });
  const system = await opened(all);
  expect((await pulled(system, 'customer')).map(({ externalId, canonical }) => [externalId, canonical])).toEqual([
    [`customer-${customer}`, { emails: ['Ana@example.org'] }],
    [`customer-${other}`, { emails: ['luis@example.org'] }],
  ]);
  const sale = { saleKind: 'order', number: '1001', amountCents: 9_111, currency: 'USD', at: '2026-03-04T16:00:00.000Z' };
  expect((await pulled(system, 'order')).map(({ canonical }) => canonical)).toEqual([
    expect.objectContaining({ ...sale, clientExternalId: `customer-${customer}`, status: 'confirmed' }),
    expect.objectContaining({ ...sale, clientExternalId: `customer-${other}`, status: 'cancelled' }),
  ]);
  const ref = person(`customer-${customer}`);
  expect(await system.lookup([{ kind: 'email', value: 'ana@example.org' }])).toEqual([ref]);
  expect((await system.verify(ref)).result).toBe('present');
  expect(await system.erase(ref, { key: 'k' })).toMatchObject({ result: 'done', residue: [] });
  expect((await system.verify(ref)).result).toBe('gone');
  expect((await system.verify({ kind: 'sale', externalId: `order-${order}` })).result).toBe('gone');
  expect([...state.orders.keys()]).toEqual([others]);
  await all.twin.stop();
});
