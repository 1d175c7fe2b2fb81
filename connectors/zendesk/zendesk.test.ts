import { expect, test } from 'vitest';
import { describeConnector } from '../../test/acceptance/describe-connector.ts';
import {
  addComment,
  addOrganization,
  addTicket,
  addUser,
  changeUser,
  mergeUsers,
  type User,
} from '../../test/twins/zendesk/store.ts';
import { startZendeskTwin } from '../../test/twins/zendesk.ts';
import { loadConnectors } from '../kit/registry.ts';

const optOutField = 'no_marketing';

const start = async () => {
  const twin = await startZendeskTwin();
  const { state, clock } = twin;
  const user = (id: string): User => {
    const found = state.users.get(Number(id));
    if (found === undefined) throw new Error('no such user');
    return found;
  };
  const config = { url: twin.url, email: twin.email, callsPerMinute: 100_000, optOutField };
  const secrets: Readonly<Record<string, string>> = { apiToken: twin.apiToken, webhookSecret: twin.webhookSecret };
  return { twin, state, clock, user, config, secrets };
};

const opened = async ({ twin, config, secrets }: Awaited<ReturnType<typeof start>>) => {
  const connector = (await loadConnectors()).get('zendesk');
  if (connector === undefined) throw new Error('connectors/zendesk is not there');
  return connector.open({
    systemId: 'zendesk-under-test',
    config,
    secret: (name) => secrets[name] ?? '',
    signal: new AbortController().signal,
    now: () => twin.clock.now(),
  });
};

describeConnector('zendesk', async () => {
  const { twin, state, clock, user, config, secrets } = await start();
  return {
    twin,
    config,
    secrets,
    stream: 'person',
    pageSize: 1_000,
    addPerson: ({ givenName, familyName, email }) =>
      String(addUser(state, clock, { name: `${givenName} ${familyName}`, email }).id),
    changePerson: (id, { givenName }) => changeUser(clock, user(id), { name: givenName }),
    removePerson: (id) => changeUser(clock, user(id), { active: false }),
    mergePeople: (winner, loser) => mergeUsers(state, clock, user(winner), user(loser)),
    holds: (id) =>
      state.users.has(Number(id)) || [...state.tickets.values()].some(({ requester_id: requester }) => requester === Number(id)),
    addField: (id) => changeUser(clock, user(id), { brand_new: 'new-field-of-the-vendor' }),
    retypeField: (id) => changeUser(clock, user(id), { email: { address: 'canary' } as unknown as string }),
    isOptedOut: (id) => user(id).user_fields[optOutField] === true,
    optOut: (id) => {
      changeUser(clock, user(id), { user_fields: { [optOutField]: true } });
      twin.emit('custom_field_changed', Number(id));
    },
    refuseSilently: () => {
      state.deaf = 1;
    },
    withoutRight: () => void twin.lacking.add('/api/v2/incremental/users/cursor'),
    webhooks: () => twin.webhooks(),
    addChildren: (personId, count) => {
      for (let made = 0; made < count; made += 1) addTicket(state, clock, Number(personId), 'x');
    },
    addText: (personId, text) => ({
      kind: 'interaction',
      externalId: `ticket-${addTicket(state, clock, Number(personId), text).id}`,
    }),
    textOf: ({ externalId }) => state.tickets.get(Number(externalId.slice('ticket-'.length)))?.description ?? '',
    blots: (word) => '▇'.repeat(word.length),
    tooMany: { withHeader: { status: 429, headers: { 'retry-after': '1' }, body: { error: 'APIRateLimitExceeded' } } },
  };
});

test('an erasure deletes tickets and user twice: hidden is not gone', async () => {
  const all = await start();
  const { id } = addUser(all.state, all.clock, { name: 'Ana Ruiz', email: 'ana@example.org' });
  addTicket(all.state, all.clock, id, 'I am Ana, my number is 600111222');
  const system = await opened(all);
  const ref = { kind: 'person' as const, externalId: String(id) };
  changeUser(all.clock, all.user(String(id)), { active: false });
  expect((await system.verify(ref)).result).not.toBe('gone');
  await system.erase(ref, { key: 'k' });
  expect(all.twin.dump()).not.toContain('600111222');
  expect(all.twin.dump()).not.toContain('ana@example.org');
  expect(all.state.purged.has(id)).toBe(true);
  await all.twin.stop();
});

test('organizations come as companies, and a user with the one they belong to', async () => {
  const all = await start();
  const { state, clock } = all;
  const organization = addOrganization(state, clock, 'Muebles Roble');
  const user = addUser(state, clock, { name: 'Ana Ruiz', email: 'ana@example.org' });
  changeUser(clock, user, { organization_id: organization });
  const system = await opened(all);
  const pulled = async (stream: string): Promise<unknown[]> => {
    const records = [];
    for await (const page of system.pull(stream, null)) records.push(...page.records);
    return records.filter(({ kind }) => kind !== 'consent').map(({ externalId, canonical }) => [externalId, canonical]);
  };
  const id = `org-${organization}`;
  expect(await pulled('organization')).toEqual([[id, { companyName: 'Muebles Roble' }]]);
  expect(await pulled('person')).toEqual([[String(user.id), expect.objectContaining({ companyExternalId: id })]]);
  await all.twin.stop();
});

test('a ticket is blotted in its subject and in every comment that names the person, and the others stay as they were', async () => {
  const all = await start();
  const { state, clock } = all;
  const asker = addUser(state, clock, { name: 'Luis Pons', email: 'luis@example.org' });
  const ticket = addTicket(state, clock, asker.id, 'My wife Ana Ruiz ordered it.');
  ticket.subject = 'For Ana Ruiz';
  const reply = addComment(state, ticket.id, 1, 'We wrote to Ana Ruiz and Ana answered.');
  const other = addComment(state, ticket.id, 1, 'The parcel is on its way.');
  const system = await opened(all);
  const ref = { kind: 'interaction' as const, externalId: `ticket-${ticket.id}` };
  expect(JSON.stringify(await system.export(ref))).toContain('Ana answered');
  expect(await system.redact?.(ref, { key: 'k', texts: ['Ana Ruiz', 'Ana'] })).toMatchObject({ result: 'done' });
  expect(ticket.subject).toBe('For […]');
  expect(ticket.description).toBe('My wife ▇▇▇▇▇▇▇▇ ordered it.');
  expect(reply.body).toBe('We wrote to ▇▇▇▇▇▇▇▇ and ▇▇▇ answered.');
  expect(other.html_body).toContain('The parcel is on its way.');
  expect(all.twin.ledger.filter(({ verb }) => verb === 'redact')).toHaveLength(2);
  expect(all.twin.dump()).not.toContain('Ana');
  await all.twin.stop();
});

test('a ticket of an erasure goes for good with its comments, and is told as gone', async () => {
  const all = await start();
  const { state, clock } = all;
  const { id } = addUser(state, clock, { name: 'Ana Ruiz', email: 'ana@example.org' });
  const ticket = addTicket(state, clock, id, 'My number is 600111222');
  const ref = { kind: 'interaction' as const, externalId: `ticket-${ticket.id}` };
  const system = await opened(all);
  expect((await system.verify(ref)).result).toBe('present');
  expect(await system.erase(ref, { key: 'k' })).toMatchObject({ result: 'done' });
  expect((await system.verify(ref)).result).toBe('gone');
  expect(await system.erase(ref, { key: 'k' })).toMatchObject({ result: 'done' });
  expect(all.twin.dump()).not.toContain('600111222');
  await all.twin.stop();
});
