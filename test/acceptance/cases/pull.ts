import { expect } from 'vitest';
import type { Cursor } from '../../../connectors/kit/contract.ts';
import { type Case, restored, type Scene } from '../scene.ts';

const pulled = ({ isPulled }: Scene): boolean => isPulled;
const incremental = ({ connector, isPulled }: Scene): boolean => isPulled && connector.capabilities.incremental;

/** What a run says is gone: by name, or since a complete run did not list it. */
const goneOf = async (scene: Scene, cursor: Cursor, before: readonly string[]): Promise<string[]> => {
  const pages = await scene.pages(cursor);
  const named = pages.flatMap(({ deleted }) => deleted.map(({ externalId }) => externalId));
  if (named.length > 0) return named;
  const full = await scene.pages();
  const listed = new Set(scene.ids(full));
  const told = full.flatMap(({ deleted }) => deleted.map(({ externalId }) => externalId));
  return full.at(-1)?.complete === true ? [...told, ...before.filter((id) => !listed.has(id))] : told;
};

export const pullCases: readonly Case[] = [
  {
    number: 5,
    title: 'a full pull of 2,351 people loses none and doubles none',
    applies: pulled,
    timeoutMs: 240_000, // a real server takes its time
    run: async (scene) => {
      const added = await scene.addPeople(2_351);
      const pages = await scene.pages();
      expect(new Set(scene.ids(pages))).toEqual(new Set(added));
      expect(pages.flatMap(({ rejected }) => rejected)).toEqual([]);
      expect(pages.filter(({ last }) => last)).toHaveLength(1);
    },
  },
  {
    number: 6,
    title: 'page edges: none, one, a page full, one more',
    applies: pulled,
    run: async (scene) => {
      const counts = [0, 1, scene.stage.pageSize, scene.stage.pageSize + 1];
      let held = 0;
      for (const count of counts) {
        await scene.addPeople(count - held);
        held = count;
        expect(new Set(scene.ids(await scene.pages())).size).toBe(count);
      }
    },
  },
  {
    number: 7,
    title: 'a person that changes or moves while a pull runs is not lost',
    applies: pulled,
    run: async (scene) => {
      const ids = await scene.addPeople(scene.stage.pageSize * 2 + 3);
      const pages = [];
      for await (const page of scene.open().pull(scene.stage.stream, null)) {
        pages.push(page);
        if (pages.length === 1) {
          await scene.stage.changePerson(ids.at(-1) ?? '', { givenName: 'Moved' });
          await scene.stage.removePerson(ids[0] ?? '');
        }
      }
      const again = await scene.pages(restored(pages.at(-1)?.cursor));
      const seen = new Set([...scene.ids(pages), ...scene.ids(again)]);
      expect(ids.slice(1).filter((id) => !seen.has(id))).toEqual([]);
    },
  },
  {
    number: 8,
    title: 'an incremental pull brings what changed, and what shares its time',
    applies: incremental,
    run: async (scene) => {
      const ids = await scene.addPeople(5);
      const first = await scene.pages();
      const changed = [ids[1] ?? '', ids[3] ?? ''];
      for (const id of changed) await scene.stage.changePerson(id, { givenName: 'Changed' });
      const second = await scene.pages(restored(first.at(-1)?.cursor));
      expect(scene.ids(second)).toEqual(expect.arrayContaining(changed));
      expect(second.at(-1)?.complete).not.toBe(true);
      scene.stage.twin.clock.advance('2d');
      const late = await scene.addPeople(1);
      const third = await scene.pages(restored(second.at(-1)?.cursor));
      expect(scene.ids(third)).toEqual(expect.arrayContaining(late));
      if (scene.stage.ownTime === true) return; // all of it happened within the look-back
      const fourth = await scene.pages(restored(third.at(-1)?.cursor));
      expect(new Set(scene.ids(fourth)).has(ids[0] ?? '')).toBe(false);
    },
  },
  {
    number: 9,
    title: 'a pull that is killed after any page goes on there; a cursor of a newer version is refused',
    applies: pulled,
    timeoutMs: 60_000,
    run: async (scene) => {
      const added = await scene.addPeople(scene.stage.pageSize * 3 + 1);
      const seen: string[] = [];
      let cursor: Cursor | null = null;
      for (let kills = 0; kills < 20; kills += 1) {
        const [page] = await scene.pages(cursor, scene.stage.stream, 1);
        if (page === undefined) break;
        seen.push(...scene.ids([page]));
        cursor = restored(page.cursor);
        if (page.last) break;
      }
      expect(new Set(seen)).toEqual(new Set(added));
      const newer: Cursor = { ...cursor, version: scene.manifest.version + 1 };
      await expect(scene.pages(newer)).rejects.toMatchObject({ code: 'cursor-newer' });
    },
  },
  {
    number: 10,
    title: 'people removed at the vendor are noticed',
    applies: pulled,
    run: async (scene) => {
      const ids = await scene.addPeople(4);
      const first = await scene.pages();
      await scene.stage.removePerson(ids[2] ?? '');
      expect(await goneOf(scene, restored(first.at(-1)?.cursor), ids)).toContain(ids[2]);
    },
  },
  {
    number: 10,
    title: 'people merged at the vendor are noticed: the absorbed one is gone',
    applies: ({ stage, isPulled }) => isPulled && stage.mergePeople !== undefined,
    run: async (scene) => {
      const ids = await scene.addPeople(3);
      const first = await scene.pages();
      await scene.stage.mergePeople?.(ids[0] ?? '', ids[1] ?? '');
      expect(await goneOf(scene, restored(first.at(-1)?.cursor), ids)).toContain(ids[1]);
    },
  },
  {
    number: 14,
    title: 'a new field is kept as it came; a retyped one keeps its record aside with the reason, and the pull goes on',
    applies: ({ stage }) => stage.addField !== undefined && stage.retypeField !== undefined,
    run: async (scene) => {
      const [grown = '', broken = '', sound = ''] = await scene.addPeople(3);
      await scene.stage.addField?.(grown);
      await scene.stage.retypeField?.(broken);
      const pages = await scene.pages();
      const raw = pages
        .flatMap(({ records }) => records)
        .find(({ kind, externalId }) => kind === 'person' && externalId === grown)?.raw;
      expect(JSON.stringify(raw)).toContain('new-field-of-the-vendor');
      expect(scene.ids(pages)).toContain(sound);
      const [kept] = pages.flatMap(({ rejected }) => rejected);
      expect(kept).toMatchObject({ externalId: broken });
      expect(kept?.reason).not.toContain('canary');
    },
  },
  {
    number: 15,
    title: 'accents, other scripts and +tag addresses come through and are found again',
    applies: pulled,
    run: async (scene) => {
      const email = "O'Neil+news@example.org".toLowerCase();
      const id = await scene.stage.addPerson({ givenName: 'Zoë Łucja', familyName: '王小明 Ñandú', email });
      const pages = await scene.pages();
      const record = pages
        .flatMap(({ records }) => records)
        .find(({ kind, externalId }) => kind === 'person' && externalId === id);
      expect(JSON.stringify(record?.canonical)).toContain('Łucja');
      expect(JSON.stringify(record?.canonical)).toContain(email);
      if (scene.connector.capabilities.lookup)
        expect(await scene.open().lookup([{ kind: 'email', value: email }])).toContainEqual(scene.ref(id));
    },
  },
];
