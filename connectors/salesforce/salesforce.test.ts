import { expect, onTestFinished, test } from 'vitest';
import { describeConnector } from '../../test/acceptance/describe-connector.ts';
import { addContact, addRow, changeContact, type Contact } from '../../test/twins/salesforce/store.ts';
import { startSalesforceTwin } from '../../test/twins/salesforce.ts';
import type { LinkedSystem, PullPage } from '../kit/contract.ts';
import { loadConnectors } from '../kit/registry.ts';

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
    addText: (_, text) => ({
      kind: 'interaction',
      externalId: `case-${addRow(state, clock, 'Case', { Subject: 'An order', Description: text, ContactId: '003' })}`,
    }),
    textOf: ({ externalId }) => String(state.others.Case.get(externalId.slice('case-'.length))?.['Description']),
    addKept: () => ({
      kind: 'sale',
      externalId: `opportunity-${addRow(state, clock, 'Opportunity', { Name: 'A sale', AccountId: '001' })}`,
    }),
    tooMany: { withHeader: { status: 429, headers: { 'retry-after': '1' }, body: [{ errorCode: 'TOO_MANY_REQUESTS' }] } },
  };
});

/** An org, its twin, and what a stream of it gives. */
async function opened(more: Readonly<Record<string, unknown>> = {}) {
  const twin = await startSalesforceTwin();
  onTestFinished(() => twin.stop());
  const system = (await loadConnectors()).get('salesforce')?.open({
    systemId: 'salesforce-under-test',
    config: { url: twin.url, clientId: twin.clientId, callsPerDay: 1_000_000, ...more },
    secret: () => twin.clientSecret,
    signal: new AbortController().signal,
    now: () => twin.clock.now(),
  });
  if (system === undefined) throw new Error('connectors/salesforce is not there');
  const records = async (stream: string): Promise<PullPage['records']> => {
    const all: PullPage['records'][number][] = [];
    for await (const page of system.pull(stream, null)) all.push(...page.records);
    return all;
  };
  return { twin, system: system satisfies LinkedSystem, records };
}

test('accounts, opportunities and cases come with whom they belong to', async () => {
  const { twin, records } = await opened();
  const { state, clock } = twin;
  const account = addRow(state, clock, 'Account', {
    Name: 'Muebles Roble',
    Website: 'https://roble.example',
    BillingCountryCode: 'ES',
  });
  const contact = addContact(state, clock, { FirstName: 'Ana', LastName: 'Ruiz', Email: 'ana@example.org' }).Id;
  const closed = { Name: 'Mesas', Amount: 199.5, StageName: 'Closed Won', CloseDate: '2026-03-14', AccountId: account };
  addRow(state, clock, 'Opportunity', closed);
  addRow(state, clock, 'Opportunity', { ...closed, AccountId: null }); // nobody's
  const asked = {
    Subject: 'Factura',
    Description: 'Falta',
    IsClosed: false,
    CreatedDate: '2026-02-02T10:00:00.000+0000',
    ContactId: contact,
  };
  addRow(state, clock, 'Case', asked);
  expect((await records('company')).map(({ externalId, canonical }) => [externalId, canonical])).toEqual([
    [account, expect.objectContaining({ companyName: 'Muebles Roble', website: 'https://roble.example' })],
  ]);
  const sale = { clientExternalId: account, saleKind: 'order', status: 'confirmed', amountCents: 19_950, currency: 'EUR' };
  expect((await records('opportunity')).map(({ canonical }) => canonical)).toEqual([expect.objectContaining(sale)]);
  const ticket = {
    clientExternalId: contact,
    interactionKind: 'ticket',
    status: 'open',
    at: '2026-02-02T10:00:00.000Z',
    subject: 'Factura',
  };
  expect((await records('case')).map(({ canonical }) => canonical)).toEqual([expect.objectContaining(ticket)]);
});

test('a lead is a person of its own: found, kept out of mailings, and erased', async () => {
  const { twin, system, records } = await opened();
  const { state, clock } = twin;
  const person = { FirstName: 'Luca', LastName: 'Rossi', Company: 'Quercia', Email: 'luca@example.org' };
  const id = addRow(state, clock, 'Lead', { ...person, HasOptedOutOfEmail: false, DoNotCall: false });
  const ref = { kind: 'person', externalId: `lead-${id}` } as const;
  const pulled = (await records('lead')).find(({ kind }) => kind === 'person');
  expect(pulled).toMatchObject({ externalId: ref.externalId, canonical: { givenName: 'Luca', companyName: 'Quercia' } });
  expect(await system.lookup([{ kind: 'email', value: 'luca@example.org' }])).toEqual([ref]);
  expect(await system.suppress(ref, { key: 'k', channel: 'phone', purpose: 'marketing' })).toMatchObject({ result: 'applied' });
  expect(state.others.Lead.get(id)).toMatchObject({ DoNotCall: true, HasOptedOutOfEmail: false });
  expect(await system.erase(ref, { key: 'k' })).toMatchObject({ result: 'accepted' });
  expect(await system.verify(ref)).toMatchObject({ result: 'gone' });
  expect(twin.dump()).not.toContain('luca@example.org');
});

test('a case is emptied before it goes to the recycle bin', async () => {
  const { twin, system } = await opened();
  const id = addRow(twin.state, twin.clock, 'Case', { Subject: 'Ana Ruiz', Description: 'Soy Ana', ContactId: '003' });
  const ref = { kind: 'interaction', externalId: `case-${id}` } as const;
  expect(await system.erase(ref, { key: 'k' })).toMatchObject({ result: 'accepted' });
  expect(await system.verify(ref)).toMatchObject({ result: 'gone' });
  expect(twin.dump()).not.toContain('Ana');
});

test('tasks, events and e-mails of cases come with whom they are about; they are blotted where that can be, and go', async () => {
  const { twin, system, records } = await opened();
  const { state, clock } = twin;
  const contact = addContact(state, clock, { FirstName: 'Luis', LastName: 'Pons', Email: 'luis@example.org' }).Id;
  const said = { Subject: 'For Ana Ruiz', Description: 'Ana Ruiz asks', CreatedDate: '2026-02-02T10:00:00.000+0000' };
  const task = addRow(state, clock, 'Task', {
    ...said,
    WhoId: contact,
    Who: { Type: 'Contact' },
    TaskSubtype: 'Call',
    Status: 'Completed',
  });
  const event = addRow(state, clock, 'Event', {
    ...said,
    WhoId: '00Q1',
    Who: { Type: 'Lead' },
    StartDateTime: '2026-02-02T10:00:00.000+0000',
  });
  const mail = addRow(state, clock, 'EmailMessage', {
    Subject: 'Re',
    TextBody: 'Ana Ruiz writes',
    Incoming: true,
    MessageDate: '2026-02-02T10:00:00.000+0000',
    Parent: { ContactId: contact },
  });
  addRow(state, clock, 'EmailMessage', { Subject: 'x', Parent: null });
  const canonical = async (stream: string) => (await records(stream)).map((record) => record.canonical);
  expect(await canonical('task')).toEqual([
    expect.objectContaining({ clientExternalId: contact, interactionKind: 'call', status: 'closed' }),
  ]);
  expect(await canonical('event')).toEqual([
    expect.objectContaining({ clientExternalId: 'lead-00Q1', interactionKind: 'meeting' }),
  ]);
  const written = { clientExternalId: contact, interactionKind: 'email', direction: 'in', text: 'Ana Ruiz writes' };
  expect(await canonical('mail')).toEqual([expect.objectContaining(written)]);
  for (const externalId of [`task-${task}`, `event-${event}`, `mail-${mail}`]) {
    const ref = { kind: 'interaction', externalId } as const;
    const redacted = await system.redact?.(ref, { key: 'k', texts: ['Ana Ruiz'] });
    expect(redacted?.result).toBe(externalId.startsWith('mail-') ? 'unsupported' : 'done');
    expect(await system.erase(ref, { key: 'k' })).toMatchObject({ result: 'accepted' });
    expect(await system.verify(ref)).toMatchObject({ result: 'gone' });
  }
  expect(JSON.stringify([...state.others.Task.values(), ...state.others.Event.values()])).not.toContain('Ana');
});

const at = '2026-02-02T10:00:00.000+0000';

test('orders and quotes come where the org uses them; a quote goes, an order stays and is blotted', async () => {
  const { twin, system, records } = await opened({ orders: true, quotes: true });
  const { state, clock } = twin;
  const contact = addContact(state, clock, { FirstName: 'Ana', LastName: 'Ruiz', Email: 'ana@example.org' }).Id;
  const order = addRow(state, clock, 'Order', {
    OrderNumber: '00000100',
    Status: 'Activated',
    EffectiveDate: '2026-03-14',
    TotalAmount: 50,
    AccountId: '001',
    BillToContactId: contact,
    Description: 'For Ana Ruiz',
  });
  const quote = addRow(state, clock, 'Quote', {
    QuoteNumber: '00000007',
    Name: 'Kitchen of Ana Ruiz',
    Status: 'Presented',
    GrandTotal: 12.5,
    CreatedDate: at,
    AccountId: '001',
    ContactId: null,
    Email: 'ana@example.org',
  });
  const sales = async (stream: string) => (await records(stream)).map(({ canonical }) => canonical);
  const ordered = { clientExternalId: contact, saleKind: 'order', status: 'confirmed', number: '00000100', amountCents: 5_000 };
  expect(await sales('order')).toEqual([expect.objectContaining(ordered)]);
  const offered = {
    clientExternalId: '001',
    saleKind: 'quote',
    status: 'sent',
    amountCents: 1_250,
    at: '2026-02-02T10:00:00.000Z',
  };
  expect(await sales('quote')).toEqual([expect.objectContaining(offered)]);
  const kept = { kind: 'sale', externalId: `order-${order}` } as const;
  expect(await system.erase(kept, { key: 'k' })).toMatchObject({ result: 'refused', code: 'kept-by-law' });
  expect(await system.redact?.(kept, { key: 'k', texts: ['Ana Ruiz'] })).toMatchObject({ result: 'done' });
  expect(state.others.Order.get(order)?.['Description']).toBe('For […]');
  const ref = { kind: 'sale', externalId: `quote-${quote}` } as const;
  expect(await system.erase(ref, { key: 'k' })).toMatchObject({ result: 'accepted' });
  expect(await system.verify(ref)).toMatchObject({ result: 'gone' });
  expect(JSON.stringify(state.others.Quote.get(quote))).not.toMatch(/Ana|ana@/);
});

test('comments of cases come with whom the case is of, are blotted, and go emptied', async () => {
  const { twin, system, records } = await opened();
  const { state, clock } = twin;
  const body = { CommentBody: 'Ana Ruiz rang', CreatedDate: at };
  const comment = addRow(state, clock, 'CaseComment', { ...body, Parent: { ContactId: '003' } });
  addRow(state, clock, 'CaseComment', { ...body, Parent: { ContactId: null } }); // of a case of nobody
  const said = { clientExternalId: '003', interactionKind: 'note', text: 'Ana Ruiz rang', at: '2026-02-02T10:00:00.000Z' };
  expect((await records('comment')).map(({ canonical }) => canonical)).toEqual([said]);
  const ref = { kind: 'interaction', externalId: `comment-${comment}` } as const;
  expect(await system.redact?.(ref, { key: 'k', texts: ['Ana Ruiz'] })).toMatchObject({ result: 'done' });
  expect(state.others.CaseComment.get(comment)?.['CommentBody']).toBe('[…] rang');
  expect(await system.erase(ref, { key: 'k' })).toMatchObject({ result: 'accepted' });
  expect(await system.verify(ref)).toMatchObject({ result: 'gone' });
  expect(state.others.CaseComment.get(comment)?.['CommentBody']).toBe('[erased]');
});

test("an individual's choices are consent, and the individual goes emptied with its contact", async () => {
  const { twin, system, records } = await opened({ individuals: true });
  const { state, clock } = twin;
  const of = (more: Readonly<Record<string, unknown>>): string =>
    addRow(state, clock, 'Individual', { FirstName: 'Ana', LastName: 'Ruiz', HasOptedOutSolicit: false, ...more });
  const solicit = of({ HasOptedOutSolicit: true });
  const processing = of({ HasOptedOutProcessing: true });
  of({}); // forbids nothing
  const contact = addContact(state, clock, { FirstName: 'Ana', LastName: 'Ruiz', Email: 'ana@example.org' });
  changeContact(clock, contact, { IndividualId: solicit });
  const lead = addRow(state, clock, 'Lead', {
    LastName: 'Ruiz',
    Email: null,
    HasOptedOutOfEmail: false,
    IndividualId: processing,
  });
  const consents = (await records('individual')).map(({ externalId, canonical }) => [externalId, canonical]);
  const no = { channel: 'any', answer: 'denied', atKnown: false };
  expect(consents).toEqual([
    [`individual-${solicit}`, expect.objectContaining({ ...no, clientExternalId: contact.Id, purpose: 'marketing' })],
    [`individual-${processing}`, expect.objectContaining({ ...no, clientExternalId: `lead-${lead}`, purpose: '*' })],
  ]);
  expect(await system.erase({ kind: 'person', externalId: contact.Id }, { key: 'k' })).toMatchObject({ result: 'accepted' });
  const emptied = { FirstName: null, LastName: '[erased]', ShouldForget: true, IsDeleted: true };
  expect(state.others.Individual.get(solicit)).toMatchObject(emptied);
  const ref = { kind: 'consent', externalId: `individual-${processing}` } as const;
  expect(await system.erase(ref, { key: 'k' })).toMatchObject({ result: 'accepted' });
  expect(await system.verify(ref)).toMatchObject({ result: 'gone' });
  expect(state.others.Individual.get(processing)).toMatchObject(emptied);
});
