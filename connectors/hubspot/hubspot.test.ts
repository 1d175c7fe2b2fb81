import { expect, test } from 'vitest';
import { describeConnector } from '../../test/acceptance/describe-connector.ts';
import { addObject, changeObject, link, removeObject } from '../../test/twins/hubspot/store.ts';
import { startHubspotTwin } from '../../test/twins/hubspot.ts';
import { loadConnectors } from '../kit/registry.ts';

describeConnector('hubspot', async () => {
  const twin = await startHubspotTwin();
  const { state, clock } = twin;
  const contact = (id: string) => {
    const found = state.objects.contacts.get(id);
    if (found === undefined) throw new Error(`no contact ${id}`);
    return found;
  };
  const emailOf = (id: string): string => contact(id).properties['email'] ?? '';
  return {
    twin,
    config: { url: twin.url, appId: twin.appId, callsPerTenSeconds: 10_000 },
    secrets: { token: twin.token, clientSecret: twin.clientSecret },
    stream: 'person',
    pageSize: 100,
    addPerson: ({ givenName, familyName, email }) =>
      addObject(state, 'contacts', { firstname: givenName, lastname: familyName, email }, clock.stamp()).id,
    changePerson: (id, { givenName }) => changeObject('contacts', contact(id), { firstname: givenName }, clock.stamp()),
    removePerson: (id) => {
      contact(id).archived = true;
    },
    mergePeople: (winner, loser) => {
      removeObject(state, 'contacts', loser);
      changeObject('contacts', contact(winner), { hs_merged_object_ids: loser }, clock.stamp());
    },
    holds: (id) =>
      state.objects.contacts.has(id) ||
      [...state.objects.notes.values()].some((one) => !one.archived && one.properties['about'] === id),
    addField: (id) => changeObject('contacts', contact(id), { brand_new: 'new-field-of-the-vendor' }, clock.stamp()),
    retypeField: (id) =>
      changeObject('contacts', contact(id), { email: { address: 'canary' } as unknown as string }, clock.stamp()),
    isOptedOut: (id) => state.optedOut.has(emailOf(id)),
    optOut: (id) => {
      state.optedOut.add(emailOf(id));
      changeObject('contacts', contact(id), { hs_email_optout: 'true' }, clock.stamp());
      twin.emit('contact.propertyChange', id, { propertyName: 'hs_email_optout', propertyValue: 'true', changeSource: 'EMAIL' });
    },
    refuseSilently: () => {
      state.deaf = 1;
    },
    withoutRight: () => {
      twin.lacking.add('/crm/v3/objects/companies');
    },
    webhooks: () => twin.webhooks(),
    addText: (personId, text) => {
      const note = addObject(state, 'notes', { hs_note_body: text, hs_timestamp: clock.stamp() }, clock.stamp());
      link(state, ['notes', note.id], ['contacts', personId]);
      return { kind: 'interaction', externalId: `note-${note.id}` };
    },
    textOf: ({ externalId }) => state.objects.notes.get(externalId.slice('note-'.length))?.properties['hs_note_body'] ?? '',
    addKept: (personId) => {
      const deal = addObject(state, 'deals', { dealname: 'Deal', amount: '10' }, clock.stamp());
      link(state, ['deals', deal.id], ['contacts', personId]);
      return { kind: 'sale', externalId: `deal-${deal.id}` };
    },
    addChildren: (personId, count) => {
      for (let made = 0; made < count; made += 1) {
        const note = addObject(state, 'notes', { hs_note_body: 'x', about: personId }, clock.stamp());
        link(state, ['notes', note.id], ['contacts', personId]);
      }
    },
    tooMany: {
      withHeader: { status: 429, headers: { 'retry-after': '1' }, body: { policyName: 'TEN_SECONDLY_ROLLING' } },
    },
  };
});

const opened = async (twin: Awaited<ReturnType<typeof startHubspotTwin>>) => {
  const secrets: Readonly<Record<string, string>> = { token: twin.token, clientSecret: twin.clientSecret };
  const connector = (await loadConnectors()).get('hubspot');
  if (connector === undefined) throw new Error('connectors/hubspot is not there');
  return connector.open({
    systemId: 'hubspot-under-test',
    config: { url: twin.url, appId: twin.appId, callsPerTenSeconds: 10_000 },
    secret: (name) => secrets[name] ?? '',
    signal: new AbortController().signal,
    now: () => twin.clock.now(),
  });
};

test('invoices come as sales of the person or company that they bill, and outlive the person', async () => {
  const twin = await startHubspotTwin();
  const { state, clock } = twin;
  const system = await opened(twin);
  const person = addObject(state, 'contacts', { firstname: 'Luis', email: 'luis@example.org' }, clock.stamp());
  const firm = addObject(state, 'companies', { name: 'Roble' }, clock.stamp());
  const billed = { hs_invoice_date: '2026-03-02T00:00:00Z', hs_amount_billed: '121.5', hs_currency: 'eur' };
  const paid = addObject(state, 'invoices', { ...billed, hs_number: 'INV-1', hs_invoice_status: 'paid' }, clock.stamp());
  const open = addObject(state, 'invoices', { ...billed, hs_number: 'INV-2', hs_invoice_status: 'open' }, clock.stamp());
  link(state, ['invoices', paid.id], ['contacts', person.id]);
  link(state, ['invoices', open.id], ['companies', firm.id]);
  const pages = [];
  for await (const page of system.pull('invoice', null)) pages.push(page);
  const sale = { saleKind: 'invoice', at: '2026-03-02T00:00:00.000Z', amountCents: 12_150, currency: 'EUR' };
  expect(pages.flatMap(({ records }) => records.map(({ externalId, canonical }) => [externalId, canonical]))).toEqual([
    [`invoice-${paid.id}`, { ...sale, clientExternalId: person.id, number: 'INV-1', status: 'paid' }],
    [`invoice-${open.id}`, { ...sale, clientExternalId: `company-${firm.id}`, number: 'INV-2', status: 'sent' }],
  ]);
  await system.erase({ kind: 'person', externalId: person.id }, { key: 'k' });
  expect(state.objects.invoices.get(paid.id)).toMatchObject({ archived: false });
  await twin.stop();
});

test('tickets, e-mails, calls and meetings come, are blotted, and go emptied to the bin, which is told with its date', async () => {
  const twin = await startHubspotTwin();
  const { state, clock } = twin;
  const system = await opened(twin);
  const person = addObject(state, 'contacts', { firstname: 'Luis', email: 'luis@example.org' }, clock.stamp());
  const streams = [
    ['ticket', 'tickets', 'subject', 'content'],
    ['email', 'emails', 'hs_email_subject', 'hs_email_text'],
    ['call', 'calls', 'hs_call_title', 'hs_call_body'],
    ['meeting', 'meetings', 'hs_meeting_title', 'hs_meeting_body'],
  ] as const;
  for (const [stream, type, subject, body] of streams) {
    const texts = { [subject]: 'For Ana Ruiz', [body]: 'Ana Ruiz asks', hs_timestamp: clock.stamp() };
    const one = addObject(state, type, texts, clock.stamp());
    link(state, [type, one.id], ['contacts', person.id]);
    const records = [];
    for await (const page of system.pull(stream, null)) records.push(...page.records);
    expect(records.map(({ canonical }) => canonical)).toEqual([
      expect.objectContaining({
        clientExternalId: person.id,
        interactionKind: stream,
        subject: 'For Ana Ruiz',
        text: 'Ana Ruiz asks',
      }),
    ]);
    const ref = { kind: 'interaction' as const, externalId: `${stream}-${one.id}` };
    expect(await system.redact?.(ref, { key: 'k', texts: ['Ana Ruiz'] })).toMatchObject({ result: 'done' });
    expect(state.objects[type].get(one.id)?.properties).toMatchObject({ [subject]: 'For […]', [body]: '[…] asks' });
    expect((await system.verify(ref)).result).toBe('present');
    expect(await system.erase(ref, { key: 'k' })).toMatchObject({ result: 'accepted' });
    expect(await system.verify(ref)).toMatchObject({ result: 'pending', residue: [{ due: expect.stringMatching(/^\d{4}-/) }] });
    expect(state.objects[type].get(one.id)).toMatchObject({ archived: true, properties: { [body]: '[erased]' } });
  }
  await twin.stop();
});
