import { describeConnector } from '../../test/acceptance/describe-connector.ts';
import type { MailmanAddress } from '../../test/twins/mailman/store.ts';
import { startMailmanTwin } from '../../test/twins/mailman.ts';

const listId = 'news.example.test';

describeConnector('mailman', async () => {
  const twin = await startMailmanTwin();
  const { store } = twin;
  /** An administrator's own change is none of the connector's. */
  const byHand = <Result>(work: () => Result): Result => {
    const before = store.ledger.length;
    const result = work();
    store.ledger.length = before;
    return result;
  };
  const change = (email: string, what: Partial<MailmanAddress>): void => {
    const known = store.addresses.get(email);
    if (known === undefined) throw new Error('no such address');
    store.addresses.set(email, { ...known, ...what });
  };
  return {
    twin,
    config: { url: twin.url, user: twin.user, lists: [{ id: listId, purpose: 'marketing', optIn: true }] },
    secrets: { password: twin.password },
    stream: 'person',
    consentStream: 'consent',
    pageSize: 500,
    absentId: 'nobody@example.test',
    addPerson: ({ givenName, familyName, email }) =>
      byHand(() => store.subscribe(listId, email, `${givenName} ${familyName}`).email),
    changePerson: (id, { givenName }) => change(id, { displayName: givenName }),
    removePerson: (id) => byHand(() => store.deleteUser(store.addresses.get(id)?.userId ?? '')),
    holds: (id) => store.dump().includes(`"${id}"`),
    addField: (id) => change(id, { more: { brand_new: 'new-field-of-the-vendor' } }),
    retypeField: (id) => change(id, { more: { original_email: { address: 'canary' } } }),
    isOptedOut: (id) => store.membersOf({ email: id }).every((member) => store.statusOf(member) !== 'enabled'),
    optOut: (id) => {
      for (const { preferences } of store.membersOf({ email: id })) preferences.delivery_status = 'by_user';
    },
    refuseSilently: () => twin.fault({ method: 'PATCH', kind: 'answer', answer: { status: 204 } }),
    tooMany: { withHeader: { status: 429, headers: { 'retry-after': '1' } }, bare: { status: 429 } },
  };
});
