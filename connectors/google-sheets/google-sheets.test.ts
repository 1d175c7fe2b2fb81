import { expect, test } from 'vitest';
import { describeConnector } from '../../test/acceptance/describe-connector.ts';
import { cellOf, rowOf, setCell } from '../../test/twins/google-sheets/grid.ts';
import { type GoogleSheetsTwin, startGoogleSheetsTwin } from '../../test/twins/google-sheets.ts';
import { loadConnectors } from '../kit/registry.ts';
import { letterOf } from './sheet.ts';

const configOf = ({ url, tokenUrl, serviceAccount, spreadsheet }: GoogleSheetsTwin) => ({
  url,
  tokenUrl,
  serviceAccount,
  spreadsheet,
  callsPerMinute: 100_000,
});

const opened = async (twin: GoogleSheetsTwin) => {
  const connector = (await loadConnectors()).get('google-sheets');
  if (connector === undefined) throw new Error('connectors/google-sheets is not there');
  return connector.open({
    systemId: 'google-sheets-under-test',
    config: configOf(twin),
    secret: () => twin.privateKey,
    signal: new AbortController().signal,
    now: () => twin.clock.now(),
  });
};

describeConnector('google-sheets', async () => {
  const twin = await startGoogleSheetsTwin();
  const { state } = twin;
  let people = 0;
  const remove = (id: string): void => {
    const row = rowOf(state, id);
    if (row !== undefined) state.grid.splice(state.grid.indexOf(row), 1);
  };
  return {
    twin,
    config: configOf(twin),
    secrets: { privateKey: twin.privateKey },
    stream: 'person',
    pageSize: 500,
    addPerson: ({ givenName, familyName, email }) => {
      people += 1;
      state.grid.push([`p${people}`, givenName, familyName, email]);
      return `p${people}`;
    },
    changePerson: (id, { givenName }) => setCell(state, id, 'First name', givenName),
    removePerson: remove,
    mergePeople: (_, loser) => remove(loser),
    holds: (id) => rowOf(state, id) !== undefined,
    isOptedOut: (id) => cellOf(state, id, 'Do not contact') === 'TRUE',
    optOut: (id) => setCell(state, id, 'Do not contact', 'TRUE'),
    addText: (id, text) => {
      setCell(state, id, 'Notes', text);
      return { kind: 'person', externalId: id };
    },
    textOf: ({ externalId }) => cellOf(state, externalId, 'Notes') ?? '',
    refuseSilently: () => {
      state.deaf = 1;
    },
    withoutRight: () => void twin.lacking.add('/values/'),
    endToken: () => twin.endToken(),
    tokensMade: () => state.tokens,
    tooMany: { bare: { status: 429, body: { error: { code: 429, status: 'RESOURCE_EXHAUSTED' } } } },
  };
});

test('a key that stands twice: the first row is read, both are opted out, both are deleted, nobody else is', async () => {
  const seed = [
    ['1', 'Ana', 'Ruiz', 'ana@example.org'],
    ['2', 'Eva', 'Sanz', 'eva@example.org'],
    ['1', 'Ana'],
    ['', 'No key'],
  ];
  const twin = await startGoogleSheetsTwin({ seed });
  const system = await opened(twin);
  const pages = [];
  for await (const page of system.pull('person', null)) pages.push(page);
  expect(pages[0]?.records.map(({ externalId }) => externalId)).toEqual(['1', '2']);
  expect(pages[0]?.rejected.map(({ reasonCode }) => reasonCode)).toEqual(['duplicate-row', 'id-missing']);
  const ref = { kind: 'person' as const, externalId: '1' };
  await system.suppress(ref, { key: 'k', channel: 'email', purpose: 'marketing' });
  expect(twin.state.grid.filter(([key]) => key === '1').map((row) => row[4])).toEqual(['TRUE', 'TRUE']);
  const erased = await system.erase(ref, { key: 'k' });
  expect(erased).toMatchObject({ result: 'partial', residue: [{ due: null }] });
  expect(twin.state.grid.slice(1).map(([key]) => key)).toEqual(['2', '']);
  await twin.stop();
});

test('a sheet that did not change is not read again as if everybody had gone', async () => {
  const twin = await startGoogleSheetsTwin({ seed: [['1', 'Ana', 'Ruiz', 'ana@example.org']] });
  const system = await opened(twin);
  const first = [];
  for await (const page of system.pull('person', null)) first.push(page);
  const again = [];
  for await (const page of system.pull('person', first[0]?.cursor ?? null)) again.push(page);
  expect(again).toHaveLength(1);
  expect(again[0]).toMatchObject({ records: [], last: true });
  expect(again[0]?.complete).toBeUndefined();
  await twin.stop();
});

test('a heading that is gone stops the pull and says which setting to mend', async () => {
  const twin = await startGoogleSheetsTwin();
  twin.state.grid[0] = ['Id', 'Mail'];
  const system = await opened(twin);
  await expect(system.lookup([{ kind: 'email', value: 'a@example.org' }])).rejects.toMatchObject({ code: 'column-missing' });
  await twin.stop();
});

test('columns are named as the sheet names them', () => {
  expect([0, 25, 26, 701, 702].map(letterOf)).toEqual(['A', 'Z', 'AA', 'ZZ', 'AAA']);
});
