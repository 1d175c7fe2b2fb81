import { expect, test } from 'vitest';
import { describeConnector } from '../../test/acceptance/describe-connector.ts';
import { addContact, addressOf, changeContact, type Contact } from '../../test/twins/brevo/store.ts';
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
    holds: (id) => state.contacts.has(Number(id)),
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
