import { expect, test } from 'vitest';
import { describeConnector } from '../../test/acceptance/describe-connector.ts';
import {
  addCompany,
  addContact,
  addConversation,
  addPart,
  addTicket,
  changeContact,
  type Contact,
  mergeContacts,
  redactedBody,
} from '../../test/twins/intercom/store.ts';
import { startIntercomTwin } from '../../test/twins/intercom.ts';
import { loadConnectors } from '../kit/registry.ts';

const start = async () => {
  const twin = await startIntercomTwin();
  const { state, clock } = twin;
  const contact = (id: string): Contact => {
    const found = state.contacts.get(id);
    if (found === undefined) throw new Error('no such contact');
    return found;
  };
  const secrets: Readonly<Record<string, string>> = { token: twin.token, clientSecret: twin.clientSecret };
  return { twin, state, clock, contact, config: { url: twin.url, callsPerMinute: 100_000, adminId: twin.adminId }, secrets };
};

const opened = async ({ twin, config, secrets }: Awaited<ReturnType<typeof start>>) => {
  const connector = (await loadConnectors()).get('intercom');
  if (connector === undefined) throw new Error('connectors/intercom is not there');
  return connector.open({
    systemId: 'intercom-under-test',
    config,
    secret: (name) => secrets[name] ?? '',
    signal: new AbortController().signal,
    now: () => twin.clock.now(),
  });
};

describeConnector('intercom', async () => {
  const { twin, state, clock, contact, config, secrets } = await start();
  return {
    twin,
    config,
    secrets,
    stream: 'person',
    pageSize: 150,
    writes: { path: /^\/(contacts|conversations|tickets)\/\d+$/ },
    addPerson: ({ givenName, familyName, email }) => addContact(state, clock, { name: `${givenName} ${familyName}`, email }).id,
    changePerson: (id, { givenName }) => changeContact(clock, contact(id), { name: givenName }),
    removePerson: (id) => void state.contacts.delete(id),
    mergePeople: (winner, loser) => mergeContacts(state, clock, contact(winner), contact(loser)),
    holds: (id) =>
      state.contacts.has(id) ||
      [...state.conversations.values()].some(({ contactId }) => contactId === id) ||
      [...state.tickets.values()].some(({ contacts }) => contacts.contacts.some((one) => one.id === id)),
    addField: (id) => changeContact(clock, contact(id), { brand_new: 'new-field-of-the-vendor' }),
    retypeField: (id) => changeContact(clock, contact(id), { email: { address: 'canary' } as unknown as string }),
    isOptedOut: (id) => contact(id).unsubscribed_from_emails,
    optOut: (id) => {
      changeContact(clock, contact(id), { unsubscribed_from_emails: true });
      twin.emit('contact.unsubscribed', { type: 'contact_unsubscribed', contact: { id } });
    },
    refuseSilently: () => {
      state.deaf = 1;
    },
    withoutRight: () => void twin.lacking.add('/contacts/search'),
    webhooks: () => twin.webhooks(),
    addChildren: (personId, count) => {
      for (let made = 0; made < count; made += 1) {
        addConversation(state, clock, personId, 'hello');
        addTicket(state, clock, personId, { title: 'Order', description: 'hello' });
      }
    },
    addText: (personId, text) => ({
      kind: 'interaction',
      externalId: `conversation-${addConversation(state, clock, personId, text).id}`,
    }),
    textOf: ({ externalId }) => state.conversations.get(externalId.slice('conversation-'.length))?.source.body ?? '',
    blotsWhole: redactedBody,
    tooMany: {
      withHeader: {
        status: 429,
        headers: { 'x-ratelimit-reset': String(Math.ceil(clock.now().getTime() / 1_000) + 1) },
        body: { type: 'error.list', errors: [{ code: 'rate_limit_exceeded' }] },
      },
      bare: { status: 429, body: { type: 'error.list' } },
    },
  };
});

test('an opt-out touches the flag alone: to attach a subscription type that is opt-in would say yes for the person', async () => {
  const all = await start();
  const { id } = addContact(all.state, all.clock, { name: 'Ana Ruiz', email: 'ana@example.org' });
  const suppressed = await (await opened(all)).suppress(
    { kind: 'person', externalId: id },
    { channel: 'email', purpose: 'marketing', key: 'k' },
  );
  expect(suppressed.result).toBe('applied');
  expect(all.twin.seen.filter(({ path }) => path.includes('subscriptions'))).toEqual([]);
  expect(all.contact(id).unsubscribed_from_emails).toBe(true);
  await all.twin.stop();
});

test('an erasure deletes the conversations, which would outlive the contact', async () => {
  const all = await start();
  const { id } = addContact(all.state, all.clock, { name: 'Ana Ruiz', email: 'ana@example.org' });
  addConversation(all.state, all.clock, id, 'I am Ana, my number is 600111222');
  expect(await (await opened(all)).erase({ kind: 'person', externalId: id }, { key: 'k' })).toMatchObject({ result: 'done' });
  expect(all.state.conversations.size).toBe(0);
  expect(all.twin.dump()).not.toContain('600111222');
  await all.twin.stop();
});

test('companies and conversations come with whom they belong to; a conversation can go by itself', async () => {
  const all = await start();
  const { state, clock } = all;
  const company = addCompany(state, clock, 'Muebles Roble');
  const person = addContact(state, clock, { name: 'Ana Ruiz', email: 'ana@example.org' });
  changeContact(clock, person, { companies: { data: [{ id: company.id }] } });
  const talk = addConversation(state, clock, person.id, 'Soy Ana');
  const system = await opened(all);
  const pulled = async (stream: string): Promise<unknown[]> => {
    const records = [];
    for await (const page of system.pull(stream, null)) records.push(...page.records);
    return records.filter(({ kind }) => kind !== 'consent').map(({ canonical }) => canonical);
  };
  expect(await pulled('company')).toEqual([{ companyName: 'Muebles Roble' }]);
  expect(await pulled('person')).toEqual([expect.objectContaining({ companyExternalId: `company-${company.id}` })]);
  const said = { clientExternalId: person.id, interactionKind: 'chat', status: 'open', text: 'Soy Ana' };
  expect(await pulled('conversation')).toEqual([expect.objectContaining(said)]);
  const ref = { kind: 'interaction', externalId: `conversation-${talk.id}` } as const;
  expect(await system.verify(ref)).toMatchObject({ result: 'present' });
  expect(await system.erase(ref, { key: 'k' })).toMatchObject({ result: 'done' });
  expect(await system.verify(ref)).toMatchObject({ result: 'gone' });
  await all.twin.stop();
});

test('of a conversation only the messages that name the person are blotted; one that Intercom refuses is told as left', async () => {
  const all = await start();
  const { state, clock } = all;
  const asker = addContact(state, clock, { name: 'Luis Pons', email: 'luis@example.org' });
  const talk = addConversation(state, clock, asker.id, 'My order is late.');
  talk.title = 'About Ana Ruiz';
  const named = addPart(state, talk, 'Ana Ruiz has it.');
  const other = addPart(state, talk, 'It is on its way.');
  const system = await opened(all);
  const ref = { kind: 'interaction' as const, externalId: `conversation-${talk.id}` };
  expect(await system.redact?.(ref, { key: 'k', texts: ['Ana Ruiz'] })).toMatchObject({ result: 'done' });
  expect([talk.title, talk.source.body, named.body, other.body]).toEqual([
    'About […]',
    'My order is late.',
    redactedBody,
    'It is on its way.',
  ]);
  const ours = addConversation(state, clock, asker.id, 'Campaign for Ana Ruiz');
  Object.assign(ours.source, { author: { type: 'admin', id: '991' } });
  const refused = await system.redact?.(
    { kind: 'interaction', externalId: `conversation-${ours.id}` },
    { key: 'k', texts: ['Ana Ruiz'] },
  );
  expect(refused).toMatchObject({ result: 'partial' });
  await all.twin.stop();
});

test('tickets come with whom they belong to, are blotted in title and description, and can go by themselves', async () => {
  const all = await start();
  const { state, clock } = all;
  const asker = addContact(state, clock, { name: 'Luis Pons', email: 'luis@example.org' });
  const ticket = addTicket(state, clock, asker.id, { title: 'For Ana Ruiz', description: 'Ana Ruiz waits.' });
  const system = await opened(all);
  const pages = [];
  for await (const one of system.pull('ticket', null)) pages.push(one);
  const [page] = pages;
  const said = { clientExternalId: asker.id, interactionKind: 'ticket', status: 'open', subject: 'For Ana Ruiz' };
  expect(page?.records[0]).toMatchObject({ externalId: `ticket-${ticket.id}`, canonical: said });
  const ref = { kind: 'interaction' as const, externalId: `ticket-${ticket.id}` };
  expect(await system.redact?.(ref, { key: 'k', texts: ['Ana Ruiz'] })).toMatchObject({ result: 'done' });
  expect(ticket.ticket_attributes).toEqual({ _default_title_: 'For […]', _default_description_: '[…] waits.' });
  expect(await system.verify(ref)).toMatchObject({ result: 'present' });
  expect(await system.erase(ref, { key: 'k' })).toMatchObject({ result: 'done' });
  expect(await system.verify(ref)).toMatchObject({ result: 'gone' });
  await all.twin.stop();
});
