import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PullPage } from '../../connectors/kit/contract.ts';
import { sql } from '../../store/database.ts';
import { startSyncRun, type SyncCounts } from '../../store/write/sync-runs.ts';
import { testKeyRing } from '../../test/support/keys.ts';
import { type TestDatabase, testDatabase } from '../../test/support/postgres.ts';
import { preparedPages } from './prepare-page.ts';
import { storedPages } from './store-pages.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
  await database.worker.query(sql`insert into linked_system (id, connector, title) values ('crm', 'crm', 'CRM')`);
});
afterAll(() => database.drop());

const person = (id: number) => ({
  kind: 'person' as const,
  externalId: `${id}`,
  raw: { id },
  canonical: { emails: [`p${id}@example.test`] },
});

const page = (number: number, last: boolean, ids: readonly number[]): PullPage => ({
  records: ids.map(person),
  rejected: [],
  deleted: [],
  cursor: { version: 1, number },
  last,
});

/** A pull of `pages` pages of two people; says which page is asked for. */
async function* pulled(pages: number, asked: number[]): AsyncGenerator<PullPage> {
  for (let number = 1; number <= pages; number += 1) {
    asked.push(number);
    await Promise.resolve();
    yield page(number, number === pages, [number * 2, number * 2 + 1]);
  }
}

const scene = async () => {
  const { worker: db } = database;
  const runId = randomUUID();
  await startSyncRun(db, runId, 'crm', 'full');
  const from = { systemId: 'crm', stream: randomUUID(), runId };
  const cursor = async () =>
    (
      await db.query<{ readonly at: unknown }>(
        sql`select cursor ->> 'number' as at from sync_cursor where stream = ${from.stream}`,
      )
    ).rows[0]?.at;
  return { db, from, cursor, deps: { db, keys: testKeyRing(), now: () => new Date() } };
};

test('while a page is stored the next is fetched and no more, and each is stored after the one before', async () => {
  const { db, from, cursor, deps } = await scene();
  const asked: number[] = [];
  const counts: SyncCounts[] = [];
  const seen: number[] = [];
  const pull = async (): Promise<void> => {
    for await (const one of storedPages(deps, from, preparedPages(pulled(4, asked), 'crm'))) {
      counts.push(one);
      seen.push(Number(await cursor()));
    }
  };
  let done = Promise.resolve();
  await db.transaction(async (tx) => {
    await tx.query(sql`select from sync_run where id = ${from.runId} for update`); // no page can be stored
    done = pull();
    await expect.poll(() => asked, { timeout: 10_000 }).toEqual([1, 2]);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(asked).toEqual([1, 2]);
    expect(await cursor()).toBe(undefined);
  });
  await done;
  expect(asked).toEqual([1, 2, 3, 4]);
  expect(counts).toEqual(Array.from({ length: 4 }, () => ({ pulled: 2, changed: 2, deleted: 0, rejected: 0, tombstoned: 0 })));
  expect(seen).toEqual([...seen].sort((one, other) => one - other));
  expect(await cursor()).toBe('4');
});

test('a page that cannot be stored ends the pull at its place, and what is behind it is not stored', async () => {
  const { from, cursor, deps } = await scene();
  const asked: number[] = [];
  const broken = async function* (): AsyncGenerator<PullPage> {
    for await (const one of pulled(4, asked)) yield asked.length === 2 ? { ...one, cursor: { version: 1, number: '\0' } } : one;
  };
  const pull = async (): Promise<void> => {
    for await (const _ of storedPages(deps, from, preparedPages(broken(), 'crm')));
  };
  await expect(pull()).rejects.toMatchObject({ name: 'DatabaseError' });
  expect(asked.length).toBeLessThanOrEqual(3);
  expect(await cursor()).toBe('1');
});
