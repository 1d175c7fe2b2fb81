import { randomUUID } from 'node:crypto';
import { fc, test as property } from '@fast-check/vitest';
import { afterAll, beforeAll, expect } from 'vitest';
import { consentMatrix } from '../../../domain/consent/consent-state.ts';
import { people, seedPeople } from '../../../test/support/read-people.ts';
import { type TestDatabase, testDatabase } from '../../../test/support/postgres.ts';
import { sql } from '../../database.ts';

let database: TestDatabase;
let subject = '';
beforeAll(async () => {
  database = await testDatabase();
  await seedPeople(database.worker);
  const { rows } = await database.worker.query<{ readonly id: string }>(sql`
    insert into consent_subject (source_record_id) select id from source_record where external_id = 'e-03' returning id`);
  subject = rows[0]?.id ?? '';
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

property.prop([fc.array(event, { maxLength: 9 })], { numRuns: 200 })(
  'the matrix that PostgreSQL makes is the one of the rules, for any ledger',
  async (events) => {
    const ledger = events.map((one) => ({ ...one, subjectId: people.elena }));
    const expected = consentMatrix(ledger).map(
      ({ purpose, channel, answer, decidedBy }) => `${purpose} ${channel} ${answer} ${decidedBy.at}`,
    );
    const made = await database.worker
      .transaction(async (tx) => {
        for (const one of events) {
          await tx.query(sql`
            insert into consent_event (subject_id, purpose, channel, answer, at, at_known, dedupe_key)
            values (${subject}, ${one.purpose}, ${one.channel}, ${one.answer}, ${one.at}, ${one.atKnown}, decode(md5(${randomUUID()}), 'hex'))`);
        }
        const { rows } = await tx.query<{ readonly line: string; readonly at: string }>(sql`
          select concat_ws(' ', purpose, channel, answer) as line, at from consent_matrix(${people.elena}) order by purpose collate "C", channel collate "C"`);
        throw new Told(rows.map(({ line, at }) => `${line} ${at}`));
      })
      .catch((error: unknown) => {
        if (error instanceof Told) return error.lines;
        throw error;
      });
    expect(made).toEqual(expected);
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
