import { randomUUID } from 'node:crypto';
import { fc, test as property } from '@fast-check/vitest';
import { afterAll, beforeAll, expect } from 'vitest';
import { consentMatrix } from '../../../domain/consent/consent-state.ts';
import { people, seedPeople } from '../../../test/support/read-people.ts';
import { type TestDatabase, testDatabase } from '../../../test/support/postgres.ts';
import { type Db, sql } from '../../database.ts';

let database: TestDatabase;
/** Whose record the subject hangs from, and the subject. */
const subjects = new Map<string, string>();
beforeAll(async () => {
  database = await testDatabase();
  await seedPeople(database.worker);
  const { rows } = await database.worker.query<{ readonly id: string; readonly owner: string }>(sql`
    with subject as (insert into consent_subject (source_record_id) select id from source_record where external_id in ('e-01', 'e-03')
                     on conflict (source_record_id) do update set source_record_id = excluded.source_record_id returning id, source_record_id)
    select s.id, r.client_id as owner from subject s join source_record r on r.id = s.source_record_id`);
  for (const { id, owner } of rows) subjects.set(owner, id);
});
afterAll(() => database.drop());

const event = fc.record({
  purpose: fc.constantFrom('*', 'marketing', 'profiling'),
  channel: fc.constantFrom('any', 'email', 'phone'),
  answer: fc.constantFrom('granted' as const, 'denied' as const, 'pending' as const),
  at: fc.constantFrom(
    '2026-01-01T00:00:00.000Z',
    '2026-02-01T00:00:00.000Z',
    '2026-02-01T00:00:00.001Z',
    '2026-03-01T00:00:00.000Z',
  ),
  atKnown: fc.boolean(),
});

type Said = {
  readonly purpose: string;
  readonly channel: string;
  readonly answer: string;
  readonly at: string;
  readonly atKnown: boolean;
};

/** What `ask` answers while these people have said this; none of it outlives the case. */
async function whileSaid(
  ledgers: ReadonlyMap<string, readonly Said[]>,
  ask: (tx: Db) => Promise<string[]>,
): Promise<readonly string[]> {
  return await database.worker
    .transaction(async (tx) => {
      for (const [owner, events] of ledgers)
        for (const one of events)
          await tx.query(sql`
            insert into consent_event (subject_id, purpose, channel, answer, at, at_known, dedupe_key)
            values (${subjects.get(owner)}, ${one.purpose}, ${one.channel}, ${one.answer}, ${one.at}, ${one.atKnown}, decode(md5(${randomUUID()}), 'hex'))`);
      throw new Told(await ask(tx));
    })
    .catch((error: unknown) => {
      if (error instanceof Told) return error.lines;
      throw error;
    });
}

interface Row {
  readonly line: string;
  readonly at: string;
}

property.prop([fc.array(event, { maxLength: 9 })], { numRuns: 200 })(
  'the matrix that PostgreSQL makes is the one of the rules, for any ledger',
  async (events) => {
    const ledger = events.map((one) => ({ ...one, subjectId: people.elena }));
    const expected = consentMatrix(ledger).map(
      ({ purpose, channel, answer, decidedBy }) => `${purpose} ${channel} ${answer} ${decidedBy.at}`,
    );
    const made = await whileSaid(new Map([[people.elena, events]]), async (tx) => {
      const { rows } = await tx.query<Row>(sql`
        select concat_ws(' ', purpose, channel, answer) as line, at from consent_matrix(${people.elena}) order by purpose collate "C", channel collate "C"`);
      return rows.map(({ line, at }) => `${line} ${at}`);
    });
    expect(made).toEqual(expected);
  },
);

property.prop([fc.array(event, { maxLength: 9 }), fc.array(event, { maxLength: 9 })], { numRuns: 100 })(
  'the matrices of several clients at once are those of each alone',
  async (ofElena, ofAna) => {
    const all = [people.elena, people.ana, people.quintana];
    const ledgers = new Map([
      [people.elena as string, ofElena],
      [people.ana, ofAna],
    ]);
    const [together, alone] = await Promise.all([
      whileSaid(ledgers, async (tx) => {
        const { rows } = await tx.query<{ readonly line: string }>(sql`
          select m::text as line from consent_matrices(${all}::uuid[]) m order by m.client_id, m.purpose collate "C", m.channel collate "C"`);
        return rows.map(({ line }) => line);
      }),
      whileSaid(ledgers, async (tx) => {
        const { rows } = await tx.query<{ readonly line: string }>(sql`
          select x::text as line from unnest(${all}::uuid[]) c(id)
           cross join lateral (select c.id, m.* from consent_matrix(c.id) m) x
           order by x.id, x.purpose collate "C", x.channel collate "C"`);
        return rows.map(({ line }) => line);
      }),
    ]);
    expect(together).toEqual(alone);
  },
);

/** Ends the transaction with its answer, so that no ledger outlives its case. */
class Told extends Error {
  readonly lines: readonly string[];
  constructor(lines: readonly string[]) {
    super('told');
    this.lines = lines;
  }
}
