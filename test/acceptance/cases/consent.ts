import { expect } from 'vitest';
import type { Channel, SuppressionOrder } from '../../../connectors/kit/contract.ts';
import type { Case, Scene } from '../scene.ts';

const rule = ({ manifest }: Scene) => (manifest.consent ?? []).find(({ suppress }) => suppress !== undefined);

const orderOf = (scene: Scene): SuppressionOrder => {
  const { channel, purpose } = rule(scene) ?? { channel: 'email' as Channel, purpose: 'marketing' };
  return { channel, purpose, key: 'suppress-1' };
};

const canSuppress = (scene: Scene): boolean => scene.connector.capabilities.suppress && scene.stage.isOptedOut !== undefined;

export const consentCases: readonly Case[] = [
  {
    number: 17,
    title: 'an opt-out is applied and read back; twice changes nothing; an absent contact is told',
    applies: canSuppress,
    run: async (scene) => {
      const [id = '', bystander = ''] = await scene.addPeople(2);
      const system = scene.open();
      expect(await system.suppress(scene.ref(id), orderOf(scene))).toMatchObject({ result: 'applied' });
      expect(await scene.stage.isOptedOut?.(id)).toBe(true);
      expect(await scene.stage.isOptedOut?.(bystander)).toBe(false);
      const after = await scene.effects();
      expect(await system.suppress(scene.ref(id), orderOf(scene))).toMatchObject({ result: 'already' });
      expect(await scene.effects(after)).toBe(0);
      expect(await system.readConsent(scene.ref(id))).toContainEqual(expect.objectContaining({ answer: 'denied' }));
      if (scene.stage.blind !== true)
        expect(await system.suppress(scene.absent, orderOf(scene))).toSatisfy(
          ({ result, code }) => result === 'absent' || (result === 'already' && code !== undefined),
        );
    },
  },
  {
    number: 17,
    title: 'an opt-out that the vendor takes and ignores is told as refused',
    applies: (scene) => canSuppress(scene) && scene.stage.refuseSilently !== undefined,
    run: async (scene) => {
      const [id = ''] = await scene.addPeople(1);
      await scene.stage.refuseSilently?.();
      expect(await scene.open().suppress(scene.ref(id), orderOf(scene))).toMatchObject({ result: 'refused' });
    },
  },
  {
    number: 18,
    title: 'contact is not allowed again without the consent that proves it',
    applies: canSuppress,
    run: async (scene) => {
      const [id = ''] = await scene.addPeople(1);
      const system = scene.open();
      await system.suppress(scene.ref(id), orderOf(scene));
      const result = await system.unsuppress(scene.ref(id), { ...orderOf(scene), key: 'u', consentEventId: '' });
      expect(['refused', 'unsupported']).toContain(result.result);
      expect(await scene.stage.isOptedOut?.(id)).toBe(true);
      const other = await system.unsuppress(scene.ref(id), {
        ...orderOf(scene),
        purpose: 'another-topic',
        key: 'v',
        consentEventId: 'event',
      });
      expect(['unsupported', 'already', 'absent']).toContain(other.result);
      expect(await scene.stage.isOptedOut?.(id)).toBe(true);
    },
  },
  {
    number: 18,
    title: 'with the consent that proves it, contact is allowed again and read back',
    applies: (scene) => canSuppress(scene) && scene.has('unsuppress'),
    run: async (scene) => {
      const [id = ''] = await scene.addPeople(1);
      const system = scene.open();
      await system.suppress(scene.ref(id), orderOf(scene));
      const order = { ...orderOf(scene), key: 'u', consentEventId: '0193a000-0000-7000-8000-000000000001' };
      expect(await system.unsuppress(scene.ref(id), order)).toMatchObject({ result: 'applied' });
      expect(await scene.stage.isOptedOut?.(id)).toBe(false);
    },
  },
  {
    number: 19,
    title: 'an opt-out at the vendor comes with the next pull',
    applies: ({ stage, isPulled }) => isPulled && stage.optOut !== undefined,
    run: async (scene) => {
      const [id = ''] = await scene.addPeople(2);
      await scene.stage.optOut?.(id);
      const pages = await scene.pages(null, scene.stage.consentStream ?? scene.stage.stream);
      const said = pages.flatMap(({ records }) => records).filter(({ kind }) => kind === 'consent');
      const denied = said.filter(({ canonical }) => (canonical as { readonly answer?: string }).answer === 'denied');
      expect(denied.map(({ canonical }) => canonical)).toEqual([expect.objectContaining({ clientExternalId: id })]);
    },
  },
  {
    number: 20,
    title: 'webhooks: a good one is read, and bad, old, oversized and our own are not',
    applies: ({ connector, stage }) =>
      connector.capabilities.webhook === true && stage.webhooks !== undefined && stage.optOut !== undefined,
    run: async (scene) => {
      const [id = '', other = ''] = await scene.addPeople(2);
      scene.stage.webhooks?.();
      await scene.stage.optOut?.(id);
      const [sent] = scene.stage.webhooks?.() ?? [];
      const system = scene.open();
      if (sent === undefined || system.receive === undefined) throw new Error('the twin sent no webhook');
      const good = await system.receive(sent);
      expect(good.result).toBe('accepted');
      const events = good.result === 'accepted' ? good.events : [];
      expect(events.some(({ ref, email }) => ref?.externalId === id || email !== undefined)).toBe(true);
      expect(new Set(events.map((event) => event.id)).size).toBe(events.length);
      const again = await system.receive(sent);
      expect(again.result === 'accepted' ? again.events.map((event) => event.id) : []).toEqual(events.map((event) => event.id));
      if (scene.manifest.webhook?.signature.kind !== 'none') {
        const { signature } = scene.manifest.webhook ?? {};
        const body = Buffer.from(`${Buffer.from(sent.body).toString('utf8')} `);
        const forged =
          signature?.kind === 'token' ? { ...sent, url: 'https://ficha.example/hook', headers: {} } : { ...sent, body };
        expect(await system.receive(forged)).toMatchObject({ result: 'refused' });
      }
      expect(await system.receive({ ...sent, body: Buffer.alloc(3 * 1024 * 1024) })).toMatchObject({ result: 'refused' });
      if (scene.manifest.webhook?.signature.timestamp !== undefined) {
        scene.stage.twin.clock.advance('1h');
        expect(await system.receive(sent)).toMatchObject({ result: 'refused', code: 'webhook-too-old' });
      }
      if (scene.manifest.webhook?.echo === undefined || !canSuppress(scene)) return;
      scene.stage.webhooks?.();
      await system.suppress(scene.ref(other), orderOf(scene));
      for (const own of scene.stage.webhooks?.() ?? [])
        expect(await system.receive(own)).toMatchObject({ result: 'accepted', events: [] });
    },
  },
];
