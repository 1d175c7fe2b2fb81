import { expect, test } from 'vitest';
import { describeConnector } from '../../test/acceptance/describe-connector.ts';
import {
  addCompany,
  addContact,
  addDeal,
  addNote,
  addOrder,
  addressOf,
  changeContact,
  type Contact,
  mergeContacts,
} from '../../test/twins/brevo/store.ts';
import { startBrevoTwin } from '../../test/twins/brevo.ts';
import { loadConnectors } from '../kit/registry.ts';

const start = async () => {
  const twin = await startBrevoTwin();
  const { state, clock } = twin;
  const contact = (id: string): Contact => {
    const found = state.contacts.get(Number(id));
    if (found === undefined) throw new Error('no such contact');
    return found;
  };
  const secrets: Readonly<Record<string, string>> = { apiKey: twin.apiKey, webhookToken: twin.webhookToken };
  return { twin, state, clock, contact, config: { url: twin.url, callsPerSecond: 10_000 }, secrets };
};

const opened = async ({ twin, config, secrets }: Awaited<ReturnType<typeof start>>) => {
  const connector = (await loadConnectors()).get('brevo');
  if (connector === undefined) throw new Error('connectors/brevo is not there');
  return connector.open({
    systemId: 'brevo-under-test',
    config,
    secret: (name) => secrets[name] ?? '',
    signal: new AbortController().signal,
    now: () => twin.clock.now(),
  });
};

describeConnector('brevo', async () => {
  const { twin, state, clock, contact, config, secrets } = await start();
  return {
    twin,
    config,
    secrets,
    stream: 'person',
    pageSize: 1_000,
    addPerson: ({ givenName, familyName, email }) =>
      String(addContact(state, clock, { email, FIRSTNAME: givenName, LASTNAME: familyName }).id),
    changePerson: (id, { givenName }) =>
      changeContact(clock, contact(id), { attributes: { ...contact(id).attributes, FIRSTNAME: givenName } }),
    removePerson: (id) => void state.contacts.delete(Number(id)),
    mergePeople: (winner, loser) => mergeContacts(state, clock, contact(winner), contact(loser)),
    holds: (id) =>
      state.contacts.has(Number(id)) || [...state.notes.values()].some(({ contactIds }) => contactIds.includes(Number(id))),
    addChildren: (personId, count) => {
      for (let made = 0; made < count; made += 1) addNote(state, clock, Number(personId), 'Called.');
    },
    addKept: (personId) => ({ kind: 'sale', externalId: `order-${addOrder(state, clock, contact(personId)).id}` }),
    addText: (personId, text) => ({
      kind: 'interaction',
      externalId: `note-${addNote(state, clock, Number(personId), text).id}`,
    }),
    textOf: ({ externalId }) => state.notes.get(externalId.slice('note-'.length))?.text ?? '',
    addField: (id) => changeContact(clock, contact(id), { brand_new: 'new-field-of-the-vendor' }),
    retypeField: (id) => changeContact(clock, contact(id), { email: { address: 'canary' } as unknown as string }),
    isOptedOut: (id) => state.blockedEmails.has(addressOf(contact(id))),
    optOut: (id) => {
      state.blockedEmails.add(addressOf(contact(id)));
      changeContact(clock, contact(id), {});
      twin.emit('unsubscribe', contact(id).email);
    },
    refuseSilently: () => {
      state.deaf = 1;
    },
    withoutRight: () => void twin.lacking.add('/contacts'),
    webhooks: () => twin.webhooks(),
    tooMany: {
      withHeader: { status: 429, headers: { 'x-sib-ratelimit-reset': '1' }, body: { code: 'too_many_requests' } },
      bare: { status: 429, body: { code: 'too_many_requests' } },
    },
  };
});

test('a new address at the vendor is no yes: the mark of the old one is lost, and nothing says that contact is allowed', async () => {
  const all = await start();
  const { id } = addContact(all.state, all.clock, { email: 'ana@example.org', FIRSTNAME: 'Ana' });
  all.state.blockedEmails.add('ana@example.org');
  const system = await opened(all);
  const answers = async () => {
    const pages = [];
    for await (const page of system.pull('person', null)) pages.push(page);
    const consents = pages.flatMap(({ records }) => records).filter(({ kind }) => kind === 'consent');
    return consents.map(({ canonical }) => (canonical as { readonly answer?: string }).answer);
  };
  expect(await answers()).toEqual(['denied']);
  changeContact(all.clock, all.contact(String(id)), { email: 'ana.new@example.org' });
  expect(await answers()).not.toContain('granted');
  await all.twin.stop();
});

test('an erasure takes the log of mail with it, and the mark is lost with the contact', async () => {
  const all = await start();
  const { id } = addContact(all.state, all.clock, { email: 'ana@example.org', FIRSTNAME: 'Ana' });
  all.state.blockedEmails.add('ana@example.org');
  all.state.sentTo.add('ana@example.org');
  const erased = await (await opened(all)).erase({ kind: 'person', externalId: String(id) }, { key: 'k' });
  expect(erased).toMatchObject({ result: 'done' });
  expect(all.twin.dump()).not.toContain('ana@example.org');
  await all.twin.stop();
});

test('companies, orders, deals and notes come with whom they belong to; orders by what changed', async () => {
  const all = await start();
  const { state, clock } = all;
  const person = addContact(state, clock, { email: 'ana@example.org', FIRSTNAME: 'Ana' });
  const clientExternalId = String(person.id);
  addCompany(state, clock, 'Muebles Roble');
  addDeal(state, clock, person.id, 1_200.5);
  addOrder(state, clock, person);
  addNote(state, clock, person.id, 'Wants a kitchen');
  const system = await opened(all);
  const pulled = async (stream: string, cursor: Parameters<typeof system.pull>[1] = null) => {
    const pages = [];
    for await (const page of system.pull(stream, cursor)) pages.push(page);
    return pages;
  };
  const said = async (stream: string) =>
    (await pulled(stream)).flatMap(({ records }) => records.map(({ canonical }) => canonical));
  expect(await said('company')).toEqual([{ companyName: 'Muebles Roble' }]);
  const order = { clientExternalId, saleKind: 'order', status: 'paid', amountCents: 4_990, currency: 'EUR' };
  expect(await said('order')).toEqual([expect.objectContaining(order)]);
  const deal = { clientExternalId, saleKind: 'order', status: 'confirmed', amountCents: 120_050 };
  expect(await said('deal')).toEqual([expect.objectContaining(deal)]);
  expect(await said('note')).toEqual([
    expect.objectContaining({ clientExternalId, interactionKind: 'note', text: 'Wants a kitchen' }),
  ]);
  const first = await pulled('order');
  clock.advance('2d');
  const later = addOrder(state, clock, person);
  const idsOf = (pages: typeof first): string[] => pages.flatMap(({ records }) => records.map(({ externalId }) => externalId));
  const second = await pulled('order', first.at(-1)?.cursor);
  expect(idsOf(second)).toContain(`order-${later.id}`);
  expect(idsOf(await pulled('order', second.at(-1)?.cursor))).toEqual([`order-${later.id}`]); // within the look-back
  await all.twin.stop();
});

test('a note can go by itself, and is told as gone', async () => {
  const all = await start();
  const { id } = addContact(all.state, all.clock, { email: 'ana@example.org', FIRSTNAME: 'Ana' });
  const ref = { kind: 'interaction' as const, externalId: `note-${addNote(all.state, all.clock, id, 'x').id}` };
  const system = await opened(all);
  expect((await system.verify(ref)).result).toBe('present');
  expect(await system.erase(ref, { key: 'k' })).toMatchObject({ result: 'done' });
  expect((await system.verify(ref)).result).toBe('gone');
  await all.twin.stop();
});
