import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { connectorOf } from '../../connectors/kit/connector.ts';
import type { LinkedSystem, PullPage } from '../../connectors/kit/contract.ts';
import { parseManifest } from '../../connectors/kit/manifest.ts';
import { createLog } from '../../platform/log.ts';
import { sql } from '../../store/database.ts';
import { layTombstones, tombstonesOf } from '../../store/write/tombstones.ts';
import { testKeyRing } from '../../test/support/keys.ts';
import { type TestDatabase, testDatabase } from '../../test/support/postgres.ts';
import type { Deps } from '../deps.ts';
import { syncActivities } from '../sync.ts';
import { linkedSystems } from '../../store/read/operations.ts';

const keys = testKeyRing();
let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

let serial = 0;
let system = '';
beforeEach(async () => {
  serial += 1;
  system = `shop-${serial}`;
  await database.worker.query(sql`insert into linked_system (id, connector, title) values (${system}, 'shop', 'Shop')`);
});
const run = (count: number): string => `0193b000-0000-7000-8000-${String(serial * 100 + count).padStart(12, '0')}`;

/** The connector, whose author first took its dates for European ones. */
const manifest = (format: string): string => `
name: shop
title: Shop
version: 1
vendor: { docs: https://docs.example.test }
server: { url: 'https://shop.example.test' }
entities:
  person:
    list: { request: GET /people, page: { kind: offset, size: 100 }, select: . }
    id: id
    changedAt: changed
    map:
      fullName: name
      emails: mail
      birthDate: { from: born, as: date, format: ${format} }
`;
const opened = (text: string, hooks = {}): LinkedSystem =>
  connectorOf(parseManifest(text, 'shop'), hooks).open({
    systemId: system,
    config: {},
    secret: () => '',
    signal: new AbortController().signal,
    now: () => new Date('2026-11-23T10:00:00Z'),
  });
const wrong = (): LinkedSystem => opened(manifest('d/m/y'));
const mended = (): LinkedSystem => opened(manifest('iso'));

type Raw = Readonly<Record<string, string>>;
const ana: Raw = { id: '1', name: 'Ana Ruiz', mail: 'ana@example.test', born: '1980-05-17', changed: '2026-01-01T00:00:00Z' };
const eva: Raw = { id: '2', name: 'Eva Sanz', mail: 'eva@example.test', born: 'in spring', changed: '2026-01-01T00:00:00Z' };

/** Lists these, read as the given system reads them. */
const listing = (as: LinkedSystem, raws: readonly Raw[], more: Partial<PullPage> = {}): LinkedSystem => ({
  ...as,
  async *pull() {
    const drafted = raws.flatMap((raw) => as.redraft?.('person', raw) ?? []);
    const [records, rejected] = [drafted.flatMap((one) => one.records), drafted.flatMap((one) => one.rejected)];
    yield { records, rejected, deleted: [], cursor: { version: 1 }, last: true, ...more };
  },
});

function activitiesWith(linked: LinkedSystem) {
  const openSystem = () => Promise.resolve(linked);
  const log = createLog({ level: 'silent' });
  return syncActivities({ db: database.worker, keys, log, now: () => new Date(), openSystem } as unknown as Deps); // no analytics
}
const sync = (linked: LinkedSystem, runId: string): Promise<unknown> =>
  new MockActivityEnvironment().run(async () => {
    const { beginSync, syncStream, endSync } = activitiesWith(linked);
    await beginSync({ runId, systemId: system, mode: 'incremental' });
    await syncStream({ runId, systemId: system, stream: 'person', mode: 'incremental' });
    await endSync({ runId, state: 'done', errorCode: null });
  });
const replay = (linked: LinkedSystem, runId: string): Promise<unknown> =>
  new MockActivityEnvironment().run(async () => {
    const { beginSync, replayStream, endSync } = activitiesWith(linked);
    await beginSync({ runId, systemId: system, mode: 'replay' });
    const ended = await replayStream({ runId, systemId: system, stream: 'person' });
    await endSync({ runId, state: 'done', errorCode: null });
    return ended;
  });

const held = async () =>
  (
    await database.worker.query(
      sql`select external_id as id, canonical ->> 'birthDate' as born, canonical ->> 'fullName' as name, raw from source_record where linked_system_id = ${system} order by 1`,
    )
  ).rows;
const aside = async () =>
  (
    await database.worker.query(
      sql`select external_id as id, reason_code as code, raw from rejected_record where linked_system_id = ${system} and replayed_at is null order by 1, 2`,
    )
  ).rows;
const counts = async (runId: string) =>
  (await database.worker.query(sql`select pulled, changed, rejected from sync_run where id = ${runId}`)).rows[0];

test('what the mended connector can read comes in from what was kept of it; the rest stays aside; once more changes nothing', async () => {
  await sync(listing(wrong(), [ana, eva]), run(1));
  expect(await held()).toEqual([]);
  expect(await aside()).toHaveLength(2);
  expect(await replay(mended(), run(2))).toBe('done');
  expect(await held()).toEqual([{ id: '1', name: 'Ana Ruiz', born: '1980-05-17', raw: ana }]);
  expect(await aside()).toMatchObject([{ id: '2', raw: eva }]);
  expect(await counts(run(2))).toEqual({ pulled: '2', changed: '1', rejected: '1' });
  const queued = await database.worker.query(
    sql`select from resolution_queue q join source_record r on r.id = q.source_record_id where r.linked_system_id = ${system}`,
  );
  expect(queued.rowCount).toBe(1);
  await replay(mended(), run(3));
  expect(await held()).toHaveLength(1);
  expect(await aside()).toHaveLength(1);
  expect(await counts(run(3))).toEqual({ pulled: '1', changed: '0', rejected: '1' });
});

test('what came in is kept once: of a record that is aside no more only its reason stays', async () => {
  await sync(listing(wrong(), [ana]), run(1));
  await replay(mended(), run(2));
  const { rows } = await database.worker.query(sql`select raw from rejected_record where linked_system_id = ${system}`);
  expect(rows).toEqual([{ raw: null }]);
});

test('a replay never puts an older form over a newer one, nor brings back what is gone at its source', async () => {
  await sync(listing(wrong(), [ana, eva]), run(1));
  await database.worker.query(sql`
    insert into source_record (linked_system_id, kind, external_id, raw, canonical, content_hash, stream, seen_run_id, changed_at)
    values (${system}, 'person', '1', '{}', '{"fullName": "Ana, by webhook"}', '\x01', 'person', ${run(1)}, '2026-06-01T00:00:00Z')`);
  await sync(listing(mended(), [], { deleted: [{ kind: 'person', externalId: '2' }] }), run(2));
  await replay(opened(manifest('iso').replace(/ {6}birthDate.*\n/, '')), run(3)); // now it could read both
  expect(await held()).toMatchObject([{ id: '1', name: 'Ana, by webhook' }]);
  expect(await aside()).toEqual([]);
});

test('what a whole listing does not show any more is not waited for', async () => {
  await sync(listing(wrong(), [ana, eva]), run(1));
  await sync(listing(wrong(), [ana], { complete: true }), run(2));
  expect(await aside()).toMatchObject([{ id: '1' }]);
});

test('an erased person does not come back by a replay, and nothing of them stays among what is aside', async () => {
  await sync(listing(wrong(), [ana]), run(1));
  const request = await database.worker.query<{ id: string }>(
    sql`insert into privacy_request (type, opened_by, received_at, due_at) values ('erasure', 'dpo', now(), now()) returning id`,
  );
  const identifiers = [{ kind: 'email', value: 'ana@example.test' }] as const;
  const gone = tombstonesOf(keys, { systemId: 'elsewhere', kind: 'person', externalId: 'x', identifiers });
  await database.worker.transaction((tx) => layTombstones(tx, request.rows[0]?.id ?? '', gone, new Date()));
  await replay(mended(), run(2));
  expect(await held()).toEqual([]);
  const left = await database.worker.query<{ text: string }>(
    sql`select string_agg(r::text, '') as text from rejected_record r where linked_system_id = ${system}`,
  );
  expect(left.rows[0]?.text).not.toMatch(/ana/i);
});

test('a stream that code of the connector lists is read whole, and only when something of it is aside', async () => {
  const byCode = (): LinkedSystem =>
    opened(
      manifest('iso')
        .replace(/ {4}list:.*\n/, '')
        .replace('entities:', 'hooks: [listPages]\nentities:'),
      { listPages: () => undefined },
    );
  expect(await replay(byCode(), run(1))).toBe('done');
  await sync(listing(wrong(), [eva]), run(2));
  expect(await replay(byCode(), run(3))).toBe('read-whole');
  expect(await aside()).toHaveLength(1);
});

test('a replay does not make a system look fresh', async () => {
  await replay(mended(), run(1));
  const lastDone = (await linkedSystems(database.worker)).find(({ id }) => id === system)?.lastDoneAt;
  expect(lastDone).toBeNull();
});
