import { expect, test } from 'vitest';
import { describeConnector } from '../../test/acceptance/describe-connector.ts';
import { createRow, type Model, writeRow } from '../../test/twins/odoo/store.ts';
import { startOdooTwin } from '../../test/twins/odoo.ts';
import { loadConnectors } from '../kit/registry.ts';

const start = async () => {
  const twin = await startOdooTwin();
  const { state, clock } = twin;
  const add = (model: Model, values: Readonly<Record<string, unknown>>): number => createRow(state, clock, model, values);
  const emailOf = (id: string): unknown => state.rows['res.partner'].get(Number(id))?.['email'];
  const addPerson = (name: string, email: string): string => String(add('res.partner', { name, email, is_company: false }));
  const addInvoice = (personId: string, narration: string): string =>
    `invoice-${add('account.move', {
      name: 'INV/2026/00001',
      move_type: 'out_invoice',
      partner_id: [Number(personId), 'Ana'],
      amount_total_in_currency_signed: 12.1,
      currency_id: [1, 'EUR'],
      state: 'posted',
      payment_state: 'not_paid',
      narration,
    })}`;
  return { twin, state, clock, add, emailOf, addPerson, addInvoice };
};

const settings = (twin: Awaited<ReturnType<typeof startOdooTwin>>) => ({
  config: { url: twin.url, database: twin.database, callsPerMinute: 100_000 },
  secrets: { apiKey: twin.apiKey, webhookToken: twin.webhookToken },
});

const opened = async (twin: Awaited<ReturnType<typeof startOdooTwin>>, more: Readonly<Record<string, unknown>> = {}) => {
  const { config, secrets } = settings(twin);
  const connector = (await loadConnectors()).get('odoo');
  if (connector === undefined) throw new Error('connectors/odoo is not there');
  return connector.open({
    systemId: 'odoo-under-test',
    config: { ...config, ...more },
    secret: (name) => (name === 'apiKey' ? secrets.apiKey : secrets.webhookToken),
    signal: new AbortController().signal,
    now: () => twin.clock.now(),
  });
};

describeConnector('odoo', async () => {
  const { twin, state, clock, add, emailOf, addPerson, addInvoice } = await start();
  return {
    twin,
    ...settings(twin),
    stream: 'partner',
    pageSize: 200,
    addPerson: ({ givenName, familyName, email }) => addPerson(`${givenName} ${familyName}`, email),
    changePerson: (id, { givenName }) => void writeRow(state, clock, 'res.partner', Number(id), { name: givenName }),
    removePerson: (id) => void state.rows['res.partner'].delete(Number(id)),
    mergePeople: (winner, loser) => {
      state.rows['res.partner'].delete(Number(loser));
      writeRow(state, clock, 'res.partner', Number(winner), {});
    },
    holds: (id) => {
      const row = state.rows['res.partner'].get(Number(id));
      const about = [...state.rows['mail.message'].values()].some((one) => one['res_id'] === Number(id));
      return about || (row !== undefined && row['name'] !== '[erased]');
    },
    addField: (id) => void writeRow(state, clock, 'res.partner', Number(id), { x_brand_new: 'new-field-of-the-vendor' }),
    retypeField: (id) => void writeRow(state, clock, 'res.partner', Number(id), { email: { address: 'canary' } }),
    isOptedOut: (id) =>
      [...state.rows['mail.blacklist'].values()].some((row) => row['email'] === emailOf(id) && row['active'] === true),
    optOut: (id) => twin.emit('mail.blacklist', add('mail.blacklist', { email: emailOf(id) })),
    refuseSilently: () => {
      state.deaf = 1;
    },
    withoutRight: () => void twin.lacking.add('account.move'),
    webhooks: () => twin.webhooks(),
    addText: (personId, text) => ({ kind: 'sale' as const, externalId: addInvoice(personId, text) }),
    textOf: ({ externalId }) => {
      const text = state.rows['account.move'].get(Number(externalId.slice('invoice-'.length)))?.['narration'];
      return typeof text === 'string' ? text : '';
    },
    addKept: (personId) => ({ kind: 'sale' as const, externalId: addInvoice(personId, '') }),
    addChildren: (personId, count) => {
      for (let made = 0; made < count; made += 1)
        add('mail.message', { model: 'res.partner', res_id: Number(personId), message_type: 'comment', body: 'x' });
    },
    writes: { path: /\/(write|create|unlink|action_cancel)$/ },
    tooMany: { withHeader: { status: 429, headers: { 'retry-after': '1' }, body: {} } },
  };
});

test('a person whom an invoice refers to is emptied and archived, and the residue says until when', async () => {
  const { twin, state, addPerson, addInvoice } = await start();
  const id = addPerson('Ana Ruiz', 'ana@example.org');
  addInvoice(id, '');
  const system = await opened(twin);
  const erased = await system.erase({ kind: 'person', externalId: id }, { key: 'k' });
  expect(erased.result).toBe('partial');
  expect(erased.residue[0]?.due).toMatch(/^\d{4}-\d\d-\d\d$/);
  expect(state.rows['res.partner'].get(Number(id))).toMatchObject({ name: '[erased]', email: false, active: false });
  expect((await system.verify({ kind: 'person', externalId: id })).result).toBe('gone');
  expect(state.rows['account.move'].size).toBe(1);
  await twin.stop();
});

test('a person without invoices is deleted, and nothing stays', async () => {
  const { twin, state, addPerson } = await start();
  const id = addPerson('Ana Ruiz', 'ana@example.org');
  const erased = await (await opened(twin)).erase({ kind: 'person', externalId: id }, { key: 'k' });
  expect(erased).toMatchObject({ result: 'done', residue: [] });
  expect(state.rows['res.partner'].has(Number(id))).toBe(false);
  await twin.stop();
});

test('an address that was taken off the blacklist is put back on the row that Odoo has', async () => {
  const { twin, state, add, addPerson } = await start();
  const id = addPerson('Ana Ruiz', 'Ana@Example.org');
  const row = add('mail.blacklist', { email: 'ana@example.org', active: false });
  const order = { key: 'k', channel: 'email' as const, purpose: 'marketing' };
  expect(await (await opened(twin)).suppress({ kind: 'person', externalId: id }, order)).toMatchObject({ result: 'applied' });
  expect(state.rows['mail.blacklist'].get(row)?.['active']).toBe(true);
  expect(state.rows['mail.blacklist'].size).toBe(1);
  await twin.stop();
});

test('a lead is a person of its own, with its own ids', async () => {
  const { twin, state, add, addPerson } = await start();
  addPerson('Other', 'other@example.org');
  const lead = add('crm.lead', { contact_name: 'Eva Sanz', email_from: 'Eva@example.org', partner_id: false });
  const system = await opened(twin);
  const ref = { kind: 'person' as const, externalId: `lead-${lead}` };
  expect(await system.lookup([{ kind: 'email', value: 'eva@example.org' }])).toEqual([ref]);
  const order = { key: 'k', channel: 'email' as const, purpose: 'marketing' };
  expect(await system.suppress(ref, order)).toMatchObject({ result: 'applied' });
  expect(await system.erase(ref, { key: 'k' })).toMatchObject({ result: 'done' });
  expect(state.rows['crm.lead'].size).toBe(0);
  expect(state.rows['res.partner'].size).toBe(1);
  await twin.stop();
});

test('quotations, orders, payments and Helpdesk tickets come with their partner; a sent quotation can go, a payment stays', async () => {
  const { twin, state, add, addPerson } = await start();
  const id = addPerson('Ana Ruiz', 'ana@example.org');
  const partner = { partner_id: [Number(id), 'Ana Ruiz'], currency_id: [1, 'EUR'] };
  const quote = add('sale.order', {
    ...partner,
    name: 'S001',
    state: 'sent',
    date_order: '2026-03-01 10:00:00',
    amount_total: 12.1,
  });
  const order = add('sale.order', {
    ...partner,
    name: 'S002',
    state: 'sale',
    date_order: '2026-03-02 10:00:00',
    amount_total: 20,
  });
  const payment = add('account.payment', {
    ...partner,
    partner_type: 'customer',
    name: 'P1',
    state: 'paid',
    date: '2026-03-03',
    amount: 20,
  });
  const ticket = add('helpdesk.ticket', { ...partner, name: 'For Ana Ruiz', description: 'Ana Ruiz waits' });
  const said = async (stream: string, config: Readonly<Record<string, unknown>> = {}) => {
    const records = [];
    for await (const page of (await opened(twin, config)).pull(stream, null)) records.push(...page.records);
    return records.map(({ externalId, canonical }) => [externalId, canonical]);
  };
  expect(await said('order')).toEqual([
    [`order-${quote}`, expect.objectContaining({ clientExternalId: id, saleKind: 'quote', status: 'sent', amountCents: 1_210 })],
    [`order-${order}`, expect.objectContaining({ saleKind: 'order', status: 'confirmed', currency: 'EUR' })],
  ]);
  expect(await said('payment')).toEqual([
    [`payment-${payment}`, expect.objectContaining({ clientExternalId: id, saleKind: 'payment', status: 'paid' })],
  ]);
  expect(await said('ticket')).toEqual([]);
  expect(await said('ticket', { helpdesk: true })).toEqual([
    [`ticket-${ticket}`, expect.objectContaining({ clientExternalId: id, subject: 'For Ana Ruiz' })],
  ]);
  const system = await opened(twin);
  const asked = { kind: 'interaction' as const, externalId: `ticket-${ticket}` };
  expect(await system.redact?.(asked, { key: 'k', texts: ['Ana Ruiz'] })).toMatchObject({ result: 'done' });
  expect(state.rows['helpdesk.ticket'].get(ticket)).toMatchObject({ name: 'For […]', description: '[…] waits' });
  expect(await system.erase(asked, { key: 'k' })).toMatchObject({ result: 'done' });
  expect((await system.verify(asked)).result).toBe('gone');
  const kept = await system.erase({ kind: 'sale', externalId: `payment-${payment}` }, { key: 'k' });
  expect(kept).toMatchObject({ result: 'refused', code: 'kept-by-law' });
  const gone = { kind: 'sale' as const, externalId: `order-${quote}` };
  expect(await system.erase(gone, { key: 'k' })).toMatchObject({ result: 'done' });
  expect((await system.verify(gone)).result).toBe('gone');
  expect(state.rows['sale.order'].size).toBe(1);
  await twin.stop();
});

test('a meeting comes with each outsider who attends; it goes with its only one, else the person leaves it', async () => {
  const { twin, state, add, addPerson } = await start();
  const [ana, luis] = [addPerson('Ana Ruiz', 'ana@example.org'), addPerson('Luis Pons', 'luis@example.org')];
  const staff = add('res.partner', { name: 'Own Seller', is_company: false, partner_share: false });
  const event = (name: string): number =>
    add('calendar.event', { name, description: 'With Ana Ruiz', start: '2026-03-04 09:00:00' });
  const attend = (meeting: number, partner: number): number =>
    add('calendar.attendee', { event_id: [meeting, 'x'], partner_id: [partner, 'x'] });
  const [alone, shared] = [event('Visit'), event('Fair')];
  const first = attend(alone, Number(ana));
  attend(alone, staff);
  const second = attend(shared, Number(ana));
  const other = attend(shared, Number(luis));
  const system = await opened(twin);
  const records = [];
  for await (const page of system.pull('meeting', null)) records.push(...page.records);
  const met = { interactionKind: 'meeting', at: '2026-03-04T09:00:00.000Z', text: 'With Ana Ruiz' };
  expect(records.map(({ externalId, canonical }) => [externalId, canonical])).toEqual([
    [`meeting-${first}`, { ...met, clientExternalId: ana, subject: 'Visit' }],
    [`meeting-${second}`, { ...met, clientExternalId: ana, subject: 'Fair' }],
    [`meeting-${other}`, { ...met, clientExternalId: luis, subject: 'Fair' }],
  ]);
  const ref = (id: number) => ({ kind: 'interaction' as const, externalId: `meeting-${id}` });
  expect(await system.redact?.(ref(other), { key: 'k', texts: ['Ana Ruiz'] })).toMatchObject({ result: 'done' });
  expect(state.rows['calendar.event'].get(shared)).toMatchObject({ name: 'Fair', description: 'With […]' });
  expect(await system.erase(ref(first), { key: 'k' })).toMatchObject({ result: 'done', residue: [] });
  const left = [{ where: 'Odoo: a meeting with others, whose title and description stay', due: null }];
  expect(await system.erase(ref(second), { key: 'k' })).toMatchObject({ result: 'partial', residue: left });
  for (const id of [first, second]) expect((await system.verify(ref(id))).result).toBe('gone');
  expect([...state.rows['calendar.event'].keys()]).toEqual([shared]);
  expect([...state.rows['calendar.attendee'].keys()]).toEqual([other]);
  await twin.stop();
});

test('recipients of the marketing list come as people of their own, and who left the list as a no', async () => {
  const { twin, state, add } = await start();
  const join = (contact: number, list: number, more: Readonly<Record<string, unknown>>): number =>
    add('mailing.subscription', { contact_id: [contact, 'x'], list_id: [list, 'x'], opt_out: false, ...more });
  const ana = add('mailing.contact', { name: 'Ana Ruiz', email: 'Ana@example.org' });
  const luis = add('mailing.contact', { name: 'Luis Pons', email: 'luis@example.org' });
  const other = add('mailing.contact', { name: 'Eva Sanz', email: 'eva@example.org' });
  const left = join(ana, 3, { opt_out: true, opt_out_datetime: '2026-02-02 10:00:00' });
  join(luis, 3, {});
  join(other, 4, { opt_out: true }); // of a list that marketing does not go to
  const system = await opened(twin, { list: 3 });
  const pulled = async (stream: string) => {
    const records = [];
    for await (const page of system.pull(stream, null)) records.push(...page.records);
    return records.map(({ externalId, canonical }) => [externalId, canonical]);
  };
  expect(await pulled('recipient')).toEqual([
    [`recipient-${ana}`, expect.objectContaining({ fullName: 'Ana Ruiz', emails: ['Ana@example.org'] })],
    [`recipient-${luis}`, expect.objectContaining({ fullName: 'Luis Pons' })],
  ]);
  const no = { clientExternalId: `recipient-${ana}`, purpose: 'marketing', channel: 'email', answer: 'denied' };
  expect(await pulled('unsubscribed')).toEqual([
    [`left-${left}`, expect.objectContaining({ ...no, at: '2026-02-02T10:00:00.000Z' })],
  ]);
  const ref = { kind: 'person' as const, externalId: `recipient-${luis}` };
  expect(await system.lookup([{ kind: 'email', value: 'luis@example.org' }])).toEqual([ref]);
  const order = { key: 'k', channel: 'email' as const, purpose: 'marketing' };
  expect(await system.suppress(ref, order)).toMatchObject({ result: 'applied' });
  expect(await system.erase(ref, { key: 'k' })).toMatchObject({ result: 'done' });
  expect((await system.verify(ref)).result).toBe('gone');
  const gone = { kind: 'consent' as const, externalId: `left-${left}` };
  expect(await system.erase(gone, { key: 'k' })).toMatchObject({ result: 'done' });
  expect((await system.verify(gone)).result).toBe('gone');
  expect([...state.rows['mailing.contact'].keys()]).toEqual([ana, other]);
  await twin.stop();
});

test('files are listed with what they hang from, and read; a link is told, and one that is gone', async () => {
  const { twin, add } = await start();
  const partner = add('res.partner', { name: 'Luis', email: 'luis@example.org', is_company: false });
  const file = { type: 'binary', mimetype: 'text/plain', res_field: false };
  const datas = Buffer.from('for Ana Quijano').toString('base64');
  const note = add('ir.attachment', {
    ...file,
    name: 'offer.txt',
    datas,
    file_size: 15,
    res_model: 'res.partner',
    res_id: partner,
  });
  add('ir.attachment', {
    ...file,
    type: 'url',
    name: 'a link',
    datas: false,
    file_size: 0,
    res_model: 'project.task',
    res_id: 9,
  });
  add('ir.attachment', { ...file, name: 'image_128', res_field: 'image_128', datas, res_model: 'res.partner', res_id: partner });
  const system = await opened(twin);
  const listed = [];
  for await (const one of system.files?.list() ?? []) listed.push(one);
  expect(listed).toEqual([
    {
      id: String(note),
      of: { kind: 'person', externalId: String(partner) },
      name: 'offer.txt',
      mediaType: 'text/plain',
      size: 15,
    },
    { id: expect.any(String), of: null, name: 'a link', mediaType: 'text/plain', size: 0, elsewhere: true },
  ]);
  const held = await system.files?.read(String(note));
  expect([held?.name, Buffer.from(held?.bytes ?? []).toString()]).toEqual(['offer.txt', 'for Ana Quijano']);
  expect(await system.files?.read('999999')).toBeUndefined();
  await system.close();
  await twin.stop();
});
