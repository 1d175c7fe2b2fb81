import { expect, test } from 'vitest';
import { describeConnector } from '../../test/acceptance/describe-connector.ts';
import { addRecord, type AirtableRecord, changeRecord } from '../../test/twins/airtable/store.ts';
import { type AirtableTwin, startAirtableTwin } from '../../test/twins/airtable.ts';
import { loadConnectors } from '../kit/registry.ts';

const configOf = ({ url, base, table }: AirtableTwin) => ({ url, base, table, callsPerSecond: 100_000 });

const opened = async (twin: AirtableTwin, settings: Readonly<Record<string, unknown>> = {}) => {
  const connector = (await loadConnectors()).get('airtable');
  if (connector === undefined) throw new Error('connectors/airtable is not there');
  return connector.open({
    systemId: 'airtable-under-test',
    config: { ...configOf(twin), ...settings },
    secret: () => twin.token,
    signal: new AbortController().signal,
    now: () => twin.clock.now(),
  });
};

describeConnector('airtable', async () => {
  const twin = await startAirtableTwin();
  const { state, clock } = twin;
  const record = (id: string): AirtableRecord => {
    const found = state.records.get(id);
    if (found === undefined) throw new Error('no such record');
    return found;
  };
  return {
    twin,
    config: configOf(twin),
    secrets: { token: twin.token },
    stream: 'person',
    pageSize: 100,
    addPerson: ({ givenName, familyName, email }) =>
      addRecord(state, clock, { 'First name': givenName, 'Last name': familyName, Email: email }),
    changePerson: (id, { givenName }) => changeRecord(clock, record(id), { 'First name': givenName }),
    removePerson: (id) => void state.records.delete(id),
    mergePeople: (_, loser) => void state.records.delete(loser),
    holds: (id) => state.records.has(id) || state.trash.some((one) => one.id === id && one.fields['Email'] !== undefined),
    addField: (id) => changeRecord(clock, record(id), { Colour: 'new-field-of-the-vendor' }),
    retypeField: (id) => changeRecord(clock, record(id), { Email: { address: 'canary' } }),
    isOptedOut: (id) => state.records.get(id)?.fields['Do not contact'] === true,
    optOut: (id) => changeRecord(clock, record(id), { 'Do not contact': true }),
    refuseSilently: () => {
      state.deaf = 1;
    },
    withoutRight: () => void twin.lacking.add('/v0/meta/'),
    addText: (personId, text) => {
      changeRecord(clock, record(personId), { Notes: text });
      return { kind: 'person' as const, externalId: personId };
    },
    textOf: ({ externalId }) => {
      const text = record(externalId).fields['Notes'];
      return typeof text === 'string' ? text : '';
    },
    tooMany: { withHeader: { status: 429, headers: { 'retry-after': '1' }, body: {} } },
  };
});

test('columns that the owner named otherwise are read, written and emptied; one that is not there is left alone', async () => {
  const twin = await startAirtableTwin();
  const { state, clock } = twin;
  const id = addRecord(state, clock, { Vorname: 'Ana', 'E-Mail': 'ana@example.org' });
  const system = await opened(twin, {
    givenNameColumn: 'Vorname',
    emailColumn: 'E-Mail',
    optOutColumn: 'Keine Werbung',
    phoneColumn: '',
    notesColumn: '',
  });
  const ref = { kind: 'person' as const, externalId: id };
  const records = [];
  for await (const page of system.pull('person', null)) records.push(...page.records);
  expect(records[0]?.canonical).toEqual({ givenName: 'Ana', emails: ['ana@example.org'] });
  expect(await system.lookup([{ kind: 'email', value: 'Ana@example.org' }])).toEqual([ref]);
  const order = { key: 'k', channel: 'email' as const, purpose: 'marketing' };
  expect(await system.suppress(ref, order)).toMatchObject({ result: 'applied' });
  expect(state.records.get(id)?.fields['Keine Werbung']).toBe(true);
  expect(await system.erase(ref, { key: 'k' })).toMatchObject({ result: 'accepted' });
  expect(JSON.stringify(state.trash)).not.toContain('ana@example.org');
  await twin.stop();
});

test('a place in a listing that expired starts the listing again', async () => {
  const twin = await startAirtableTwin();
  for (let made = 0; made < 150; made += 1) addRecord(twin.state, twin.clock, { Email: `p${made}@example.org` });
  const expired = { status: 422, body: { error: { type: 'LIST_RECORDS_ITERATOR_NOT_AVAILABLE' } } };
  const seen = new Set<string>();
  let pages = 0;
  for await (const page of (await opened(twin)).pull('person', null)) {
    for (const one of page.records) if (one.kind === 'person') seen.add(one.externalId);
    pages += 1;
    if (pages === 1) twin.fault({ kind: 'answer', answer: expired });
  }
  expect(seen.size).toBe(150);
  await twin.stop();
});
