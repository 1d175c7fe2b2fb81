import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Cursor, LinkedSystem, PullPage } from '../connectors/kit/contract.ts';
import type { SourceRecordDraft } from '../domain/record/source-record.ts';
import { createLog } from '../platform/log.ts';
import { sql } from '../store/database.ts';
import { layTombstones, tombstonesOf } from '../store/write/tombstones.ts';
import { testKeyRing } from '../test/support/keys.ts';
import { type TestDatabase, testDatabase } from '../test/support/postgres.ts';
import type { Deps } from './deps.ts';
import { syncActivities } from './sync.ts';

const keys = testKeyRing();
let base: TestDatabase;
beforeAll(async () => {
  base = await testDatabase();
});
afterAll(() => base.drop());

let system = '';
let serial = 0;
beforeEach(async () => {
  serial += 1;
  system = `sys-${serial}`;
  await base.worker.query(sql`insert into linked_system (id, connector, title) values (${system}, 'scripted', 'Scripted')`);
});

const person = (externalId: string, fields: object = {}, raw: object = {}): SourceRecordDraft => ({
  kind: 'person',
  externalId,
  raw: { id: externalId, ...raw },
  canonical: { fullName: `Person ${externalId}`, emails: [`${externalId}@example.test`], ...fields },
});

/** A system that lists these records two a page; `failAt` breaks the connection before that page. */
function listing(
  records: readonly SourceRecordDraft[],
  extra: Partial<PullPage> = {},
  failAt = Number.POSITIVE_INFINITY,
): LinkedSystem {
  async function* pull(_stream: string, cursor: Cursor | null): AsyncGenerator<PullPage> {
    for (let page = Number(cursor?.['page'] ?? 0); ; page += 1) {
      if (page === failAt) throw new Error('connection reset');
      const last = (page + 1) * 2 >= records.length;
      const next = last ? { version: 1 } : { version: 1, page: page + 1 };
      const empty = { rejected: [], deleted: [] };
      yield {
        ...empty,
        records: records.slice(page * 2, page * 2 + 2),
        cursor: next,
        last,
        ...(last ? { complete: true, ...extra } : {}),
      };
      if (last) return;
    }
  }
  return {
    systemId: system,
    capabilities: { streams: ['people'] },
    pull,
    close: () => Promise.resolve(),
  } as unknown as LinkedSystem; // only what a sync uses
}

const at = new Date('2026-11-23T10:00:00Z');

function sync(linked: LinkedSystem, runId: string, overrides: Partial<Deps> = {}, attempt = 1): Promise<unknown> {
  const deps = {
    db: base.worker,
    keys,
    log: createLog({ level: 'silent' }),
    now: () => at,
    openSystem: () => Promise.resolve(linked),
    ...overrides,
  };
  const activities = syncActivities(deps as Deps); // without ClickHouse, which a sync does not touch
  return new MockActivityEnvironment({ attempt }).run(async () => {
    await activities.beginSync({ runId, systemId: system, mode: 'incremental' });
    return await activities.syncStream({ runId, systemId: system, stream: 'people', mode: 'incremental', inParts: true });
  });
}

const run = (count: number): string => `0193a000-0000-7000-8000-${String(serial * 100 + count).padStart(12, '0')}`;

const held = async (): Promise<
  { readonly externalId: string; readonly deleted: boolean; readonly canonical: Record<string, unknown> }[]
> =>
  (
    await base.worker.query<{ externalId: string; deleted: boolean; canonical: Record<string, unknown> }>(sql`
      select external_id as "externalId", deleted_at is not null as deleted, canonical from source_record
       where linked_system_id = ${system} order by kind desc, external_id`)
  ).rows;

const countsOf = async (runId: string): Promise<Record<string, string> | undefined> =>
  (
    await base.worker.query<Record<string, string>>(
      sql`select pulled, changed, deleted, rejected, tombstoned, pages from sync_run where id = ${runId}`,
    )
  ).rows[0];

const queued = async (): Promise<number> =>
  Number(
    (
      await base.worker.query<{ n: string }>(sql`
        select count(*) as n from resolution_queue q join source_record r on r.id = q.source_record_id where r.linked_system_id = ${system}`)
    ).rows[0]?.n,
  );

const five = ['a', 'b', 'c', 'd', 'e'].map((id) => person(id));

test('records are stored once, queued, and an unchanged second run writes nothing', async () => {
  await sync(listing(five), run(1));
  expect((await held()).map(({ externalId }) => externalId)).toEqual(['a', 'b', 'c', 'd', 'e']);
  expect(await queued()).toBe(5);
  expect(await countsOf(run(1))).toMatchObject({ pulled: '5', changed: '5', pages: '3' });
  await base.worker.query(sql`delete from resolution_queue`);
  await sync(listing(five), run(2));
  expect(await countsOf(run(2))).toMatchObject({ pulled: '5', changed: '0', deleted: '0' });
  expect(await queued()).toBe(0);
});

test('a run that breaks between pages, or inside the transaction of a page, goes on with nothing lost or doubled', async () => {
  await expect(sync(listing(five, {}, 2), run(1))).rejects.toThrow('connection reset');
  expect(await held()).toHaveLength(4);
  let killed = false;
  const db: Deps['db'] = {
    ...base.worker,
    transaction: (work) =>
      base.worker.transaction(async (tx) => {
        const done = await work(tx);
        if (!killed) {
          killed = true;
          throw new Error('killed before the commit');
        }
        return done;
      }),
  };
  await expect(sync(listing(five), run(1), { db })).rejects.toThrow('killed');
  expect(await held()).toHaveLength(4);
  await sync(listing(five), run(1), { db });
  expect(await held()).toHaveLength(5);
  expect(await countsOf(run(1))).toMatchObject({ pulled: '5', changed: '5', pages: '3' });
  expect(await sync(listing(five), run(1))).toEqual({ pages: 0 });
});

test('after a break a pull ends with the first page that it stored, so that the next break is again the first', async () => {
  await expect(sync(listing(five, {}, 1), run(1))).rejects.toThrow('connection reset');
  expect(await sync(listing(five), run(1), {}, 2)).toEqual({ pages: 1, more: true });
  expect(await held()).toHaveLength(4);
  expect(await sync(listing(five), run(1))).toEqual({ pages: 1 });
  expect(await held()).toHaveLength(5);
  expect(await countsOf(run(1))).toMatchObject({ pulled: '5', changed: '5', pages: '3' });
});

test('a page is asked for once the one before it is stored, so that a death makes the system answer one page again at most', async () => {
  const steps: string[] = [];
  const linked = listing(five);
  async function* pull(stream: string, cursor: Cursor | null): AsyncGenerator<PullPage> {
    steps.push('ask');
    for await (const page of linked.pull(stream, cursor)) {
      yield page;
      steps.push('ask');
    }
  }
  const db: Deps['db'] = {
    ...base.worker,
    transaction: async (work) => {
      const done = await base.worker.transaction(work);
      steps.push('stored');
      return done;
    },
  };
  await sync({ ...linked, pull }, run(1), { db });
  expect(steps).toEqual(['ask', 'stored', 'ask', 'stored', 'ask', 'stored']);
});

test('what a whole listing does not show is gone at the source, and comes back when it is listed again', async () => {
  await sync(listing(five), run(1));
  await sync(listing(five.slice(1)), run(2));
  expect((await held()).filter(({ deleted }) => deleted).map(({ externalId }) => externalId)).toEqual(['a']);
  await sync(listing(five.slice(2), { complete: false, deleted: [{ kind: 'person', externalId: 'b' }] }), run(3));
  expect((await held()).filter(({ deleted }) => deleted).map(({ externalId }) => externalId)).toEqual(['a', 'b']);
  await sync(listing(five), run(4));
  expect((await held()).filter(({ deleted }) => deleted)).toEqual([]);
});

test('a missing or retyped field keeps the record aside with its reason, once, and a new field stays in raw', async () => {
  await sync(listing([person('a'), person('b')]), run(1));
  const drifted = [person('a', { emails: 'not a list' }, { secretWord: 'canary' }), person('b', {}, { brandNew: true })];
  await sync(listing(drifted), run(2));
  await sync(listing(drifted), run(3));
  const aside = await base.worker.query<{ externalId: string; reason: string; open: boolean }>(sql`
    select external_id as "externalId", reason, replayed_at is null as open from rejected_record where linked_system_id = ${system}`);
  expect(aside.rows).toEqual([{ externalId: 'a', reason: 'emails: must be of type array', open: true }]);
  // listed but not readable: it is not gone, and what was known of it stays
  expect((await held()).map(({ externalId, deleted }) => [externalId, deleted])).toEqual([
    ['a', false],
    ['b', false],
  ]);
  const raw = await base.worker.query<{ raw: object }>(
    sql`select raw from source_record where linked_system_id = ${system} and external_id = 'b'`,
  );
  expect(raw.rows[0]?.raw).toEqual({ id: 'b', brandNew: true });
  await sync(listing([person('a', { givenName: 'Ana' }), person('b')]), run(4));
  const after = await base.worker.query<{ open: string }>(sql`
    select count(*) filter (where replayed_at is null) as open from rejected_record where linked_system_id = ${system}`);
  expect(after.rows[0]?.open).toBe('0');
});

test('texts that the database cannot hold do not stop a page', async () => {
  const odd = [person('a', { fullName: 'nul \u0000 half \ud800 \\u0000' }), person('b')];
  const huge: SourceRecordDraft = {
    kind: 'sale',
    externalId: 's',
    raw: {},
    canonical: { clientExternalId: 'a', saleKind: 'order', at: '2026-01-01T00:00:00Z', amountCents: 1e300, currency: 'EUR' },
  };
  await sync(listing([...odd, huge]), run(1));
  expect((await held())[0]?.canonical['fullName']).toBe('nul \ufffd half \ufffd \\u0000');
  expect(await countsOf(run(1))).toMatchObject({ changed: '2', rejected: '1' });
});

test('an undated opt-out keeps the time when it was first seen, and becomes one event of its person', async () => {
  const optOut = (when: string): SourceRecordDraft => {
    const said = { purpose: 'marketing', channel: 'email', answer: 'denied' };
    return {
      kind: 'consent',
      externalId: 'a:email:marketing',
      raw: said,
      canonical: { clientExternalId: 'a', ...said, at: when, atKnown: false },
    };
  };
  await sync(listing([optOut('2026-01-01T00:00:00.000Z'), person('a')]), run(1));
  await sync(listing([person('a'), optOut('2026-02-02T00:00:00.000Z')]), run(2));
  const events = await base.worker.query<{ at: string; answer: string }>(
    sql`select at, answer from consent_event where linked_system_id = ${system}`,
  );
  expect(events.rows).toEqual([{ at: '2026-01-01T00:00:00.000Z', answer: 'denied' }]);
});

test('the first tombstone of all, laid while a pull is on, holds for the page that was fetched before it', async () => {
  const request = await base.worker.query<{ id: string }>(sql`
    insert into privacy_request (type, opened_by, received_at, due_at) values ('erasure', 'dpo', now(), now()) returning id`);
  const gone = tombstonesOf(keys, { systemId: system, kind: 'person', externalId: 'c', identifiers: [] });
  expect((await base.worker.query(sql`select from tombstone`)).rows).toEqual([]);
  let stored = 0;
  const db: Deps['db'] = {
    ...base.worker,
    transaction: async (work) => {
      const done = await base.worker.transaction(work);
      stored += 1;
      if (stored === 1) await base.worker.transaction((tx) => layTombstones(tx, request.rows[0]?.id ?? '', gone, at));
      return done;
    },
  };
  await sync(listing(five), run(1), { db });
  expect((await held()).map(({ externalId }) => externalId)).toEqual(['a', 'b', 'd', 'e']);
  expect(await countsOf(run(1))).toMatchObject({ tombstoned: '1', changed: '4' });
});

test('an erased person does not come back: not as a row, not under another id, not among what is kept aside', async () => {
  const request = await base.worker.query<{ id: string }>(sql`
    insert into privacy_request (type, opened_by, received_at, due_at) values ('erasure', 'dpo', now(), now()) returning id`);
  const gone = tombstonesOf(keys, {
    systemId: system,
    kind: 'person',
    externalId: 'a',
    identifiers: [{ kind: 'email', value: 'gone@example.test' }],
  });
  await base.worker.transaction((tx) => layTombstones(tx, request.rows[0]?.id ?? '', gone, at));
  const broken = { externalId: 'zz', reasonCode: 'value-unreadable', reason: 'birthDate', raw: { Correo: 'Gone@Example.test' } };
  const records = [person('a', { emails: ['new@example.test'] }), person('x', { emails: [' GONE@example.test'] }), person('b')];
  await sync(listing(records, { rejected: [broken] }), run(1));
  expect((await held()).map(({ externalId }) => externalId)).toEqual(['b']);
  expect(await countsOf(run(1))).toMatchObject({ tombstoned: '2', changed: '1', rejected: '1' });
  const hits = await base.worker.query<{ n: string }>(
    sql`select count(*) as n from tombstone_hit where linked_system_id = ${system}`,
  );
  expect(hits.rows[0]?.n).toBe('2');
  const aside = await base.worker.query<{ text: string }>(
    sql`select r::text as text from rejected_record r where linked_system_id = ${system}`,
  );
  expect(aside.rows).toHaveLength(1);
  expect(aside.rows[0]?.text).not.toMatch(/gone@|zz/i);
});
