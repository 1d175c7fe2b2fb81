import { describeConnector } from '../../test/acceptance/describe-connector.ts';
import { addChild, addCustomer, changeCustomer, type Customer } from '../../test/twins/papercups/store.ts';
import { startPapercupsTwin } from '../../test/twins/papercups.ts';

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
