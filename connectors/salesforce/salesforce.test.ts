import { describeConnector } from '../../test/acceptance/describe-connector.ts';
import { addContact, changeContact, type Contact } from '../../test/twins/salesforce/store.ts';
import { startSalesforceTwin } from '../../test/twins/salesforce.ts';

describeConnector('salesforce', async () => {
  const twin = await startSalesforceTwin();
  const { state, clock } = twin;
  const contact = (id: string): Contact => {
    const found = state.contacts.get(id);
    if (found === undefined) throw new Error('no such contact');
    return found;
  };
  return {
    twin,
    config: { url: twin.url, clientId: twin.clientId, callsPerDay: 1_000_000 },
    secrets: { clientSecret: twin.clientSecret },
    stream: 'person',
    pageSize: 2_000,
    addPerson: ({ givenName, familyName, email }) =>
      addContact(state, clock, { FirstName: givenName, LastName: familyName, Email: email }).Id,
    changePerson: (id, { givenName }) => changeContact(clock, contact(id), { FirstName: givenName }),
    removePerson: (id) => changeContact(clock, contact(id), { IsDeleted: true }),
    mergePeople: (_, loser) => changeContact(clock, contact(loser), { IsDeleted: true }),
    holds: (id) => {
      const found = state.contacts.get(id);
      return found !== undefined && (!found.IsDeleted || found.Email !== null);
    },
    addField: (id) => changeContact(clock, contact(id), { brand_new: 'new-field-of-the-vendor' }),
    retypeField: (id) => changeContact(clock, contact(id), { Email: { address: 'canary' } as unknown as string }),
    isOptedOut: (id) => contact(id).HasOptedOutOfEmail,
    optOut: (id) => changeContact(clock, contact(id), { HasOptedOutOfEmail: true }),
    refuseSilently: () => {
      state.deaf = 1;
    },
    withoutRight: () => void twin.lacking.add('/services/data/v62.0/sobjects/Account/describe'),
    endToken: () => twin.endToken(),
    tokensMade: () => twin.tokensMade(),
    tooMany: { withHeader: { status: 429, headers: { 'retry-after': '1' }, body: [{ errorCode: 'TOO_MANY_REQUESTS' }] } },
  };
});
