import { expect, test } from 'vitest';
import { describeConnector } from '../../test/acceptance/describe-connector.ts';
import { addItem, changeItem, emailOf, type Item, type Kind, shown } from '../../test/twins/dolibarr/store.ts';
import { startDolibarrTwin } from '../../test/twins/dolibarr.ts';
import { loadConnectors } from '../kit/registry.ts';

const start = async () => {
  const twin = await startDolibarrTwin();
  const { state, clock } = twin;
  const add = (kind: Kind, values: Readonly<Record<string, unknown>>): string => addItem(state, clock, kind, values);
  const contact = (id: string): Item => {
    const found = state.items.contacts.get(id);
    if (found === undefined) throw new Error('no such contact');
    return found;
  };
  const secrets: Readonly<Record<string, string>> = { apiKey: twin.apiKey, webhookToken: twin.webhookToken };
  return { twin, state, clock, add, contact, config: { url: twin.url, callsPerMinute: 100_000 }, secrets };
};

const opened = async ({ twin, config, secrets }: Awaited<ReturnType<typeof start>>) => {
  const connector = (await loadConnectors()).get('dolibarr');
  if (connector === undefined) throw new Error('connectors/dolibarr is not there');
  return connector.open({
    systemId: 'dolibarr-under-test',
    config,
    secret: (name) => secrets[name] ?? '',
    signal: new AbortController().signal,
    now: () => twin.clock.now(),
  });
};

describeConnector('dolibarr', async () => {
  const { twin, state, clock, add, contact, config, secrets } = await start();
  return {
    twin,
    config,
    secrets,
    stream: 'contact',
    pageSize: 100,
    addPerson: ({ givenName, familyName, email }) =>
      add('contacts', { firstname: givenName, lastname: familyName, email, socid: null, phone_pro: '' }),
    changePerson: (id, { givenName }) => changeItem(clock, contact(id), { firstname: givenName }),
    removePerson: (id) => void state.items.contacts.delete(id),
    mergePeople: (_, loser) => void state.items.contacts.delete(loser),
    holds: (id) =>
      state.items.contacts.has(id) || [...state.items.agendaevents.values()].some((event) => event['fk_contact'] === id),
    addChildren: (personId, count) => {
      for (let made = 0; made < count; made += 1)
        add('agendaevents', { fk_contact: personId, label: 'Call', datep: 1_770_000_000 });
    },
    addField: (id) => changeItem(clock, contact(id), { brand_new: 'new-field-of-the-vendor' }),
    retypeField: (id) => changeItem(clock, contact(id), { email: { address: 'canary' } }),
    isOptedOut: (id) => state.unsubscribed.has(emailOf(state.items.contacts.get(id))),
    optOut: (id) => {
      state.unsubscribed.add(emailOf(contact(id)));
      twin.trigger('CONTACT_MODIFY', shown(state, 'contacts', contact(id)));
    },
    refuseSilently: () => {
      state.deaf = 1;
    },
    withoutRight: () => void twin.lacking.add('/tickets'),
    webhooks: () => twin.webhooks(),
    addText: (_, text) => ({
      kind: 'interaction' as const,
      externalId: `ticket-${add('tickets', { socid: '1', subject: 'Order', message: text })}`,
    }),
    textOf: ({ externalId }) => {
      const text = state.items.tickets.get(externalId.slice('ticket-'.length))?.['message'];
      return typeof text === 'string' ? text : '';
    },
    addKept: () => ({ kind: 'sale' as const, externalId: `invoice-${add('invoices', { socid: '1', total_ttc: '12.10' })}` }),
    tooMany: { withHeader: { status: 429, headers: { 'retry-after': '1' }, body: {} } },
  };
});

test('the opt-out of an erased contact does not outlive it under its address', async () => {
  const all = await start();
  const id = all.add('contacts', { firstname: 'Ana', lastname: 'Ruiz', email: 'Ana@example.org' });
  all.state.unsubscribed.add('ana@example.org');
  expect(await (await opened(all)).erase({ kind: 'person', externalId: id }, { key: 'k' })).toMatchObject({ result: 'done' });
  expect(all.twin.dump()).not.toContain('ana@example.org');
  await all.twin.stop();
});

test('a private individual with an invoice is emptied and closed, and the invoice stays', async () => {
  const all = await start();
  const id = all.add('thirdparties', { name: 'Ana Ruiz', email: 'ana@example.org', typent_code: 'TE_PRIVATE', status: '1' });
  all.add('invoices', { socid: id, total_ttc: '12.10' });
  const system = await opened(all);
  const ref = { kind: 'person' as const, externalId: `thirdparty-${id}` };
  expect(await system.lookup([{ kind: 'email', value: 'ANA@example.org' }])).toEqual([ref]);
  const erased = await system.erase(ref, { key: 'k' });
  expect(erased.result).toBe('partial');
  expect(erased.residue[0]?.due).toMatch(/^\d{4}-/);
  expect(all.state.items.thirdparties.get(id)).toMatchObject({ name: '[erased]', email: '', status: 0 });
  expect((await system.verify(ref)).result).toBe('gone');
  expect(all.state.items.invoices.size).toBe(1);
  await all.twin.stop();
});

test('a path that is not there is an error, not an empty list that would look like a deletion of everybody', async () => {
  const all = await start();
  all.twin.fault({ kind: 'answer', answer: { status: 404, body: { error: { code: 404, message: 'Not Found' } } } });
  const pull = async () => {
    for await (const page of (await opened(all)).pull('contact', null)) if (page.last) return page;
    return undefined;
  };
  await expect(pull()).rejects.toMatchObject({ code: 'not-found' });
  await all.twin.stop();
});

test('proposals, orders and the agenda come with whom they belong to; a proposal can go, an order stays', async () => {
  const all = await start();
  const person = all.add('thirdparties', { name: 'Ana Ruiz', email: 'ana@example.org', typent_code: 'TE_PRIVATE' });
  const paper = { socid: person, ref: 'X-1', total_ttc: '12.10', date: 1_770_000_000, multicurrency_code: 'EUR' };
  const proposal = all.add('proposals', { ...paper, statut: '2' });
  const order = all.add('orders', { ...paper, statut: '1' });
  const event = all.add('agendaevents', {
    fk_soc: person,
    socid: person,
    type_code: 'AC_TEL',
    label: 'Call',
    note_private: 'Ana Ruiz calls',
    datep: 1_770_000_000,
  });
  const system = await opened(all);
  const pulled = async (stream: string) => {
    const records = [];
    for await (const page of system.pull(stream, null)) records.push(...page.records);
    return records.map(({ externalId, canonical }) => [externalId, canonical]);
  };
  const clientExternalId = `thirdparty-${person}`;
  const quote = { clientExternalId, saleKind: 'quote', status: 'accepted', amountCents: 1_210 };
  expect(await pulled('proposal')).toEqual([[`proposal-${proposal}`, expect.objectContaining(quote)]]);
  expect(await pulled('order')).toEqual([
    [`order-${order}`, expect.objectContaining({ clientExternalId, saleKind: 'order', status: 'confirmed' })],
  ]);
  const call = { clientExternalId, interactionKind: 'call', subject: 'Call', text: 'Ana Ruiz calls' };
  expect(await pulled('event')).toEqual([[`event-${event}`, expect.objectContaining(call)]]);
  const ref = { kind: 'interaction' as const, externalId: `event-${event}` };
  expect(await system.redact?.(ref, { key: 'k', texts: ['Ana Ruiz'] })).toMatchObject({ result: 'done' });
  expect(all.state.items.agendaevents.get(event)?.['note_private']).toBe('[…] calls');
  const kept = await system.erase({ kind: 'sale', externalId: `order-${order}` }, { key: 'k' });
  expect(kept).toMatchObject({ result: 'refused', code: 'kept-by-law' });
  const gone = { kind: 'sale' as const, externalId: `proposal-${proposal}` };
  expect((await system.verify(gone)).result).toBe('present');
  expect(await system.erase(gone, { key: 'k' })).toMatchObject({ result: 'done' });
  expect((await system.verify(gone)).result).toBe('gone');
  await all.twin.stop();
});

test('a private individual kept as a third party opts out, is read back, and leaves no mark behind', async () => {
  const all = await start();
  const id = all.add('thirdparties', { name: 'Ana Ruiz', email: 'ana@example.org', typent_code: 'TE_PRIVATE', status: '1' });
  const system = await opened(all);
  const ref = { kind: 'person' as const, externalId: `thirdparty-${id}` };
  const order = { channel: 'email' as const, purpose: 'marketing', key: 'k' };
  expect(await system.suppress(ref, order)).toMatchObject({ result: 'applied' });
  expect(all.state.unsubscribed.has('ana@example.org')).toBe(true);
  expect(await system.erase(ref, { key: 'k' })).toMatchObject({ result: 'done' });
  expect(all.twin.dump()).not.toContain('ana@example.org');
  await all.twin.stop();
});

test('the files of a third party go with it, and are looked for; those of another stay', async () => {
  const all = await start();
  const { state } = all;
  const person = { name: 'Ana Ruiz', email: 'ana@example.org', typent_code: 'TE_PRIVATE', status: '1' };
  const [id, other] = [all.add('thirdparties', person), all.add('thirdparties', { ...person, email: 'luis@example.org' })];
  all.add('invoices', { socid: id, total_ttc: '12.1' });
  state.files.set(id, ['DNI Ana Ruiz.pdf', 'contract.pdf']);
  state.files.set(other, ['contract.pdf']);
  const system = await opened(all);
  const ref = { kind: 'person' as const, externalId: `thirdparty-${id}` };
  expect(await system.erase(ref, { key: 'k' })).toMatchObject({ result: 'partial' });
  expect([...state.files.values()]).toEqual([[], ['contract.pdf']]);
  expect((await system.verify(ref)).result).toBe('gone');
  state.files.set(id, ['left.pdf']);
  expect(await system.verify(ref)).toMatchObject({ result: 'present', residue: [{ where: 'Dolibarr: files of third parties' }] });
  await all.twin.stop();
});
