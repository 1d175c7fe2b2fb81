import { expect } from 'vitest';
import { type Case, restored, type Scene } from '../scene.ts';

const pulled = ({ isPulled, wire }: Scene): boolean => isPulled && wire !== undefined;

const failureOf = async (work: Promise<unknown>): Promise<unknown> =>
  await work.then(
    () => undefined,
    (error: unknown) => error,
  );

/** Nothing that a person or a secret could be known by. */
const sayNothing = (error: unknown, secrets: readonly string[]): void => {
  const text = `${String(error)} ${error instanceof Error ? (error.stack ?? '') : ''}`;
  for (const secret of [...secrets, 'canary.', 'Ruiz']) expect(text.includes(secret)).toBe(false);
};

export const faultCases: readonly Case[] = [
  {
    number: 11,
    title: 'too many calls: it waits as the vendor asks and makes at most one call too many',
    applies: ({ stage, isPulled }) => isPulled && stage.tooMany?.withHeader !== undefined,
    run: async (scene) => {
      await scene.addPeople(3);
      const answer = scene.stage.tooMany?.withHeader;
      if (answer !== undefined) scene.wire?.fault({ kind: 'answer', answer });
      expect(scene.ids(await scene.pages())).toHaveLength(3);
      expect(scene.wire?.seen.filter(({ status }) => status === answer?.status)).toHaveLength(1);
    },
  },
  {
    number: 11,
    title: 'too many calls, without a header that says how long: it waits and does not hammer',
    applies: ({ stage, isPulled }) => isPulled && stage.tooMany?.bare !== undefined,
    timeoutMs: 60_000,
    run: async (scene) => {
      await scene.addPeople(1);
      const answer = scene.stage.tooMany?.bare;
      if (answer !== undefined) scene.wire?.fault({ kind: 'answer', answer });
      const [result] = [await failureOf(scene.pages())];
      const refused = scene.wire?.seen.filter(({ status }) => status === answer?.status);
      expect(refused).toHaveLength(1);
      if (result !== undefined) expect(result).toMatchObject({ retry: 'later' });
    },
  },
  {
    number: 12,
    title: '500, a reset connection, cut JSON and an HTML error page are tried again, and the position does not move',
    applies: pulled,
    timeoutMs: 60_000,
    run: async (scene) => {
      const added = await scene.addPeople(scene.stage.pageSize + 2);
      const [first] = await scene.pages(null, scene.stage.stream, 1);
      const cursor = restored(first?.cursor);
      for (const kind of ['answer', 'reset'] as const) {
        scene.wire?.fault({ kind });
        const rest = await scene.pages(cursor);
        expect(new Set([...scene.ids(first === undefined ? [] : [first]), ...scene.ids(rest)])).toEqual(new Set(added));
      }
      for (const kind of ['truncated', 'html'] as const) {
        scene.wire?.hostile(kind);
        expect(scene.ids(await scene.pages(cursor)).length).toBeGreaterThan(0);
      }
    },
  },
  {
    number: 27,
    title: 'no secret and no personal value is in an error',
    applies: pulled,
    timeoutMs: 60_000,
    run: async (scene) => {
      const [id = ''] = await scene.addPeople(1);
      const secrets = Object.values(scene.stage.secrets);
      const answers = [400, 403, 409].map((status) => ({ status, body: { message: 'canary.1@example.org Ruiz' } }));
      for (const answer of answers) {
        scene.wire?.fault({ kind: 'answer', answer, times: 1 });
        sayNothing(await failureOf(scene.pages()), secrets);
      }
      if (scene.connector.capabilities.erase) {
        scene.wire?.fault({ kind: 'answer', answer: { status: 400, body: { message: 'canary.1@example.org' } } });
        sayNothing(await failureOf(scene.open().erase(scene.ref(id), { key: 'k' })), secrets);
      }
    },
  },
  {
    number: 28,
    title: 'a redirect to another host is refused and the token is not sent there',
    applies: pulled,
    run: async (scene) => {
      await scene.addPeople(1);
      scene.wire?.hostile('redirect');
      expect(await failureOf(scene.pages())).toMatchObject({ code: 'host-not-allowed' });
      expect(scene.wire?.stolen).toEqual([]);
    },
  },
  {
    number: 28,
    title: 'an endless answer and one that nests 10,000 deep are refused, and the worker lives',
    applies: (scene) => pulled(scene) && (scene.manifest.server?.maxBytes ?? 32 * 1024 * 1024) <= 64 * 1024 * 1024,
    timeoutMs: 60_000,
    run: async (scene) => {
      scene.wire?.hostile('deep');
      expect(await failureOf(scene.pages())).toMatchObject({ code: 'answer-too-deep' });
      scene.wire?.hostile('huge');
      expect(await failureOf(scene.pages())).toMatchObject({ code: 'answer-too-large' });
      expect(process.memoryUsage().rss).toBeLessThan(1_500 * 1024 * 1024);
      expect(await scene.pages()).not.toHaveLength(0);
    },
  },
];
