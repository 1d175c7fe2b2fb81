import { afterAll, beforeAll, expect, test } from 'vitest';
import { people, seedPeople } from '../../test/support/read-people.ts';
import { type ReadScene, readScene } from '../../test/support/read-scene.ts';
import { sql } from '../../store/database.ts';

let scene: ReadScene;
beforeAll(async () => {
  scene = await readScene();
  const { worker } = scene.database;
  await seedPeople(worker);
  for (const seq of [1, 2, 3]) {
    await worker.query(sql`
      insert into audit_entry (seq, at, actor, action, subject, facts, prev_hash, hash)
      values (${seq}, now(), 'ficha', 'client-merged', ${people.ana}, '{"records":2}', '\\x00', '\\x01')`);
  }
  await worker.query(
    sql`insert into sync_run (id, linked_system_id, mode, state, ended_at) values (${people.elena}, 'erp', 'full', 'done', now())`,
  );
  await worker.query(
    sql`insert into sync_cursor (linked_system_id, stream, cursor, run_id, done) values ('erp', 'parties', '{"secret":1}', ${people.elena}, true)`,
  );
  await worker.query(sql`
    insert into rejected_record (linked_system_id, run_id, stream, external_id, reason_code, reason, raw)
    values ('erp', ${people.elena}, 'parties', 'e-99', 'record-invalid', 'emails.0 is too long', '{"email":"oculto@example.org"}')`);
  await worker.query(sql`
    insert into privacy_request (type, client_id, opened_by, received_at, due_at) values ('erasure', ${people.ana}, 'dpo-1', now(), now() + interval '30 days')`);
});
afterAll(() => scene.stop());

const dpo = async (query: string) => {
  const answer = await scene.ask('dpo', query);
  expect(answer.errors).toBeUndefined();
  return answer.data ?? {};
};

test('the officer pages through the audit log, newest first', async () => {
  const page = (after: string) =>
    `{ auditEntries(first: 2${after}) { edges { cursor node { seq action facts } } pageInfo { hasNextPage endCursor } } }`;
  const first = (await dpo(page('')))['auditEntries'] as {
    readonly edges: readonly { readonly node: { readonly seq: string } }[];
    readonly pageInfo: { readonly endCursor: string };
  };
  expect(first.edges.map(({ node }) => node.seq)).toEqual(['3', '2']);
  expect((await dpo(page(`, after: "${first.pageInfo.endCursor}"`)))['auditEntries']).toMatchObject({
    edges: [{ node: { seq: '1', facts: '{"records":2}' } }],
    pageInfo: { hasNextPage: false },
  });
});

test('the officer sees who was shown a ficha', async () => {
  await scene.ask('front-office', `{ client(id: "${people.ana}") { name } }`);
  const { looks } = await dpo(`{ looks(clientId: "${people.ana}") { edges { node { actor role shown } } } }`);
  expect(looks).toMatchObject({ edges: [{ node: { actor: 'tester-front-office', role: 'front-office', shown: 1 } }] });
});

test('the data map names systems, kinds and fields, and no value', async () => {
  const answer = await scene.ask(
    'dpo',
    '{ dataMap { linkedSystemId kind records fields } processing { purpose legalBasis channels people suppressions } }',
  );
  expect(answer.data?.['dataMap']).toContainEqual({ linkedSystemId: 'erp', kind: 'sale', records: 5, fields: ['lines'] });
  expect(answer.data?.['processing']).toEqual([
    { purpose: 'marketing', legalBasis: 'consent', channels: ['email'], people: 1, suppressions: 1 },
  ]);
  expect(answer.text).not.toMatch(/nunez|Ana/i);
});

test('the data team sees streams, rejects without their content, and quality', async () => {
  const answer = await scene.ask(
    'data-team',
    '{ linkedSystems { id streams { stream done } } rejectedRecords { edges { node { reasonCode reason externalId } } } flagCounts { flag clients } }',
  );
  expect(answer.errors).toBeUndefined();
  expect(answer.data?.['linkedSystems']).toContainEqual({ id: 'erp', streams: [{ stream: 'parties', done: true }] });
  expect(answer.data?.['rejectedRecords']).toEqual({
    edges: [{ node: { reasonCode: 'record-invalid', reason: 'emails.0 is too long', externalId: 'e-99' } }],
  });
  expect(answer.data?.['flagCounts']).toContainEqual({ flag: 'no-address', clients: 3 });
  expect(answer.text).not.toMatch(/oculto|secret/);
});

test('a running request shows on the ficha, and in full to the officer alone', async () => {
  const { client } = await dpo(`{ client(id: "${people.ana}") { runningRequests { type state } } }`);
  expect(client).toEqual({ runningRequests: [{ type: 'erasure', state: 'received' }] });
  const { privacyRequests } = await dpo(
    '{ privacyRequests(open: true) { edges { node { type identityProof approvedBy askedAgain tasks { id } } } } }',
  );
  expect(privacyRequests).toMatchObject({
    edges: [{ node: { type: 'erasure', identityProof: 'manual', approvedBy: [], askedAgain: 0, tasks: [] } }],
  });
});

test('requests come by their deadline, page by page; each says system by system how far it is', async () => {
  const { worker } = scene.database;
  const { rows } = await worker.query<{ readonly id: string }>(sql`
    insert into privacy_request (type, client_id, opened_by, received_at, due_at)
    values ('access', ${people.elena}, 'dpo-1', now() - interval '40 days', now() - interval '10 days') returning id`);
  const late = rows[0]?.id ?? '';
  const line = async (state: string, hash: string) =>
    (
      await worker.query<{ readonly id: string }>(sql`
        insert into plan_line (request_id, linked_system_id, kind, record_hash, action, state)
        values (${late}, 'erp', 'person', decode(${hash}, 'hex'), 'export', ${state}) returning id`)
    ).rows[0]?.id ?? '';
  const [verified] = [await line('verified', '01'), await line('acted', '02')];
  await worker.query(sql`
    insert into evidence (request_id, line_id, linked_system_id, verb, result, vendor_request_id)
    values (${late}, ${verified}, 'erp', 'export', 'done', 'vendor-1'), (${late}, null, 'crm', 'locate', 'done', null)`);
  const page = (after: string) =>
    `{ privacyRequests(orderBy: DEADLINE, first: 1${after}) { edges { cursor node { type overdue steps { linkedSystemId state lines settled evidence nextLookAt }
       evidence { linkedSystemId planLineId vendorRequestId } } } pageInfo { hasNextPage endCursor } } }`;
  const first = (await dpo(page('')))['privacyRequests'] as { readonly pageInfo: { readonly endCursor: string } };
  expect(first).toMatchObject({
    edges: [
      {
        node: {
          type: 'access',
          overdue: true,
          steps: [
            { linkedSystemId: 'crm', state: 'nothing-held', lines: 0, settled: 0, evidence: 1, nextLookAt: null },
            { linkedSystemId: 'erp', state: 'verifying', lines: 2, settled: 1, evidence: 1, nextLookAt: null },
          ],
          evidence: [
            { linkedSystemId: 'erp', planLineId: verified, vendorRequestId: 'vendor-1' },
            { linkedSystemId: 'crm', planLineId: null, vendorRequestId: null },
          ],
        },
      },
    ],
    pageInfo: { hasNextPage: true },
  });
  expect((await dpo(page(`, after: "${first.pageInfo.endCursor}"`)))['privacyRequests']).toMatchObject({
    edges: [{ node: { type: 'erasure', overdue: false, steps: [] } }],
    pageInfo: { hasNextPage: false },
  });
});

test.each(['auditEntries', 'rejectedRecords', 'privacyRequests', 'syncRuns'])(
  'a cursor that %s did not make is refused',
  async (field) => {
    const after = Buffer.from('{"seq":"x","id":"x"}').toString('base64url');
    const answer = await scene.ask('dpo', `{ ${field}(after: "${after}") { edges { cursor } } }`);
    expect(answer.errors?.[0]?.extensions?.['code']).toBe('bad-argument');
  },
);
