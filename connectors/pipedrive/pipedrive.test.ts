import { expect, test } from 'vitest';
import { describeConnector } from '../../test/acceptance/describe-connector.ts';
import { addThread } from '../../test/twins/pipedrive/mailbox.ts';
import {
  addPerson,
  addRow,
  attach,
  changePerson,
  mergePersons,
  type Person,
  removePerson,
} from '../../test/twins/pipedrive/store.ts';
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
    removePerson: (id) => removePerson(state, clock, person(id)),
    mergePeople: (winner, loser) => mergePersons(state, clock, person(winner), person(loser)),
    holds: (id) =>
      state.persons.has(Number(id)) ||
      JSON.stringify(state.bin.get(Number(id))?.row['emails'] ?? []) !== '[]' ||
      Object.values(state.attached).some((rows) =>
        [...rows.values()].some((one) => one.active_flag && one.person_id === Number(id)),
      ),
    addChildren: (personId, count) => {
      for (let made = 0; made < count; made += 1)
        for (const kind of ['notes', 'leads', 'files'] as const) attach(state, clock, kind, Number(personId), { content: 'x' });
    },
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

test('what was merged or deleted since the run before comes with the next one, whatever its kind; a full run asks for no bin', async () => {
  const all = await start();
  const { state, clock } = all;
  const [stays, merged, deleted] = ['Ana', 'Anna', 'Luis'].map((name) =>
    addPerson(state, clock, { name, email: `${name.toLowerCase()}@example.org` }),
  );
  const deal = addRow(state, clock, 'deals', { value: 1, currency: 'EUR', status: 'open', person_id: stays?.id });
  const system = await opened(all);
  const pulled = async (stream: string, cursor: Parameters<typeof system.pull>[1]) => {
    const pages = [];
    for await (const page of system.pull(stream, cursor)) pages.push(page);
    return {
      cursor: pages.at(-1)?.cursor ?? null,
      gone: pages.flatMap((page) => page.deleted.map(({ externalId }) => externalId)),
    };
  };
  const first = await pulled('person', null);
  const firstDeals = await pulled('deal', null);
  expect(JSON.stringify(system.asked?.())).not.toContain('recents');
  clock.advance('2d');
  if (stays === undefined || merged === undefined || deleted === undefined) throw new Error('no persons');
  mergePersons(state, clock, stays, merged);
  removePerson(state, clock, deleted);
  state.others.deals.delete(deal);
  state.bin.set(deal, { item: 'deal', row: { id: deal, update_time: clock.stamp() } });
  const second = await pulled('person', first.cursor);
  expect(second.gone.toSorted()).toEqual([merged.id, deleted.id].map(String).toSorted());
  expect((await pulled('deal', firstDeals.cursor)).gone).toEqual([`deal-${deal}`]);
  expect(JSON.stringify(system.asked?.())).toContain('recents');
  await all.twin.stop();
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

test('notes come by what changed, are blotted, and go emptied; files and leads of a person go with it', async () => {
  const all = await start();
  const { state, clock } = all;
  const person = addPerson(state, clock, { name: 'Luis Pons', email: 'luis@example.org' });
  const note = attach(state, clock, 'notes', person.id, { content: '<p>Ana Ruiz asks</p>' });
  attach(state, clock, 'files', person.id);
  const system = await opened(all);
  const pulled = async (cursor: Parameters<typeof system.pull>[1]) => {
    const pages = [];
    for await (const page of system.pull('note', cursor)) pages.push(page);
    return pages;
  };
  const first = await pulled(null);
  const said = { clientExternalId: String(person.id), interactionKind: 'note', text: '<p>Ana Ruiz asks</p>' };
  expect(first.flatMap(({ records }) => records.map(({ canonical }) => canonical))).toEqual([expect.objectContaining(said)]);
  clock.advance('2d');
  const later = attach(state, clock, 'notes', person.id, { content: 'x' });
  const idsOf = (pages: typeof first): string[] => pages.flatMap(({ records }) => records.map(({ externalId }) => externalId));
  const second = await pulled(first.at(-1)?.cursor ?? null);
  expect(idsOf(second)).toContain(`note-${later}`);
  expect(idsOf(await pulled(second.at(-1)?.cursor ?? null))).toEqual([`note-${later}`]); // within the look-back
  const ref = { kind: 'interaction' as const, externalId: `note-${note}` };
  expect(await system.redact?.(ref, { key: 'k', texts: ['Ana Ruiz'] })).toMatchObject({ result: 'done' });
  expect(state.attached.notes.get(note)?.['content']).toBe('<p>[…] asks</p>');
  expect((await system.verify(ref)).result).toBe('present');
  expect((await system.erase(ref, { key: 'k' })).result).toBe('accepted');
  expect((await system.verify(ref)).result).toBe('gone');
  expect(state.attached.notes.get(note)?.['content']).toBe('[erased]');
  await system.erase({ kind: 'person', externalId: String(person.id) }, { key: 'k' });
  expect(state.attached.files.size).toBe(0);
  await all.twin.stop();
});

test('leads come with whom they are of and by what changed, are blotted, and are deleted at once', async () => {
  const all = await start();
  const { state, clock } = all;
  const { id } = addPerson(state, clock, { name: 'Luis Pons', email: 'luis@example.org' });
  const lead = attach(state, clock, 'leads', id, { title: 'Kitchen of Ana Ruiz', value: { amount: 900, currency: 'EUR' } });
  const system = await opened(all);
  const pulled = async (cursor: Parameters<typeof system.pull>[1]) => {
    const pages = [];
    for await (const page of system.pull('lead', cursor)) pages.push(page);
    return pages;
  };
  const first = await pulled(null);
  const said = { clientExternalId: String(id), interactionKind: 'note', subject: 'Kitchen of Ana Ruiz' };
  expect(first.flatMap(({ records }) => records.map(({ canonical }) => canonical))).toEqual([expect.objectContaining(said)]);
  clock.advance('2d');
  const later = attach(state, clock, 'leads', id, { title: 'x' });
  const second = await pulled(first.at(-1)?.cursor ?? null);
  const third = await pulled(second.at(-1)?.cursor ?? null);
  expect(third.flatMap(({ records }) => records.map(({ externalId }) => externalId))).toEqual([`lead-${later}`]);
  const ref = { kind: 'interaction' as const, externalId: `lead-${lead}` };
  expect(await system.redact?.(ref, { key: 'k', texts: ['Ana Ruiz'] })).toMatchObject({ result: 'done' });
  expect(state.attached.leads.get(lead)?.['title']).toBe('Kitchen of […]');
  expect((await system.verify(ref)).result).toBe('present');
  expect(await system.erase(ref, { key: 'k' })).toMatchObject({ result: 'done', residue: [] });
  expect((await system.verify(ref)).result).toBe('gone');
  expect([...state.attached.leads.keys()]).toEqual([later]);
  await all.twin.stop();
});

test('e-mails of the token user come with whom they are with; they go with the person, those of other users stay', async () => {
  const all = await start();
  const { state, clock } = all;
  const { id } = addPerson(state, clock, { name: 'Ana Ruiz', email: 'ana@example.org' });
  const about = { subject: 'Kitchen', snippet: 'Ana Ruiz asks' };
  const asked = addThread(state, clock, id, { ...about, folder: 'inbox' });
  const written = addThread(state, clock, id, { ...about, folder: 'sent' });
  const anothers = addThread(state, clock, id, { ...about, folder: 'inbox', others: true });
  const system = await opened(all);
  const pulled = async (stream: string) => {
    const records = [];
    for await (const page of system.pull(stream, null)) records.push(...page.records);
    return records.map(({ externalId, canonical }) => [externalId, canonical]);
  };
  const mail = { clientExternalId: String(id), interactionKind: 'email', subject: 'Kitchen', text: 'Ana Ruiz asks' };
  expect(await pulled('mail')).toEqual([[`mail-${asked}`, expect.objectContaining({ ...mail, direction: 'in' })]]);
  expect(await pulled('sent')).toEqual([[`sent-${written}`, expect.objectContaining({ ...mail, direction: 'out' })]]);
  const ref = { kind: 'interaction' as const, externalId: `sent-${written}` };
  expect((await system.verify(ref)).result).toBe('present');
  expect(await system.erase(ref, { key: 'k' })).toMatchObject({
    result: 'partial',
    residue: [{ where: 'the mailbox that Pipedrive is synchronised with', due: null }],
  });
  expect((await system.verify(ref)).result).toBe('gone');
  await system.erase({ kind: 'person', externalId: String(id) }, { key: 'k' });
  expect([asked, anothers].map((thread) => state.threads.get(thread)?.deleted_flag)).toEqual([1, 0]);
  await all.twin.stop();
});

test('a company without Campaigns is not asked for a marketing status, and its persons come without one', async () => {
  const all = await start();
  addPerson(all.state, all.clock, { name: 'Ana Ruiz', email: 'ana@example.org' });
  const kinds = async (more: Readonly<Record<string, unknown>>) => {
    const system = await opened({ ...all, config: { ...all.config, ...more } });
    const records = [];
    for await (const page of system.pull('person', null)) records.push(...page.records);
    return records.map(({ kind }) => kind);
  };
  expect(await kinds({})).toEqual(['person', 'consent']);
  expect(await kinds({ personFields: '' })).toEqual(['person']);
  await all.twin.stop();
});
