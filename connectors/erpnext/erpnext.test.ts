import { expect, test } from 'vitest';
import { describeConnector } from '../../test/acceptance/describe-connector.ts';
import { addDoc, changeDoc, type Doc, docsOf, renameDoc } from '../../test/twins/erpnext/store.ts';
import { startErpnextTwin } from '../../test/twins/erpnext.ts';
import { loadConnectors } from '../kit/registry.ts';

const start = async () => {
  const twin = await startErpnextTwin();
  const { state, clock } = twin;
  const add = (docType: string, values: Readonly<Record<string, unknown>>): string => addDoc(state, clock, docType, values);
  const contact = (id: string): Doc => {
    const found = docsOf(state, 'Contact').get(id);
    if (found === undefined) throw new Error('no such contact');
    return found;
  };
  const addPerson = (first: string, last: string, email: string): string =>
    add('Contact', { first_name: first, last_name: last, email_id: email, email_ids: [{ email_id: email, is_primary: 1 }] });
  const addMail = (id: string): string =>
    add('Communication', { subject: 'x', timeline_links: [{ link_doctype: 'Contact', link_name: id }] });
  const optedOut = (id: string): boolean => {
    const email = docsOf(state, 'Contact').get(id)?.['email_id'];
    return [...docsOf(state, 'Email Unsubscribe').values()].some((one) => one['email'] === email);
  };
  const config = { url: twin.url, apiKey: twin.apiKey, apiUser: twin.apiUser, callsPerMinute: 100_000 };
  const secrets: Readonly<Record<string, string>> = { apiSecret: twin.apiSecret, webhookSecret: twin.webhookSecret };
  return { twin, state, clock, add, contact, addPerson, addMail, optedOut, config, secrets };
};

const opened = async ({ twin, config, secrets }: Awaited<ReturnType<typeof start>>) => {
  const connector = (await loadConnectors()).get('erpnext');
  if (connector === undefined) throw new Error('connectors/erpnext is not there');
  return connector.open({
    systemId: 'erpnext-under-test',
    config,
    secret: (name) => secrets[name] ?? '',
    signal: new AbortController().signal,
    now: () => twin.clock.now(),
  });
};

describeConnector('erpnext', async () => {
  const { twin, state, clock, add, contact, addPerson, addMail, optedOut, config, secrets } = await start();
  return {
    twin,
    config,
    secrets,
    stream: 'contact',
    pageSize: 200,
    addPerson: ({ givenName, familyName, email }) => addPerson(givenName, familyName, email),
    changePerson: (id, { givenName }) => changeDoc(state, clock, 'Contact', contact(id), { first_name: givenName }),
    removePerson: (id) => void docsOf(state, 'Contact').delete(id),
    mergePeople: (_, loser) => void docsOf(state, 'Contact').delete(loser),
    holds: (id) =>
      [...state.docs.values()].some((docs) => [...docs.values()].some((doc) => JSON.stringify(doc).includes(`"${id}"`))),
    addField: (id) => changeDoc(state, clock, 'Contact', contact(id), { brand_new: 'new-field-of-the-vendor' }),
    retypeField: (id) => changeDoc(state, clock, 'Contact', contact(id), { email_id: { address: 'canary' } }),
    isOptedOut: optedOut,
    optOut: (id) => {
      const doc = contact(id);
      changeDoc(state, clock, 'Contact', doc, { unsubscribed: 1 });
      add('Email Unsubscribe', { email: doc['email_id'], global_unsubscribe: 1 });
      twin.emit('Contact', doc, 'on_update', 'guest');
    },
    refuseSilently: () => {
      state.deaf = 1;
    },
    withoutRight: () => void twin.lacking.add('Issue'),
    webhooks: () => twin.webhooks(),
    addText: (personId, text) => ({
      kind: 'interaction' as const,
      externalId: `issue-${add('Issue', { contact: personId, subject: 'Order', description: text, status: 'Open', opening_date: '2026-03-01' })}`,
    }),
    textOf: ({ externalId }) => {
      const text = docsOf(state, 'Issue').get(externalId.slice('issue-'.length))?.['description'];
      return typeof text === 'string' ? text : '';
    },
    addKept: (personId) => ({
      kind: 'sale' as const,
      externalId: `invoice-${add('Sales Invoice', { contact_person: personId, customer: 'Acme', posting_date: '2026-03-01' })}`,
    }),
    addChildren: (personId, count) => {
      for (let made = 0; made < count; made += 1) addMail(personId);
    },
    tooMany: { withHeader: { status: 429, headers: { 'retry-after': '1' }, body: { exc_type: 'RateLimitExceededError' } } },
  };
});

test('a contact that an invoice refers to stays, emptied and under a name that says nothing', async () => {
  const all = await start();
  const { twin, state, add, addPerson, addMail } = all;
  const id = addPerson('Ana', 'Ruiz', 'ana@example.org');
  addMail(id);
  add('Email Unsubscribe', { email: 'ana@example.org', global_unsubscribe: 1 });
  const invoice = add('Sales Invoice', { contact_person: id, customer: 'Acme', posting_date: '2026-03-01' });
  const system = await opened(all);
  const erased = await system.erase({ kind: 'person', externalId: id }, { key: 'r1' });
  expect(erased).toMatchObject({ result: 'partial' });
  expect(erased.residue[0]?.due).toMatch(/^\d{4}-/);
  expect(docsOf(state, 'Contact').get('erased-r1')).toMatchObject({ first_name: '[erased]', email_id: null });
  expect(docsOf(state, 'Sales Invoice').get(invoice)?.['contact_person']).toBe('erased-r1');
  for (const text of ['Ruiz', 'ana@example.org']) expect(twin.dump()).not.toContain(text);
  expect((await system.verify({ kind: 'person', externalId: id })).result).toBe('gone');
  await twin.stop();
});

test('an erasure that was broken off after the renaming finishes what it began', async () => {
  const all = await start();
  const { twin, state, clock, contact, addPerson } = all;
  const id = addPerson('Ana', 'Ruiz', 'ana@example.org');
  renameDoc(state, clock, 'Contact', contact(id), 'erased-r1');
  expect(twin.dump()).toContain('renamed from Ana Ruiz');
  expect(await (await opened(all)).erase({ kind: 'person', externalId: id }, { key: 'r1' })).toMatchObject({ result: 'done' });
  expect(twin.dump()).not.toContain('Ruiz');
  await twin.stop();
});

test('a customer who is a person is read as a person, a company as a company', async () => {
  const all = await start();
  all.add('Customer', { customer_name: 'Eva Sanz', customer_type: 'Individual', email_id: 'eva@example.org' });
  all.add('Customer', { customer_name: 'Acme SL', customer_type: 'Company' });
  const system = await opened(all);
  const records = [];
  for await (const page of system.pull('customer', null)) records.push(...page.records);
  expect(records.map(({ kind, externalId }) => [kind, externalId])).toEqual([
    ['company', 'customer-Acme SL'],
    ['person', 'customer-Eva Sanz'],
  ]);
  expect(await system.lookup([{ kind: 'email', value: 'eva@example.org' }])).toEqual([
    { kind: 'person', externalId: 'customer-Eva Sanz' },
  ]);
  await all.twin.stop();
});

test('quotations, orders, payments and e-mails come with the party that they name; a submitted quotation and an e-mail go with their copies', async () => {
  const all = await start();
  const { twin, state, add, addPerson } = all;
  const person = addPerson('Ana', 'Ruiz', 'ana@example.org');
  const paper = { base_grand_total: 12.1, company_currency: 'EUR', transaction_date: '2026-03-01' };
  const quotation = add('Quotation', {
    ...paper,
    quotation_to: 'Lead',
    party_name: 'LEAD-1',
    customer_name: 'Ana Ruiz',
    status: 'Open',
    docstatus: 1,
  });
  add('Sales Order', { ...paper, customer: 'Acme', status: 'To Bill' });
  const paid = { party_type: 'Customer', party: 'Acme', posting_date: '2026-03-02', paid_amount: 12.1, docstatus: 1 };
  const payment = add('Payment Entry', { ...paid, paid_from_account_currency: 'EUR' });
  const link = {
    reference_doctype: 'Contact',
    reference_name: person,
    communication_medium: 'Phone',
    sent_or_received: 'Received',
  };
  const mail = add('Communication', {
    ...link,
    subject: 'Call',
    content: 'Ana Ruiz asks',
    communication_date: '2026-03-03 10:00:00',
  });
  add('Communication', { reference_doctype: 'Issue', reference_name: 'ISSUE-1', subject: 'x', creation: '2026-03-03 10:00:00' });
  const system = await opened(all);
  const pulled = async (stream: string) => {
    const pages = [];
    for await (const page of system.pull(stream, null)) pages.push(page);
    expect(pages.flatMap(({ rejected }) => rejected)).toEqual([]);
    return pages.flatMap(({ records }) => records.map(({ canonical }) => canonical));
  };
  const money = { amountCents: 1_210, currency: 'EUR' };
  expect(await pulled('quotation')).toEqual([
    expect.objectContaining({ clientExternalId: 'lead-LEAD-1', saleKind: 'quote', status: 'sent', ...money }),
  ]);
  expect(await pulled('order')).toEqual([
    expect.objectContaining({ clientExternalId: 'customer-Acme', saleKind: 'order', status: 'confirmed' }),
  ]);
  expect(await pulled('payment')).toEqual([
    expect.objectContaining({ clientExternalId: 'customer-Acme', saleKind: 'payment', status: 'paid', ...money }),
  ]);
  const call = { clientExternalId: person, interactionKind: 'call', direction: 'in', subject: 'Call', text: 'Ana Ruiz asks' };
  expect(await pulled('mail')).toEqual([expect.objectContaining(call)]);
  const talk = { kind: 'interaction' as const, externalId: `mail-${mail}` };
  expect(await system.redact?.(talk, { key: 'k', texts: ['Ana Ruiz'] })).toMatchObject({ result: 'done' });
  expect(docsOf(state, 'Communication').get(mail)?.['content']).toBe('[…] asks');
  for (const ref of [talk, { kind: 'sale' as const, externalId: `quotation-${quotation}` }]) {
    expect((await system.verify(ref)).result).toBe('present');
    expect(await system.erase(ref, { key: 'k' })).toMatchObject({ result: 'done' });
    expect((await system.verify(ref)).result).toBe('gone');
  }
  expect(twin.dump()).not.toContain('LEAD-1');
  const kept = await system.erase({ kind: 'sale', externalId: `payment-${payment}` }, { key: 'k' });
  expect(kept).toMatchObject({ result: 'refused', code: 'kept-by-law' });
  await twin.stop();
});

test('an opt-out by a link of Frappe is somebody of whom only the address is known, who says no and can go', async () => {
  const all = await start();
  const { twin, state, add } = all;
  const row = add('Email Unsubscribe', { email: 'ana@example.org', global_unsubscribe: 1 });
  add('Email Unsubscribe', {
    email: 'luis@example.org',
    reference_doctype: 'Issue',
    reference_name: 'ISSUE-1',
    global_unsubscribe: 0,
  });
  const system = await opened(all);
  const records = [];
  for await (const page of system.pull('unsubscribed', null)) records.push(...page.records);
  const no = { clientExternalId: `unsub-${row}`, purpose: 'marketing', channel: 'email', answer: 'denied' };
  expect(records.map(({ kind, canonical }) => [kind, canonical])).toEqual([
    ['person', { emails: ['ana@example.org'] }],
    ['consent', expect.objectContaining(no)],
  ]);
  const ref = { kind: 'person' as const, externalId: `unsub-${row}` };
  expect((await system.verify(ref)).result).toBe('present');
  expect(await system.erase(ref, { key: 'k' })).toMatchObject({ result: 'done', residue: [] });
  expect((await system.verify(ref)).result).toBe('gone');
  expect(twin.dump()).not.toContain('ana@example.org');
  expect(docsOf(state, 'Email Unsubscribe').size).toBe(1);
  await twin.stop();
});

test('a customer who is a person is opted out by address, and opted in again with a proof', async () => {
  const all = await start();
  all.add('Customer', { customer_name: 'Eva Sanz', customer_type: 'Individual', email_id: 'eva@example.org' });
  const system = await opened(all);
  const ref = { kind: 'person' as const, externalId: 'customer-Eva Sanz' };
  const order = { key: 'k', channel: 'email' as const, purpose: 'marketing' };
  expect(await system.suppress(ref, order)).toMatchObject({ result: 'applied' });
  expect(await system.suppress(ref, order)).toMatchObject({ result: 'already' });
  expect([...docsOf(all.state, 'Email Unsubscribe').values()].map(({ email }) => email)).toEqual(['eva@example.org']);
  expect(await system.unsuppress(ref, { ...order, consentEventId: 'event' })).toMatchObject({ result: 'applied' });
  expect(docsOf(all.state, 'Email Unsubscribe').size).toBe(0);
  await all.twin.stop();
});

test('files are listed with what they hang from, and read; one on another site is told, and one that is gone', async () => {
  const scene = await start();
  const person = scene.addPerson('Luis', 'Files', 'luis@files.example');
  const file = { is_folder: 0, file_size: 15, attached_to_doctype: 'Contact', attached_to_name: person };
  scene.add('File', { ...file, file_name: 'offer.txt', file_url: '/private/files/offer.txt', content: 'for Ana Quijano' });
  scene.add('File', { ...file, file_name: 'a link', file_url: 'https://files.example/1', attached_to_doctype: 'Project' });
  scene.add('File', { is_folder: 1, file_name: 'Home' });
  const system = await opened(scene);
  const listed = [];
  for await (const one of system.files?.list() ?? []) listed.push([one.id, one.of?.externalId, one.name, one.elsewhere === true]);
  expect(listed).toEqual([
    ['/private/files/offer.txt', person, 'offer.txt', false],
    ['https://files.example/1', undefined, 'a link', true],
  ]);
  const held = await system.files?.read('/private/files/offer.txt');
  expect(Buffer.from(held?.bytes ?? []).toString()).toBe('for Ana Quijano');
  expect(await system.files?.read('/private/files/gone.txt')).toBeUndefined();
  await system.close();
  await scene.twin.stop();
});
