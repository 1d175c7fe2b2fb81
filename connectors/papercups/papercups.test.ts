import { expect, test } from 'vitest';
import { describeConnector } from '../../test/acceptance/describe-connector.ts';
import { addChild, addCompany, addCustomer, changeCustomer, type Customer } from '../../test/twins/papercups/store.ts';
import { startPapercupsTwin } from '../../test/twins/papercups.ts';
import { loadConnectors } from '../kit/registry.ts';

describeConnector('papercups', async () => {
  const twin = await startPapercupsTwin();
  const { state, clock } = twin;
  const customer = (id: string): Customer => {
    const found = state.customers.get(id);
    if (found === undefined) throw new Error('no such customer');
    return found;
  };
  const children = Object.values(state.children);
  return {
    twin,
    config: { url: twin.url, callsPerMinute: 100_000 },
    secrets: { apiKey: twin.apiKey },
    stream: 'person',
    pageSize: 50,
    addPerson: ({ givenName, familyName, email }) => addCustomer(state, clock, { name: `${givenName} ${familyName}`, email }).id,
    changePerson: (id, { givenName }) => changeCustomer(clock, customer(id), { name: givenName }),
    removePerson: (id) => void state.customers.delete(id),
    holds: (id) =>
      state.customers.has(id) || children.some((kind) => [...kind.values()].some((child) => child.customer_id === id)),
    addField: (id) => changeCustomer(clock, customer(id), { brand_new: 'new-field-of-the-vendor' }),
    retypeField: (id) => changeCustomer(clock, customer(id), { email: { address: 'canary' } as unknown as string }),
    withoutRight: () => void twin.lacking.add('/api/v1/customers'),
    addText: (personId, text) => ({
      kind: 'interaction' as const,
      externalId: `message-${addChild(state, clock, 'messages', personId, text).id}`,
    }),
    textOf: ({ externalId }) => state.children.messages.get(externalId.slice('message-'.length))?.body ?? '',
    addChildren: (personId, count) => {
      for (let made = 0; made < count; made += 1) {
        addChild(state, clock, 'messages', personId, 'x');
        addChild(state, clock, 'notes', personId, 'x');
      }
    },
    tooMany: { withHeader: { status: 429, headers: { 'retry-after': '1' }, body: {} } },
  };
});

test('companies, notes and messages come with whom they belong to, are blotted, and can go by themselves', async () => {
  const twin = await startPapercupsTwin();
  const { state, clock } = twin;
  const system = (await loadConnectors()).get('papercups')?.open({
    systemId: 'papercups-under-test',
    config: { url: twin.url, callsPerMinute: 100_000 },
    secret: () => twin.apiKey,
    signal: new AbortController().signal,
    now: () => clock.now(),
  });
  if (system === undefined) throw new Error('connectors/papercups is not there');
  const company = addCompany(state, clock, 'Muebles Roble');
  const customer = addCustomer(state, clock, { name: 'Luis Pons', email: 'luis@example.org' });
  changeCustomer(clock, customer, { company_id: company });
  const pulled = async (stream: string) => {
    const records = [];
    for await (const page of system.pull(stream, null)) records.push(...page.records);
    return records.map(({ canonical }) => canonical);
  };
  expect(await pulled('company')).toEqual([{ companyName: 'Muebles Roble' }]);
  expect(await pulled('person')).toEqual([expect.objectContaining({ companyExternalId: `company-${company}` })]);
  for (const [stream, kind, said] of [
    ['note', 'notes', 'note'],
    ['message', 'messages', 'chat'],
  ] as const) {
    const child = addChild(state, clock, kind, customer.id, 'Ana Ruiz asks');
    expect(await pulled(stream)).toEqual([
      expect.objectContaining({ clientExternalId: customer.id, interactionKind: said, text: 'Ana Ruiz asks' }),
    ]);
    const ref = { kind: 'interaction' as const, externalId: `${stream}-${child.id}` };
    expect(await system.redact?.(ref, { key: 'k', texts: ['Ana Ruiz'] })).toMatchObject({ result: 'done' });
    expect(state.children[kind].get(child.id)?.body).toBe('[…] asks');
    expect((await system.verify(ref)).result).toBe('present');
    expect(await system.erase(ref, { key: 'k' })).toMatchObject({ result: 'done' });
    expect((await system.verify(ref)).result).toBe('gone');
  }
  await twin.stop();
});
