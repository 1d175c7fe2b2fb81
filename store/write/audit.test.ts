import { fc, test as property } from '@fast-check/vitest';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { verifyChain } from '../../domain/record/audit-chain.ts';
import type { AuditEntry } from '../../schemas/types.ts';
import { type TestDatabase, testDatabase } from '../../test/support/postgres.ts';
import { sql } from '../database.ts';
import { auditEntries, everyAuditEntry, exportAudit, verifyAudit } from '../read/audit.ts';
import { type AuditNote, appendAudit, appendAudits } from './audit.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
});
afterAll(() => db.drop());

const note = (more: Partial<AuditNote> = {}): AuditNote => ({
  actor: 'dpo-1',
  action: 'client-merged',
  at: '2026-01-02T03:04:05.006Z',
  ...more,
});
const append = (one: AuditNote): Promise<void> => db.worker.transaction((tx) => appendAudit(tx, one));
const exported = async (): Promise<AuditEntry[]> => {
  const lines: string[] = [];
  for await (const line of exportAudit(db.reader)) lines.push(line);
  return lines.map((line) => JSON.parse(line) as AuditEntry);
};

test('transactions at once make one chain without a gap, also with rollbacks between', async () => {
  const work = Array.from({ length: 24 }, (_, index) =>
    index % 4 === 3
      ? db.worker
          .transaction(async (tx) => {
            await appendAudit(tx, note({ subject: `lost-${index}` }));
            throw new Error('rolled back');
          })
          .catch(() => undefined)
      : append(note({ subject: `c-${index}`, facts: { clients: index } })),
  );
  await Promise.all(work);
  const entries = await auditEntries(db.reader, 0, 100);
  expect(entries.map(({ seq }) => seq)).toEqual(Array.from({ length: 18 }, (_, index) => index + 1));
  expect(await verifyAudit(db.reader)).toMatchObject({ state: 'whole', head: { seq: 18 } });
});

test('many entries at once keep their order', async () => {
  await db.worker.transaction((tx) =>
    appendAudits(
      tx,
      Array.from({ length: 1201 }, (_, index) => note({ subject: `m-${index}` })),
    ),
  );
  const entries = await auditEntries(db.reader, 18, 5000);
  expect(entries.map(({ subject }) => subject)).toEqual(Array.from({ length: 1201 }, (_, index) => `m-${index}`));
});

property.prop(
  [
    fc.dictionary(
      fc.string({ maxLength: 10 }).filter((key) => !key.includes('\0')),
      fc.oneof(
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.maxSafeInteger(),
        fc.boolean(),
        fc.constant(null),
        fc.uuid(),
        fc.array(fc.stringMatching(/^[A-Za-z0-9][a-z0-9-]{0,20}$/), { maxLength: 3 }),
      ),
      { maxKeys: 5, noNullPrototype: true },
    ),
  ],
  { numRuns: 40 },
)('whatever facts an entry has, the export verifies without the database', async (facts) => {
  await append(note({ facts }));
  const [last] = (await db.reader.query<{ seq: string }>(sql`select max(seq) as seq from audit_entry`)).rows;
  const [entry] = await auditEntries(db.reader, Number(last?.seq) - 1, 1);
  expect(entry?.facts).toEqual(JSON.parse(JSON.stringify(facts)));
  expect(verifyChain(await exported())).toMatchObject({ state: 'whole' });
});

test.each([{ name: 'Ana García' }, { email: 'ana@example.es' }, { reason: 'she asked for it by telephone' }])(
  'words and addresses are refused as facts and not repeated: %j',
  async (facts) => {
    const error = await append(note({ facts })).catch((caught: Error) => caught);
    expect(error).toMatchObject({ code: 'audit-entry-invalid' });
    expect(String(error)).not.toMatch(/Ana|ana@|telephone/);
  },
);

test('a row changed by a superuser behind our back is named', async () => {
  await db.owner.query(sql`alter table audit_entry disable trigger user`);
  await db.owner.query(sql`update audit_entry set actor = 'somebody-else' where seq = 7`);
  expect(await verifyAudit(db.reader)).toEqual({ state: 'broken', seq: 7, reason: 'content' });
  await db.owner.query(sql`update audit_entry set actor = 'dpo-1' where seq = 7`);
  await db.owner.query(sql`delete from audit_entry where seq = 9`);
  expect(await verifyAudit(db.reader)).toEqual({ state: 'broken', seq: 9, reason: 'gap' });
});

test('pages of any size give the same entries', async () => {
  const seqs: number[][] = [];
  for (const size of [7, 5000]) {
    const all: number[] = [];
    for await (const { seq } of everyAuditEntry(db.reader, size)) all.push(seq);
    seqs.push(all);
  }
  expect(seqs[0]).toEqual(seqs[1]);
});
