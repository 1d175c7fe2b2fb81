import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '../../store/database.ts';
import { type TestDatabase, testDatabase } from '../../test/support/postgres.ts';
import { clientOf, openErasure, privacyDeps } from '../../test/support/privacy-world.ts';
import { upkeepActivities } from './upkeep.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(async () => {
  await database.drop();
});

const who = { given: 'Ana', family: 'Quijano', email: 'ana@example.org', phone: '+34600111222' };

/** Requests that are over: one that was opened, and copies of it, the oldest first. */
async function closedRequests(count: number): Promise<readonly string[]> {
  const { requestId } = await openErasure(database, await clientOf(database.worker, who));
  await database.owner.query(
    sql`update privacy_request set state = 'closed', client_id = null, closed_at = now() where id = ${requestId}`,
  );
  const { rows } = await database.owner.query<{ id: string }>(sql`
    with copy as materialized (select uuidv7() as id, uuidv7() as key_id from generate_series(2, ${count}::int)),
    key as (
      insert into subject_key (id, wrapped, payload_wrapped, created_at)
      select c.key_id, k.wrapped, k.payload_wrapped, k.created_at
        from copy c, subject_key k join privacy_request q on q.subject_key_id = k.id where q.id = ${requestId})
    insert into privacy_request
    select (jsonb_populate_record(q, jsonb_build_object('id', c.id, 'subject_key_id', c.key_id))).*
      from copy c, privacy_request q where q.id = ${requestId}
    returning id`);
  return [requestId, ...rows.map(({ id }) => id)].sort();
}

test('requests whose workflows do not end keep no other from being shredded, however many they are and however old', async () => {
  const opened = await closedRequests(230); // a page is 200
  const [last = ''] = opened.slice(-1);
  const requestEnded = (requestId: string): Promise<boolean> => Promise.resolve(requestId === last);
  const { shredPayloads } = upkeepActivities(Object.assign(privacyDeps(database, []), { requestEnded }));
  expect(await new MockActivityEnvironment().run(shredPayloads)).toEqual({ shredded: 1, more: false });
  const { rows } = await database.worker.query<{ id: string }>(sql`
    select q.id from subject_key k join privacy_request q on q.subject_key_id = k.id where k.payload_destroyed_at is not null`);
  expect(rows).toEqual([{ id: last }]);
});
