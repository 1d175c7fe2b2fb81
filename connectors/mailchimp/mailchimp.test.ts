import { expect, test } from 'vitest';
import { describeConnector } from '../../test/acceptance/describe-connector.ts';
import { addMember, changeMember, type Member } from '../../test/twins/mailchimp/store.ts';
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
  return { twin, state, clock, member, config: { url: twin.url, audience: twin.audience, callsPerMinute: 100_000 }, secrets };
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
