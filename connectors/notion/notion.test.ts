import { expect, test } from 'vitest';
import { describeConnector } from '../../test/acceptance/describe-connector.ts';
import { addBlock, addPage, changePage, type NotionPage, richTextOf, titleOf } from '../../test/twins/notion/store.ts';
import { startNotionTwin } from '../../test/twins/notion.ts';
import { loadConnectors } from '../kit/registry.ts';

const start = async () => {
  const twin = await startNotionTwin();
  const { state, clock } = twin;
  const page = (id: string): NotionPage => {
    const found = state.pages.get(id);
    if (found === undefined) throw new Error('no such page');
    return found;
  };
  const addPerson = (name: readonly string[], email: string): string =>
    addPage(state, clock, { Name: titleOf(...name), Email: { type: 'email', email }, 'Do not contact': { checkbox: false } });
  const config = { url: twin.url, dataSource: twin.dataSource, botId: twin.botId, callsPerSecond: 100_000 };
  const secrets: Readonly<Record<string, string>> = { token: twin.token, verificationToken: twin.verificationToken };
  return { twin, state, clock, page, addPerson, config, secrets };
};

const opened = async ({ twin, config, secrets }: Awaited<ReturnType<typeof start>>) => {
  const connector = (await loadConnectors()).get('notion');
  if (connector === undefined) throw new Error('connectors/notion is not there');
  return connector.open({
    systemId: 'notion-under-test',
    config,
    secret: (name) => secrets[name] ?? '',
    signal: new AbortController().signal,
    now: () => twin.clock.now(),
  });
};

/** A page as it should be after an erasure: in the trash, without a text. */
const isEmptied = ({ in_trash: trashed, properties, blocks, trashedBlocks }: NotionPage): boolean =>
  trashed && blocks.length === 0 && trashedBlocks.every(({ text }) => text === '') && !JSON.stringify(properties).includes('@');

const notesOf = ({ properties }: NotionPage): string => {
  const { rich_text: pieces } = properties['Notes'] as { readonly rich_text: readonly { readonly plain_text: string }[] }; // as the twin makes them
  return pieces.map(({ plain_text: text }) => text).join('');
};

describeConnector('notion', async () => {
  const { twin, state, clock, page, addPerson, config, secrets } = await start();
  return {
    twin,
    config,
    secrets,
    stream: 'person',
    pageSize: 100,
    addPerson: ({ givenName, familyName, email }) => addPerson([givenName, familyName], email),
    changePerson: (id, { givenName }) => changePage(clock, page(id), { Name: titleOf(givenName) }),
    removePerson: (id) => {
      page(id).in_trash = true;
    },
    mergePeople: (_, loser) => void state.pages.delete(loser),
    holds: (id) => !isEmptied(page(id)),
    addField: (id) => changePage(clock, page(id), { Colour: { rich_text: [{ plain_text: 'new-field-of-the-vendor' }] } }),
    retypeField: (id) => changePage(clock, page(id), { Email: { email: { address: 'canary' } } }),
    isOptedOut: (id) => JSON.stringify(state.pages.get(id)?.properties['Do not contact']) === '{"checkbox":true}',
    optOut: (id) => {
      changePage(clock, page(id), { 'Do not contact': { checkbox: true } });
      twin.emit('page.properties_updated', id, 'a-person');
    },
    refuseSilently: () => {
      state.deaf = 1;
    },
    withoutRight: () => void twin.lacking.add(`/v1/data_sources/${twin.dataSource}`),
    webhooks: () => twin.webhooks(),
    addText: (personId, text) => {
      changePage(clock, page(personId), { Notes: richTextOf(text.slice(0, 10), text.slice(10)) }); // a name lies in both pieces
      return { kind: 'person', externalId: personId };
    },
    textOf: ({ externalId }) => notesOf(page(externalId)),
    addChildren: (personId, count) => {
      for (let made = 0; made < count; made += 1)
        addBlock(state, page(personId), made % 2 === 0 ? 'paragraph' : 'to_do', 'Called about the order');
    },
    tooMany: { withHeader: { status: 429, headers: { 'retry-after': '1' }, body: { code: 'rate_limited' } } },
  };
});

test('a title in several pieces is one name, and no blank is lost between them', async () => {
  const all = await start();
  all.addPerson(['Ana ', 'Ruiz'], 'ana@example.org');
  const records = [];
  for await (const one of (await opened(all)).pull('person', null)) records.push(...one.records);
  expect(records[0]?.canonical).toEqual({ fullName: 'Ana Ruiz', emails: ['ana@example.org'] });
  await all.twin.stop();
});

test('an erased page is in the trash until Notion empties it, and then gone', async () => {
  const all = await start();
  const id = all.addPerson(['Ana', 'Ruiz'], 'ana@example.org');
  const system = await opened(all);
  const ref = { kind: 'person' as const, externalId: id };
  const erased = await system.erase(ref, { key: 'k' });
  expect(erased.result).toBe('accepted');
  expect(erased.residue).toHaveLength(2);
  const pending = await system.verify(ref);
  expect(pending.result).toBe('pending');
  expect(pending.residue[0]?.due).toMatch(/^\d{4}-/);
  expect(await system.lookup([{ kind: 'email', value: 'ana@example.org' }])).toEqual([]);
  all.state.pages.delete(id);
  expect((await system.verify(ref)).result).toBe('gone');
  await all.twin.stop();
});

test('an export holds every block of a page, however many', async () => {
  const all = await start();
  const id = all.addPerson(['Ana', 'Ruiz'], 'ana@example.org');
  for (let made = 0; made < 250; made += 1) addBlock(all.state, all.page(id), 'paragraph', `Called about order ${made}`);
  const exported = await (await opened(all)).export({ kind: 'person', externalId: id });
  expect(JSON.stringify(exported).match(/Called about order \d+/g)).toHaveLength(250);
  await all.twin.stop();
});

test('notes that are longer than Notion takes in one piece stay as they are, and a hand is asked', async () => {
  const all = await start();
  const id = all.addPerson(['Ana', 'Ruiz'], 'ana@example.org');
  changePage(all.clock, all.page(id), { Notes: richTextOf('x'.repeat(2_000), ' asked by Eva Sanz') });
  const redacted = await (await opened(all)).redact?.({ kind: 'person', externalId: id }, { key: 'k', texts: ['Eva Sanz'] });
  expect(redacted).toMatchObject({ result: 'partial', code: 'read-back-differs' });
  expect(notesOf(all.page(id))).toHaveLength(2_018);
  await all.twin.stop();
});
