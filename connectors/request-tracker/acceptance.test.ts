import { describeConnector } from '../../test/acceptance/describe-connector.ts';
import { startRequestTrackerTwin } from '../../test/twins/request-tracker.ts';
import type { RtUser } from '../../test/twins/request-tracker/records.ts';

const field = 'DoNotContact';

describeConnector('request-tracker', async () => {
  const twin = await startRequestTrackerTwin();
  const { store } = twin;
  /** An agent's own change is none of the connector's. */
  const byHand = <Result>(work: () => Result): Result => {
    const before = store.ledger.length;
    const result = work();
    store.ledger.length = before;
    return result;
  };
  const user = (id: string): RtUser => {
    const found = store.users.get(Number(id));
    if (found === undefined) throw new Error('no such user');
    return found;
  };
  return {
    twin,
    config: { url: twin.url, user: twin.user },
    secrets: { password: twin.password },
    stream: 'person',
    consentStream: 'consent',
    pageSize: 100,
    absentId: '99999',
    addPerson: ({ givenName, familyName, email }) =>
      byHand(() => String(store.createUser({ Name: email, EmailAddress: email, RealName: `${givenName} ${familyName}` }).id)),
    changePerson: (id, { givenName }) => byHand(() => store.setField(user(id), 'RealName', givenName)),
    removePerson: (id) => void store.users.delete(Number(id)), // rt-shredder on the host
    holds: (id) => user(id).profile.get('Name') !== `ficha-erased-${id}`,
    retypeField: (id) => void user(id).profile.set('RealName', { text: 'canary' } as unknown as string), // a vendor that changed
    isOptedOut: (id) => (user(id).customFields.get(field) ?? []).length > 0,
    optOut: (id) =>
      byHand(() => {
        user(id).customFields.set(field, ['email:marketing']);
        store.record('user', Number(id), 'CustomField', '2', '', 'email:marketing');
        store.touch(user(id), 'user.custom-field');
      }),
    refuseSilently: () => twin.fault({ method: 'PUT', kind: 'answer', answer: { status: 200, body: [] } }),
    addChildren: (id, count) =>
      byHand(() => {
        const email = user(id).profile.get('EmailAddress') ?? '';
        for (let made = 0; made < count; made += 1) store.createTicket('Factura', [email], [], 'Gracias.');
      }),
    writes: { path: /^\/user\/\d+$/ },
    tooMany: { withHeader: { status: 429, headers: { 'retry-after': '1' } }, bare: { status: 429 } },
  };
});
