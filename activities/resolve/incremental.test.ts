import { fc } from '@fast-check/vitest';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Matchable, matchRecord } from '../../domain/identity/match-record.ts';
import { resolve } from '../../domain/identity/resolve.ts';
import { sql } from '../../store/database.ts';
import { type IdentityScene, identityScene, type Incoming } from '../../test/support/identity-scene.ts';

/** Interleavings in CI; `npm run properties` asks for a thousand of each property. */
const asked = process.env['FICHA_INTERLEAVINGS'];
const interleavings = Number(asked ?? 60);
/** Of the properties that decide everything twice. */
const repeated = asked === undefined ? interleavings / 6 : interleavings;
const timeout = Math.max(600_000, interleavings * 6_000);
/** So small that blocks of a handful of records are oversize, which is where incremental and batch could part. */
const policy = { largestBlock: 3, largestBroadBlock: 2 };

let scene: IdentityScene;
beforeAll(async () => {
  scene = await identityScene({ policy });
});
afterAll(() => scene.end());

const some = <Value>(...values: readonly Value[]) => fc.constantFrom(...values);
const maybe = <Value>(field: string, values: fc.Arbitrary<Value>) =>
  fc.option(values, { nil: undefined }).map((value) => (value === undefined ? {} : { [field]: value }));
const canonical: fc.Arbitrary<Matchable> = fc
  .tuple(
    maybe('fullName', some('Ana García López', 'Ana Garcia Lopez', 'Luis García López', 'Juan Ruiz Gil', 'Marta Sanz')),
    maybe('emails', some(['ana@x.example'], ['juan@x.example'], ['info@x.example'], ['ana@x.example', 'juan@x.example'])),
    maybe('phones', some(['+34600111222'], ['+34600333444'])),
    maybe('birthDate', some('1980-01-02', '1980-02-01', '1950-05-06')),
    maybe('taxId', some('12345678Z', '87654321X')),
  )
  .map((parts) => Object.assign({ country: 'ES' }, ...parts) as Matchable);

const place = fc.nat({ max: 11 });
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('write' as const), place, canonical }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('leave' as const), place }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('resolve' as const), limit: fc.integer({ min: 1, max: 6 }) }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

const systems = ['erp', 'mailer', 'sheet'] as const;
const incoming = (at: number, fields: Matchable): Incoming => ({
  system: systems[at % 3] ?? 'erp',
  kind: 'person',
  externalId: String(at),
  canonical: fields,
});

/** What the engine says of everything at once. */
function atOnce(held: ReadonlyMap<number, Matchable>): string[] {
  const records = [...held].map(([at, fields]) => matchRecord(`${systems[at % 3] ?? 'erp'}:person:${at}`, 'person', fields));
  return resolve(records, [], { policy })
    .clusters.map((members) => members.map((key) => key.replace(':person:', ':')).sort())
    .map((members) => members.sort((one, other) => (one < other ? -1 : 1)).join(' '))
    .sort();
}

/** So many resolve at once. */
async function atOnceResolve(workers: number, limit: number): Promise<void> {
  await Promise.all(Array.from({ length: workers }, () => scene.resolveOnce(limit)));
}

async function walk(steps: readonly Step[], workers = 1): Promise<ReadonlyMap<number, Matchable>> {
  await scene.database.owner.query(
    sql`truncate client, source_record, client_identifier, resolution_queue, match_key, match_form, match_decision, review_task restart identity cascade`,
  );
  const held = new Map<number, Matchable>();
  for (const one of steps) {
    if (one.kind === 'write') {
      held.set(one.place, one.canonical);
      await scene.arrive([incoming(one.place, one.canonical)]);
    } else if (one.kind === 'leave') {
      if (held.delete(one.place)) await scene.leave([incoming(one.place, {})]);
    } else {
      await atOnceResolve(workers, one.limit);
    }
  }
  await Promise.all(
    Array.from({ length: workers }, async () => {
      while ((await scene.resolveOnce(5)) > 0);
    }),
  );
  return held;
}

const kept = async () => {
  const { rows } = await scene.database.worker.query<{
    readonly one: string;
    readonly other: string;
    readonly outcome: string;
    readonly rule: string;
  }>(sql`
    select record_a as one, record_b as other, outcome, rule from match_decision order by 1, 2`);
  const clients = await scene.records();
  return { rows, clients: [...clients] };
};

test('whatever comes, changes and goes, in any order and any batches, the clients are those of deciding everything at once', {
  timeout,
}, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 24 }), async (steps) => {
      const held = await walk(steps);
      expect(await scene.clusters()).toEqual(atOnce(held));
    }),
    { numRuns: interleavings },
  );
});

test('two workers at once give the same clients, and leave nothing in the queue', { timeout }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 8, maxLength: 24 }), async (steps) => {
      const held = await walk(steps, 2);
      expect(await scene.clusters()).toEqual(atOnce(held));
      expect((await scene.database.worker.query(sql`select from resolution_queue`)).rowCount).toBe(0);
    }),
    { numRuns: interleavings },
  );
});

test('deciding everything again changes nothing: no client id, no decision, no history', { timeout }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 6, maxLength: 16 }), async (steps) => {
      await walk(steps);
      const before = await kept();
      const { rows: changes } = await scene.database.worker.query(sql`select from membership_change`);
      await scene.database.worker.query(sql`insert into resolution_queue (source_record_id) select id from source_record`);
      await scene.resolve(3);
      const after = await kept();
      expect(after.clients).toEqual(before.clients);
      // a block that grew too large since compares its pairs no more: that they differ is then forgotten, and nothing else
      const stayed = before.rows.filter((row) => after.rows.some(({ one, other }) => one === row.one && other === row.other));
      expect(after.rows).toEqual(stayed);
      expect(before.rows.filter((row) => !stayed.includes(row) && row.outcome !== 'different')).toEqual([]);
      expect((await scene.database.worker.query(sql`select from membership_change`)).rows).toHaveLength(changes.length);
    }),
    { numRuns: repeated },
  );
});

test('what comes and goes again leaves every client id as it was', { timeout }, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(canonical, { minLength: 3, maxLength: 8 }),
      fc.array(canonical, { minLength: 1, maxLength: 3 }),
      async (first, extra) => {
        await walk(first.map((fields, at) => ({ kind: 'write', place: at, canonical: fields })));
        const before = await scene.clusters();
        await scene.arrive(extra.map((fields, at) => incoming(at + 100, fields)));
        await scene.resolve(2);
        await scene.leave(extra.map((_fields, at) => incoming(at + 100, {})));
        await scene.resolve(2);
        expect(await scene.clusters()).toEqual(before);
      },
    ),
    { numRuns: repeated },
  );
});
