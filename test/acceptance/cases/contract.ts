import { expect } from 'vitest';
import { lintManifest } from '../../../connectors/kit/lint-manifest.ts';
import type { Case } from '../scene.ts';

const always = (): boolean => true;

export const contractCases: readonly Case[] = [
  {
    number: 1,
    title: 'the manifest is valid, every placeholder is known, no key is unknown',
    applies: always,
    run: async ({ manifest }) => {
      expect(lintManifest(manifest)).toEqual([]);
      await Promise.resolve();
    },
  },
  {
    number: 3,
    title: 'check: a good key is fine, a bad one is told, and nothing is written',
    applies: (scene) => scene.has('check'),
    run: async (scene) => {
      const before = await scene.effects();
      expect(await scene.open().check()).toMatchObject({ ok: true });
      const secrets = Object.fromEntries(Object.keys(scene.stage.secrets).map((name) => [name, 'wrong']));
      if (scene.stage.letsAnyoneIn !== true) {
        const bad = await scene.open({ secrets }).check();
        expect(bad.ok).toBe(false);
        expect(bad.problems[0]?.code).toBe('credentials-refused');
      }
      expect(await scene.effects(before)).toBe(0);
    },
  },
  {
    number: 3,
    title: 'check: a missing right is told by verb, with where to grant it',
    applies: ({ manifest, stage }) =>
      stage.withoutRight !== undefined && (manifest.scopes ?? []).some(({ probe }) => probe !== undefined),
    run: async (scene) => {
      await scene.stage.withoutRight?.();
      const { ok, problems } = await scene.open().check();
      expect(ok).toBe(false);
      const grants = (scene.manifest.scopes ?? []).map(({ grant }) => grant);
      expect(problems.some(({ say }) => grants.some((grant) => say.includes(grant)))).toBe(true);
    },
  },
  {
    number: 3,
    title: 'an ended token is renewed once by 20 calls at the same time',
    applies: ({ stage }) => stage.endToken !== undefined && stage.tokensMade !== undefined,
    run: async (scene) => {
      const system = scene.open();
      expect((await system.check()).ok).toBe(true);
      const before = scene.stage.tokensMade?.() ?? 0;
      await scene.stage.endToken?.();
      const answers = await Promise.all(Array.from({ length: 20 }, () => system.check()));
      expect(answers.every(({ ok }) => ok)).toBe(true);
      expect((scene.stage.tokensMade?.() ?? 0) - before).toBe(1);
    },
  },
  {
    number: 4,
    title: 'discover gives the same answer twice and writes nothing',
    applies: ({ connector }) => connector.capabilities.discover === true,
    run: async (scene) => {
      const before = await scene.effects();
      const first = await scene.open().discover?.();
      expect(Object.keys(first?.parts ?? {}).length).toBeGreaterThan(0);
      expect(await scene.open().discover?.()).toEqual(first);
      expect(await scene.effects(before)).toBe(0);
    },
  },
  {
    number: 16,
    title: 'lookup: none, one, several',
    applies: ({ connector }) => connector.capabilities.lookup,
    run: async (scene) => {
      const system = scene.open();
      expect(await system.lookup([{ kind: 'email', value: 'nobody@example.org' }])).toEqual([]);
      const one = scene.person();
      const other = scene.person();
      const ids = [await scene.stage.addPerson(one), await scene.stage.addPerson(other)];
      expect(await system.lookup([{ kind: 'email', value: one.email.toUpperCase() }])).toEqual([scene.ref(ids[0] ?? '')]);
      const both = await system.lookup([one, other].map(({ email }) => ({ kind: 'email' as const, value: email })));
      expect(both.map(({ externalId }) => externalId).sort()).toEqual([...ids].sort());
    },
  },
  {
    number: 26,
    title: 'export holds every field marked personal, and nothing of another person',
    applies: ({ connector }) => connector.capabilities.export,
    run: async (scene) => {
      const mine = scene.person();
      const id = await scene.stage.addPerson(mine);
      const other = scene.person();
      await scene.stage.addPerson(other);
      const text = JSON.stringify(await scene.open().export(scene.ref(id)));
      for (const value of [mine.email, mine.familyName]) expect(text).toContain(value);
      expect(text).not.toContain(other.email);
      expect(await scene.open().export(scene.absent)).toBeNull();
    },
  },
];
