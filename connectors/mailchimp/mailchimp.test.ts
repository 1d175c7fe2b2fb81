import { expect, test } from 'vitest';
import { describeConnector } from '../../test/acceptance/describe-connector.ts';
import { addMember, addOrder, changeMember, type Member } from '../../test/twins/mailchimp/store.ts';
import { startMailchimpTwin } from '../../test/twins/mailchimp.ts';
import { loadConnectors } from '../kit/registry.ts';

const start = async () => {
  const twin = await startMailchimpTwin();
  const { state, clock } = twin;
  const member = (id: string): Member => {
    const found = state.members.get(id);
    if (found === undefined) throw new Error('no such member');
    return found;
  };
  const secrets: Readonly<Record<string, string>> = { apiKey: twin.apiKey, webhookToken: twin.webhookToken };
  return {
    twin,
    state,
    clock,
    member,
    config: { url: twin.url, audience: twin.audience, store: twin.store, callsPerMinute: 100_000 },
    secrets,
  };
};

const opened = async ({ twin, config, secrets }: Awaited<ReturnType<typeof start>>) => {
  const connector = (await loadConnectors()).get('mailchimp');
  if (connector === undefined) throw new Error('connectors/mailchimp is not there');
  return connector.open({
    systemId: 'mailchimp-under-test',
    config,
    secret: (name) => secrets[name] ?? '',
    signal: new AbortController().signal,
    now: () => twin.clock.now(),
  });
};

const pagesOf = async <Page>(pages: AsyncIterable<Page>): Promise<readonly Page[]> => {
  const all: Page[] = [];
  for await (const page of pages) all.push(page);
  return all;
};

describeConnector('mailchimp', async () => {
  const { twin, state, clock, member, config, secrets } = await start();
  return {
    twin,
    config,
    secrets,
    stream: 'person',
    pageSize: 1_000,
    addPerson: ({ givenName, familyName, email }) =>
      addMember(state, clock, { email, FNAME: givenName, LNAME: familyName }).contact_id,
    changePerson: (id, { givenName }) =>
      changeMember(clock, member(id), { merge_fields: { ...member(id).merge_fields, FNAME: givenName } }),
    removePerson: (id) => void state.members.delete(id),
    holds: (id) => state.members.has(id),
    addField: (id) => changeMember(clock, member(id), { brand_new: 'new-field-of-the-vendor' }),
    retypeField: (id) => changeMember(clock, member(id), { email_address: { address: 'canary' } as unknown as string }),
    isOptedOut: (id) => state.members.get(id)?.status === 'unsubscribed',
    optOut: (id) => {
      state.unsubscribedThemselves.add(id);
      changeMember(clock, member(id), { status: 'unsubscribed' });
      twin.emit('unsubscribe', { action: 'unsub', reason: 'manual', email: member(id).email_address });
    },
    refuseSilently: () => {
      state.deaf = 1;
    },
    withoutRight: () => void twin.lacking.add(`/lists/${twin.audience}`),
    webhooks: () => twin.webhooks(),
    tooMany: { bare: { status: 429, body: { title: 'Too Many Requests', status: 429 } } },
  };
});

test('an archived member counts as a no: archiving forgets that it had unsubscribed, and an import would bring it back', async () => {
  const all = await start();
  const { contact_id: id } = addMember(all.state, all.clock, { email: 'ana@example.org', FNAME: 'Ana' });
  changeMember(all.clock, all.member(id), { status: 'unsubscribed' });
  changeMember(all.clock, all.member(id), { status: 'archived' });
  const system = await opened(all);
  const pages = [];
  for await (const page of system.pull('person', null)) pages.push(page);
  const consents = pages.flatMap(({ records }) => records).filter(({ kind }) => kind === 'consent');
  expect(consents.map(({ canonical }) => (canonical as { readonly answer?: string }).answer)).toEqual(['denied']);
  await all.twin.stop();
});

test('erasing deletes for good and does not archive', async () => {
  const all = await start();
  const { contact_id: id } = addMember(all.state, all.clock, { email: 'ana@example.org', FNAME: 'Ana' });
  expect(await (await opened(all)).erase({ kind: 'person', externalId: id }, { key: 'k' })).toMatchObject({ result: 'done' });
  expect(all.state.forgotten.size).toBe(1);
  expect(all.twin.dump()).not.toContain('ana@example.org');
  await all.twin.stop();
});

test("a shop's customers and orders come, are found by address, and go in an erasure, orders first; without a shop there are none", async () => {
  const all = await start();
  const { state, clock } = all;
  addOrder(state, clock, { id: 'c1', email: 'ana@example.org', firstName: 'Ana', lastName: 'Ruiz' });
  addOrder(state, clock, { id: 'c2', email: 'luis@example.org', firstName: 'Luis', lastName: 'Pons' });
  const system = await opened(all);
  const pulled = async (stream: string, from = system) => {
    const records = [];
    for await (const page of from.pull(stream, null)) records.push(...page.records);
    return records.map(({ externalId, canonical }) => [externalId, canonical]);
  };
  expect(await pulled('customer')).toContainEqual([
    'customer-c1',
    { givenName: 'Ana', familyName: 'Ruiz', emails: ['ana@example.org'] },
  ]);
  const bought = { clientExternalId: 'customer-c1', saleKind: 'order', status: 'paid', amountCents: 4_990, currency: 'EUR' };
  expect(await pulled('order')).toContainEqual(['order-order-1', expect.objectContaining(bought)]);
  const [ref = { kind: 'person' as const, externalId: '' }] = await system.lookup([{ kind: 'email', value: 'ANA@example.org' }]);
  expect(ref.externalId).toBe('customer-c1');
  expect((await system.verify(ref)).result).toBe('present');
  expect(await system.erase(ref, { key: 'k' })).toMatchObject({ result: 'done' });
  expect((await system.verify(ref)).result).toBe('gone');
  expect(all.twin.ledger.map(({ verb, subject }) => `${verb} ${subject}`)).toEqual([
    'delete orders/order-1',
    'delete customers/c1',
  ]);
  expect(all.twin.dump()).not.toContain('ana@example.org');
  expect(await system.erase({ kind: 'sale', externalId: 'order-order-2' }, { key: 'k' })).toMatchObject({ result: 'done' });
  const { store: _, ...shopless } = all.config;
  const without = await opened({ ...all, config: shopless as typeof all.config });
  expect(await pulled('order', without)).toEqual([]);
  expect(await without.lookup([{ kind: 'email', value: 'luis@example.org' }])).toEqual([]);
  await all.twin.stop();
});

test('what a member says of text messages comes with the pull', async () => {
  const all = await start();
  const { contact_id: id } = addMember(all.state, all.clock, { email: 'ana@example.org', FNAME: 'Ana' });
  changeMember(all.clock, all.member(id), { sms_phone_number: '+34600111222', sms_subscription_status: 'unsubscribed' });
  const [page] = await pagesOf((await opened(all)).pull('person', null));
  expect(page?.records.map(({ canonical }) => canonical)).toContainEqual(
    expect.objectContaining({ clientExternalId: id, channel: 'sms', answer: 'denied' }),
  );
  await all.twin.stop();
});
