import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '../../store/database.ts';
import { answerReview } from '../../store/write/review-answers.ts';
import { undoIdentityDecision } from '../../store/write/identity-decisions.ts';
import { type IdentityResolver, type Incoming, resolverOn } from '../../test/support/identity-scene.ts';
import { type ReadScene, readScene } from '../../test/support/read-scene.ts';

let scene: ReadScene;
let identity: IdentityResolver;
const person = (system: string, externalId: string, canonical: object): Incoming => ({
  system,
  kind: 'person',
  externalId,
  canonical,
});

/** A name, an address made of it, and a telephone that a mother and her daughter share. */
const ana = { fullName: 'Ana García López', emails: ['ana.garcia@x.example'], phones: ['+34600333444'] };

beforeAll(async () => {
  scene = await readScene();
  identity = await resolverOn(scene.database);
  const juan = { fullName: 'Juan Ruiz Gil', phones: ['+34600111222'] };
  await identity.arrive([
    person('erp', '1', juan),
    person('erp', '2', { ...juan, emails: ['juan@x.example'] }),
    person('mailer', '3', { fullName: 'Juan Ruiz Gil', emails: ['juan@x.example'] }),
    person('erp', '4', { ...ana, birthDate: '1980-01-01' }),
    person('sheet', '5', { ...ana, birthDate: '1948-01-01' }),
  ]);
  await identity.resolve();
});
afterAll(() => scene.stop());

interface Reviews {
  readonly reviewCount: number;
  readonly reviews: { readonly edges: readonly { readonly node: Review }[] };
}
interface Review {
  readonly id: string;
  readonly pairs: number;
  readonly records: number;
  readonly sides: readonly {
    readonly externalId: string;
    readonly fields: readonly { readonly field: string; readonly value: string }[];
  }[];
  readonly why: readonly { readonly reasons: readonly { readonly words: string }[] }[];
}
const list = `{ reviewCount reviews(first: 10) { edges { node { id pairs records sides { externalId fields { field value } } why { reasons { words } } } } } }`;
const waiting = async (): Promise<Review[]> => {
  const answer = await scene.ask('data-team', list);
  expect(answer.errors).toBeUndefined();
  return (answer.data as unknown as Reviews).reviews.edges.map(({ node }) => node);
};
const reviewOf = async (externalId: string): Promise<Review> => {
  const found = (await waiting()).find(({ sides }) => sides.some((side) => side.externalId === externalId));
  if (found === undefined) throw new Error(`no review shows ${externalId}`);
  return found;
};
const answering = async (taskId: string, answer: 'same' | 'different' | 'later') => {
  const effect = await scene.database.worker.transaction((tx) =>
    answerReview(tx, { taskId, answer, laterDays: 3, by: 'data-team-1', at: new Date(), dryRun: false }),
  );
  await identity.resolve();
  return effect;
};

test('doubt is one task for two clients, with the reasons in words and numbers', async () => {
  const tasks = await waiting();
  expect(tasks).toHaveLength(2);
  const phone = await reviewOf('1');
  expect(phone.records).toBe(3);
  expect(phone.sides.map(({ externalId }) => externalId).sort()).toEqual(['1', '2', '3']);
  const birth = await reviewOf('5');
  expect(birth.why[0]?.reasons.map(({ words }) => words)).toContain('birth dates differ by 32 years');
});

test('who may not read reviews sees none; who may not read a category sees that it is hidden; looks are logged', async () => {
  expect((await scene.ask('front-office', list)).errors?.[0]?.message).toContain('not-allowed');
  expect((await scene.ask('analyst', list)).errors?.[0]?.message).toContain('not-allowed');
  const { rows: before } = await scene.database.owner.query<{ readonly n: string }>(sql`select count(*) as n from access_log`);
  await waiting();
  const { rows: after } = await scene.database.owner.query<{ readonly n: string }>(sql`select count(*) as n from access_log`);
  expect(Number(after[0]?.n)).toBe(Number(before[0]?.n) + 2);
});

test('later takes it out of the list, different settles it for good, its undo asks again, same makes one client', async () => {
  const birth = await reviewOf('5');
  await answering(birth.id, 'later');
  expect(await waiting()).toHaveLength(1);
  await scene.database.owner.query(sql`update review_task set later_until = now() - interval '1 second' where id = ${birth.id}`);
  const { decisionId } = await answering(birth.id, 'different');
  expect(await waiting()).toHaveLength(1);
  await identity.arrive([person('mailer', '6', { ...ana, birthDate: '1980-01-01' })]);
  await identity.resolve();
  expect(await waiting()).toHaveLength(1);
  await scene.database.worker.transaction((tx) =>
    undoIdentityDecision(tx, { decisionId: decisionId ?? '', by: 'dpo-1', at: new Date() }),
  );
  await identity.resolve();
  expect(await waiting()).toHaveLength(2);
  await expect(answering(birth.id, 'same')).rejects.toThrow('task-is-over');

  await answering((await reviewOf('1')).id, 'same');
  expect(await identity.clusters()).toContain('erp:1 erp:2 mailer:3');
});

test('why two records are one client or not, directly, over others, by hand, or not at all', async () => {
  const why = async (one: string, other: string) => {
    const answer = await scene.ask(
      'data-team',
      'query ($one: String!, $other: String!) { why(one: $one, other: $other) { sameClient answer byHand path { one } } }',
      { one, other },
    );
    return answer.errors?.[0]?.message ?? (answer.data?.['why'] as Record<string, unknown>);
  };
  expect(await why('erp:2', 'mailer:3')).toMatchObject({ sameClient: true, byHand: null });
  expect(await why('erp:1', 'mailer:3')).toMatchObject({
    sameClient: true,
    byHand: 'must-link',
    answer: 'one client: a person said that they are the same',
  });
  expect(await why('erp:4', 'sheet:5')).toMatchObject({
    sameClient: false,
    answer: 'two clients, and a person is asked: the birth dates differ',
  });
  expect(await why('erp:1', 'erp:4')).toMatchObject({
    sameClient: false,
    answer: 'two clients: they share nothing by which they would be compared',
  });
  expect(await why('erp:1', 'erp:99')).toContain('unknown-record');
});

test('a client tells how it grew, with who decided', async () => {
  const clientId = (await identity.records()).get('erp:1')?.clientId;
  const answer = await scene.ask(
    'dpo',
    'query ($id: ID!) { clientHistory(id: $id) { steps { cause externalId ruleInWords decidedBy } decisions { kind answer } } }',
    { id: clientId },
  );
  expect(answer.data?.['clientHistory']).toMatchObject({ decisions: [{ kind: 'review', answer: 'same' }] });
  const steps =
    (
      answer.data?.['clientHistory'] as
        | {
            readonly steps: readonly { readonly cause: string; readonly decidedBy: string | null }[];
          }
        | undefined
    )?.steps ?? [];
  expect(steps.some(({ cause, decidedBy }) => cause === 'joined' && decidedBy === 'data-team-1')).toBe(true);
});

test('an id that is none finds no review, and is refused where a client must be named', async () => {
  const one = '{ review(id: "nope") { id } }';
  expect((await scene.ask('data-team', one)).data).toEqual({ review: null });
  const grown = await scene.ask('data-team', '{ clientHistory(id: "nope") { clientId } }');
  expect(grown.errors?.map(({ message }) => message)).toEqual(['bad-argument: id: is not an id of a client']);
});
