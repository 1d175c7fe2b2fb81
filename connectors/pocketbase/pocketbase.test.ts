import { afterAll, expect, test, vi } from 'vitest';
import { describeConnector } from '../../test/acceptance/describe-connector.ts';
import type { Stage } from '../../test/acceptance/stage.ts';
import { type RealPocketBase, startPocketBase } from '../../test/support/real/pocketbase.ts';
import { orLeftOut } from '../../test/support/real/real-system.ts';
import { temporaryFolder } from '../../test/support/temporary-folder.ts';
import { twinClock } from '../../test/twins/kit/twin-clock.ts';
import { startPocketBaseTwin } from '../../test/twins/pocketbase.ts';
import { loadConnectors } from '../kit/registry.ts';

vi.setConfig({ hookTimeout: 600_000 });

const configOf = ({ url, user, collection }: { readonly url: string; readonly user: string; readonly collection: string }) => ({
  url,
  user,
  collection,
  notesField: 'notes',
});

describeConnector('pocketbase', async () => {
  const twin = await startPocketBaseTwin();
  const { state } = twin;
  return {
    twin,
    config: configOf(twin),
    secrets: { password: twin.password },
    stream: 'person',
    pageSize: 500,
    addPerson: ({ givenName, familyName, email }) => twin.add({ name: `${givenName} ${familyName}`, email }),
    changePerson: (id, { givenName }) => twin.change(id, { name: givenName }),
    removePerson: (id) => void state.records.delete(id),
    holds: (id) => state.records.has(id),
    addField: (id) => twin.change(id, { colour: 'new-field-of-the-vendor' }),
    retypeField: (id) => twin.change(id, { email: { address: 'canary' } }),
    isOptedOut: (id) => state.records.get(id)?.['optout'] === true,
    optOut: (id) => twin.change(id, { optout: true }),
    refuseSilently: () => {
      state.deaf = 1;
    },
    endToken: () => {
      state.token = 'ended';
    },
    tokensMade: () => state.tokens,
    addText: (id, text) => {
      twin.change(id, { notes: text });
      return { kind: 'person', externalId: id };
    },
    textOf: ({ externalId }) => String(state.records.get(externalId)?.['notes']),
    tooMany: { withHeader: { status: 429, headers: { 'retry-after': '1' }, body: {} } },
  };
});

interface Listed {
  readonly items: readonly { readonly id: string; readonly optout: boolean; readonly notes: string }[];
}

/** A collection of its own for each case, with a person's hand at the dashboard on it. */
async function stageOn(base: RealPocketBase): Promise<Stage> {
  const path = `/api/collections/${base.collection}/records`;
  const all = async (): Promise<Listed['items']> => {
    const found: Listed['items'][number][] = [];
    for (let page = 1; ; page += 1) {
      const { items } = (await base.ask('GET', `${path}?perPage=500&page=${page}`)) as Listed; // of PocketBase
      found.push(...items);
      if (items.length < 500) return found;
    }
  };
  await base.ask('DELETE', `/api/collections/${base.collection}/truncate`);
  let changes = 0;
  let known = '[]';
  const look = async (): Promise<number> => {
    const now = JSON.stringify(await all());
    if (now !== known) changes += 1;
    known = now;
    return changes;
  };
  let looked = false;
  /** What a person does at the dashboard is none of the connector's. */
  const byHand = async (method: string, id: string, body?: unknown): Promise<unknown> => {
    if (looked) await look();
    const answer = await base.ask(method, `${path}${id === '' ? '' : `/${id}`}`, body);
    if (looked) known = JSON.stringify(await all());
    return answer;
  };
  const one = async (id: string) => (await all()).find((record) => record.id === id);
  return {
    twin: {
      clock: twinClock(),
      changes: async () => {
        if (!looked) known = JSON.stringify(await all());
        looked = true;
        return await look();
      },
      stop: () => Promise.resolve(),
    },
    ownTime: true,
    config: configOf(base),
    secrets: { password: base.password },
    stream: 'person',
    pageSize: 500,
    addPerson: async ({ givenName, familyName, email }) => {
      const made = await byHand('POST', '', { name: `${givenName} ${familyName}`, email });
      return (made as { readonly id: string }).id;
    },
    changePerson: (id, { givenName }) => byHand('PATCH', id, { name: givenName }).then(() => undefined),
    removePerson: (id) => byHand('DELETE', id).then(() => undefined),
    holds: async (id) => (await one(id)) !== undefined,
    isOptedOut: async (id) => (await one(id))?.optout === true,
    optOut: (id) => byHand('PATCH', id, { optout: true }).then(() => undefined),
    addText: async (id, text) => {
      await byHand('PATCH', id, { notes: text });
      return { kind: 'person', externalId: id };
    },
    textOf: async ({ externalId }) => (await one(externalId))?.notes ?? '',
  };
}

const reals = await orLeftOut(startPocketBase({ dir: temporaryFolder() }));
afterAll(() => Promise.all(reals.map((base) => base.stop())));

for (const base of reals) {
  describeConnector('pocketbase', () => stageOn(base), { on: 'a real PocketBase 0.36' });

  test('an erased person is in no file of the real database', async () => {
    const stage = await stageOn(base);
    const id = await stage.addPerson({ givenName: 'Zarzamora', familyName: 'Encina', email: 'zarzamora@example.test' });
    expect(await base.rawStorageSearch(['zarzamora'])).not.toEqual([]);
    const system = (await loadConnectors()).get('pocketbase')?.open({
      systemId: 'base',
      config: stage.config,
      secret: () => base.password,
      signal: new AbortController().signal,
      now: () => new Date(),
    });
    const ref = { kind: 'person', externalId: id } as const;
    const erased = await system?.erase(ref, { key: 'k' });
    expect(erased).toMatchObject({ result: 'partial', residue: [{ where: expect.stringContaining('request log') as unknown }] });
    expect(await system?.verify(ref)).toMatchObject({ result: 'gone' });
  });
}
