import { expect, test } from 'vitest';
import { describeConnector } from '../../test/acceptance/describe-connector.ts';
import { addPerson, addRow, changePerson, type Person } from '../../test/twins/pipedrive/store.ts';
import { startPipedriveTwin } from '../../test/twins/pipedrive.ts';
import { loadConnectors } from '../kit/registry.ts';

const start = async () => {
  const twin = await startPipedriveTwin();
  const { state, clock } = twin;
  const person = (id: string): Person => {
    const found = state.persons.get(Number(id));
    if (found === undefined) throw new Error('no such person');
    return found;
  };
  const config = { url: twin.url, callsPerTwoSeconds: 10_000, callsPerDay: 1_000_000, userId: twin.userId };
  const secrets: Readonly<Record<string, string>> = { token: twin.token, webhookToken: twin.webhookToken };
  return { twin, state, clock, person, config, secrets };
};

const opened = async ({ twin, config, secrets }: Awaited<ReturnType<typeof start>>) => {
  const connector = (await loadConnectors()).get('pipedrive');
  if (connector === undefined) throw new Error('connectors/pipedrive is not there');
  return connector.open({
    systemId: 'pipedrive-under-test',
    config,
    secret: (name) => secrets[name] ?? '',
    signal: new AbortController().signal,
    now: () => twin.clock.now(),
  });
};

describeConnector('pipedrive', async () => {
  const { twin, state, clock, person, config, secrets } = await start();
  return {
    twin,
    config,
    secrets,
    stream: 'person',
    pageSize: 500,
    addPerson: ({ givenName, familyName, email }) =>
      String(addPerson(state, clock, { name: `${givenName} ${familyName}`, email }).id),
    changePerson: (id, { givenName }) => changePerson(clock, person(id), { name: givenName, first_name: givenName }),
    removePerson: (id) => void state.persons.delete(Number(id)),
    mergePeople: (_, loser) => void state.persons.delete(Number(loser)),
    holds: (id) => state.persons.has(Number(id)) || JSON.stringify(state.bin.get(Number(id))?.['emails'] ?? []) !== '[]',
    addField: (id) => changePerson(clock, person(id), { brand_new: 'new-field-of-the-vendor' }),
    retypeField: (id) => changePerson(clock, person(id), { emails: 'canary' as unknown as [] }),
    isOptedOut: (id) => person(id).marketing_status === 'unsubscribed',
    optOut: (id) => {
      state.settled.add(Number(id));
      changePerson(clock, person(id), { marketing_status: 'unsubscribed' });
      twin.emit('change', Number(id), { id: Number(id), marketing_status: 'unsubscribed' });
    },
    refuseSilently: () => {
      state.deaf = 1;
    },
    withoutRight: () => void twin.lacking.add('/persons'),
    webhooks: () => twin.webhooks(),
    addText: (_, text) => ({
      kind: 'interaction',
      externalId: `activity-${addRow(state, clock, 'activities', { type: 'call', subject: 'A call', note: text, person_id: 1, done: true })}`,
    }),
    textOf: ({ externalId }) => String(state.others.activities.get(Number(externalId.slice('activity-'.length)))?.['note']),
    addKept: (id) => ({
      kind: 'sale',
      externalId: `deal-${addRow(state, clock, 'deals', { title: 'A deal', value: 10, currency: 'EUR', status: 'won', person_id: Number(id) })}`,
    }),
    tooMany: {
      withHeader: { status: 429, headers: { 'x-ratelimit-reset': '1' }, body: { success: false, error: 'request over limit' } },
      bare: { status: 429, body: { success: false, error: 'request over limit' } },
    },
  };
});

test('an opt-out that Pipedrive takes, answers OK and does not carry out is told as refused', async () => {
  const all = await start();
  const { id } = addPerson(all.state, all.clock, { name: 'Ana Ruiz', email: 'ana@example.org' });
  all.state.settled.add(id); // subscribed by form: the status was changed once
  const suppressed = await (await opened(all)).suppress(
    { kind: 'person', externalId: String(id) },
    { channel: 'email', purpose: 'marketing', key: 'k' },
  );
  expect(suppressed.result).toBe('refused');
  await all.twin.stop();
});

test('what lies in the bin for 30 days is empty', async () => {
  const all = await start();
  const { id } = addPerson(all.state, all.clock, { name: 'Ana Ruiz', email: 'ana@example.org' });
  const erased = await (await opened(all)).erase({ kind: 'person', externalId: String(id) }, { key: 'k' });
  expect(erased.residue[0]?.due).toMatch(/^\d{4}-/);
  expect(all.state.bin.size).toBe(1);
  expect(all.twin.dump()).not.toContain('ana@example.org');
  expect(all.twin.dump()).not.toContain('Ana');
  await all.twin.stop();
});

test('organizations, deals and activities come with whom they belong to; an activity is emptied before it goes to the bin', async () => {
  const all = await start();
  const { state, clock } = all;
  const address = { route: 'Calle Mayor', locality: 'Madrid', postal_code: '28001' };
  const organization = addRow(state, clock, 'organizations', { name: 'Muebles Roble', address });
  const person = addPerson(state, clock, { name: 'Ana Ruiz', email: 'ana@example.org' });
  changePerson(clock, person, { org_id: organization });
  const deal = { title: 'Mesas', value: 199.5, currency: 'EUR', status: 'won', add_time: '2026-02-02T10:00:00Z' };
  addRow(state, clock, 'deals', { ...deal, person_id: person.id, org_id: organization });
  addRow(state, clock, 'deals', { ...deal, person_id: null, org_id: organization });
  const call = addRow(state, clock, 'activities', {
    type: 'call',
    subject: 'Ana',
    note: 'Soy Ana',
    done: false,
    person_id: person.id,
  });
  const system = await opened(all);
  const pulled = async (stream: string): Promise<unknown[]> => {
    const records = [];
    for await (const page of system.pull(stream, null)) records.push(...page.records);
    return records.filter(({ kind }) => kind !== 'consent').map(({ canonical }) => canonical);
  };
  expect(await pulled('organization')).toEqual([
    { companyName: 'Muebles Roble', addresses: [{ street: 'Calle Mayor', city: 'Madrid', postcode: '28001' }] },
  ]);
  expect(await pulled('person')).toEqual([expect.objectContaining({ companyExternalId: `org-${organization}` })]);
  const sale = { saleKind: 'order', status: 'confirmed', at: '2026-02-02T10:00:00.000Z', amountCents: 19_950, currency: 'EUR' };
  expect(await pulled('deal')).toEqual([
    { ...sale, clientExternalId: String(person.id) },
    { ...sale, clientExternalId: `org-${organization}` },
  ]);
  const talk = { clientExternalId: String(person.id), interactionKind: 'call', status: 'open', subject: 'Ana', text: 'Soy Ana' };
  expect(await pulled('activity')).toEqual([expect.objectContaining(talk)]);
  const ref = { kind: 'interaction', externalId: `activity-${call}` } as const;
  expect(await system.erase(ref, { key: 'k' })).toMatchObject({ result: 'accepted' });
  expect(await system.verify(ref)).toMatchObject({ result: 'gone' });
  expect(JSON.stringify([...state.bin.values()])).not.toContain('Ana');
  await all.twin.stop();
});
