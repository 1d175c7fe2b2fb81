import { expect } from 'vitest';
import type { EraseResult, VerifyResult } from '../../../connectors/kit/contract.ts';
import { FichaError } from '../../../domain/record/error.ts';
import type { Case, Scene } from '../scene.ts';

const canErase = ({ connector }: Scene): boolean => connector.capabilities.erase;

/** Ended in the vendor's true meaning: gone, or on its way out with every residue named. */
const isEnded = (erased: EraseResult, seen: VerifyResult): boolean =>
  seen.result === 'gone' ||
  (seen.result === 'pending' && seen.residue.length > 0) ||
  (seen.result === 'unknowable' && erased.residue.length > 0) ||
  (seen.result === 'present' &&
    erased.result === 'partial' &&
    seen.residue.every(({ where }) => erased.residue.some((told) => told.where === where)));

export const eraseCases: readonly Case[] = [
  {
    number: 21,
    title: 'an erasure ends gone or with a dated residue; children first; twice is done; another person stays',
    applies: canErase,
    run: async (scene) => {
      const [id = '', bystander = ''] = await scene.addPeople(2);
      await scene.stage.addChildren?.(id, 3);
      const system = scene.open();
      const erased = await system.erase(scene.ref(id), { key: 'k' });
      expect(['done', 'accepted', 'partial']).toContain(erased.result);
      expect(isEnded(erased, await system.verify(scene.ref(id)))).toBe(true);
      await scene.stage.finishJobs?.();
      expect(await scene.stage.holds(id)).toBe(false);
      expect(await scene.stage.holds(bystander)).toBe(true);
      expect(['done', 'accepted', 'partial']).toContain((await system.erase(scene.ref(id), { key: 'k' })).result);
      expect(await scene.stage.holds(bystander)).toBe(true);
    },
  },
  {
    number: 21,
    title: 'an erasure that is broken off at any write is finished by the next run',
    applies: (scene) => canErase(scene) && scene.wire !== undefined,
    timeoutMs: 60_000,
    run: async (scene) => {
      const { writes = {} } = scene.stage;
      for (const kind of ['reset', 'lose-answer'] as const) {
        const [id = ''] = await scene.addPeople(1);
        await scene.stage.addChildren?.(id, 2);
        for (let broken = 0; broken < 6; broken += 1) {
          for (const method of ['DELETE', 'POST', 'PUT', 'PATCH'] as const) scene.wire?.fault({ kind, method, ...writes });
          const result = await scene
            .open()
            .erase(scene.ref(id), { key: 'k' })
            .catch((error: unknown) => error);
          expect(result instanceof FichaError || typeof result === 'object').toBe(true);
        }
        for (let tries = 0; tries < 24 && (await scene.stage.holds(id)); tries += 1) {
          await scene
            .open()
            .erase(scene.ref(id), { key: 'k' })
            .catch(() => undefined);
          await scene.stage.finishJobs?.();
        }
        expect(await scene.stage.holds(id)).toBe(false);
      }
    },
  },
  {
    number: 22,
    title: 'verify does not say gone of somebody who is there',
    applies: ({ connector, stage }) => connector.capabilities.verify && stage.blind !== true,
    run: async (scene) => {
      const [id = ''] = await scene.addPeople(1);
      expect(await scene.open().verify(scene.ref(id))).toMatchObject({ result: 'present' });
      expect((await scene.open().verify(scene.absent)).result).toBe('gone');
    },
  },
  {
    number: 23,
    title: 'what is kept on a legal basis is not erased, and the basis is named',
    applies: ({ manifest, stage }) => (manifest.keep ?? []).length > 0 && stage.addKept !== undefined,
    run: async (scene) => {
      const [id = ''] = await scene.addPeople(1);
      const ref = await scene.stage.addKept?.(id);
      if (ref === undefined) throw new Error('the stage made no kept record');
      const before = await scene.effects();
      const result = await scene.open().erase(ref, { key: 'k' });
      expect(result).toMatchObject({ result: 'refused', code: 'kept-by-law' });
      expect(result.residue[0]?.where).toContain(scene.manifest.keep?.[0]?.basis);
      expect(await scene.effects(before)).toBe(0);
    },
  },
  {
    number: 25,
    title: 'redact blots the name and nothing else; a second run changes nothing',
    applies: ({ connector, stage }) => connector.capabilities.redact && stage.addText !== undefined,
    run: async (scene) => {
      const [id = ''] = await scene.addPeople(1);
      const ref = await scene.stage.addText?.(id, 'Called Ana Ruiz about <b>the order</b>. Ana Ruiz is happy.');
      const system = scene.open();
      if (ref === undefined || system.redact === undefined) throw new Error('nothing to redact');
      const order = { key: 'k', texts: ['Ana Ruiz', 'Ana'] };
      expect(await system.redact(ref, { ...order, dryRun: true })).toMatchObject({ result: 'would-redact' });
      expect(await system.redact(ref, order)).toMatchObject({ result: 'done' });
      const { blots = () => '[…]', blotsWhole } = scene.stage;
      const name = blots('Ana Ruiz');
      expect(await scene.stage.textOf?.(ref)).toBe(blotsWhole ?? `Called ${name} about <b>the order</b>. ${name} is happy.`);
      const before = await scene.effects();
      expect(await system.redact(ref, order)).toMatchObject({ result: 'done' });
      expect(await scene.effects(before)).toBe(0);
    },
  },
  {
    number: 29,
    title: 'a dry run of any verb that writes makes no call that writes',
    applies: ({ connector }) => connector.capabilities.erase || connector.capabilities.suppress,
    run: async (scene) => {
      const [id = ''] = await scene.addPeople(1);
      const before = await scene.effects();
      const system = scene.open();
      const { channel = 'email', purpose = 'marketing' } = scene.manifest.consent?.[0] ?? {};
      await system.suppress(scene.ref(id), { key: 'k', channel, purpose, dryRun: true });
      await scene.stage.optOut?.(id);
      await system.unsuppress(scene.ref(id), { key: 'k', channel, purpose, consentEventId: 'event', dryRun: true });
      await system.erase(scene.ref(id), { key: 'k', dryRun: true });
      const text = scene.connector.capabilities.redact ? await scene.stage.addText?.(id, 'Called Ana Ruiz.') : undefined;
      if (text !== undefined) await system.redact?.(text, { key: 'k', texts: ['Ana Ruiz'], dryRun: true });
      expect(await scene.effects()).toBe(before);
      expect(await scene.stage.holds(id)).toBe(true);
    },
  },
  {
    number: 2,
    title: "every request is as the vendor's description says",
    applies: ({ wire }) => wire !== undefined,
    run: async (scene) => {
      const [id = ''] = await scene.addPeople(1);
      const system = scene.open();
      await scene.pages();
      for (const stream of scene.connector.capabilities.streams) await scene.pages(null, stream);
      if (scene.connector.capabilities.lookup) await system.lookup([{ kind: 'email', value: 'x@example.org' }]);
      if (scene.connector.capabilities.erase) await system.erase(scene.ref(id), { key: 'k' });
      expect(scene.wire?.violations).toEqual([]);
      expect(scene.wire?.seen.length).toBeGreaterThan(0);
    },
  },
];
