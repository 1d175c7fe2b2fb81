import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '../../store/database.ts';
import { copiesOfClient } from '../../store/write/document-copies.ts';
import { testCommandApi, type TestCommandApi } from '../../test/support/command-api.ts';
import { testKeyRing } from '../../test/support/keys.ts';
import { type ReadScene, readScene } from '../../test/support/read-scene.ts';
import { people, seedPeople } from '../../test/support/read-people.ts';
import { type TestTemporal, testTemporal } from '../../test/support/temporal.ts';

let temporal: TestTemporal;
let scene: ReadScene;
let api: TestCommandApi;
let document = '';
const text = `a contract that nobody else may read ${randomBytes(8).toString('hex')}`;
const copy = { mediaType: 'text/plain', content: Buffer.from(text).toString('base64') };
const path = (id = document): string => `/v1/documents/${id}/copy`;
const looks = async (): Promise<number> => {
  const { rows } = await scene.database.owner.query<{ readonly n: number }>(sql`
    select count(*)::int as n from access_log where client_ids = array[${people.ana}::uuid] and purpose = 'document'`);
  return rows[0]?.n ?? -1;
};
const documentOf = async (id: string): Promise<unknown> =>
  (await scene.ask('front-office', `{ client(id: "${id}") { documents { id copy { mediaType size sha256 } } } }`)).data?.[
    'client'
  ];

beforeAll(async () => {
  temporal = await testTemporal();
  scene = await readScene();
  await seedPeople(scene.database.worker);
  api = testCommandApi(scene.database, temporal, { accessor: scene.database.accessor });
  const { rows } = await scene.database.owner.query<{ readonly id: string }>(
    sql`select id from source_record where kind = 'document' and client_id = ${people.ana}`,
  );
  document = rows[0]?.id ?? '';
});
afterAll(async () => {
  await scene.stop();
  await temporal.stop();
});

test('a copy that is uploaded is told in the ficha, read back as it was, and each reading is a look', async () => {
  expect(await documentOf(people.ana)).toEqual({ documents: [{ id: document, copy: null }] });
  expect((await api.send('front-office', 'GET', path())).body['code']).toBe('no-copy');
  expect(await looks()).toBe(0);
  const sha256 = createHash('sha256').update(text).digest('hex');
  expect(await api.send('front-office', 'PUT', path(), copy)).toEqual({
    status: 201,
    body: { documentId: document, size: text.length, sha256 },
  });
  expect(await documentOf(people.ana)).toEqual({
    documents: [{ id: document, copy: { mediaType: 'text/plain', size: text.length, sha256 } }],
  });
  expect(await api.send('dpo', 'GET', path())).toEqual({ status: 200, body: { text } });
  expect(await looks()).toBe(1);
});

test('at rest it is sealed, and the role that answers GraphQL cannot even select it', async () => {
  const { rows } = await scene.database.owner.query<{ readonly sealed: Buffer }>(sql`select sealed from document_copy`);
  expect(rows[0]?.sealed.includes(Buffer.from(text))).toBe(false);
  await expect(scene.database.reader.query(sql`select sealed from document_copy`)).rejects.toMatchObject({
    code: 'database-forbidden',
  });
});

test('when the look cannot be logged, the copy is not handed out', async () => {
  const closed = testCommandApi(scene.database, temporal);
  const answer = await closed.send('front-office', 'GET', path());
  expect(answer.status).toBe(500);
  expect(JSON.stringify(answer.body)).not.toContain(text);
});

test('roles that read no documents keep and read none; an id that is no document, or not one to be shown, is not there', async () => {
  for (const role of ['data-team', 'analyst'] as const) {
    for (const method of ['PUT', 'GET', 'DELETE']) expect((await api.send(role, method, path(), copy)).status, role).toBe(403);
  }
  for (const id of ['0', '99999999', 'x', "1' or '1'='1"]) {
    expect((await api.send('front-office', 'GET', path(encodeURIComponent(id)))).body['code'], id).toBe('unknown-document');
  }
  await scene.database.owner.query(sql`update client set state = 'restricted' where id = ${people.ana}`);
  for (const method of ['PUT', 'GET', 'DELETE'])
    expect((await api.send('dpo', method, path(), copy)).body['code'], method).toBe('unknown-document');
  await scene.database.owner.query(sql`update client set state = 'active' where id = ${people.ana}`);
});

test('the person gets it with their own data, and it is gone with the record or by its own', async () => {
  const db = scene.database.worker;
  const [own] = await copiesOfClient(db, testKeyRing(), people.ana);
  expect([own?.systemId, own?.externalId, own?.bytes.toString()]).toEqual(['erp', 'D-1', text]);
  expect((await api.send('front-office', 'DELETE', path())).status).toBe(200);
  expect((await api.send('front-office', 'GET', path())).body['code']).toBe('no-copy');
  await api.send('front-office', 'PUT', path(), copy);
  await db.query(sql`delete from source_record where id = ${document}`);
  const { rows } = await scene.database.owner.query<{ readonly n: number }>(sql`select count(*)::int as n from document_copy`);
  expect(rows[0]?.n).toBe(0);
});

test('what is too large or has no type is refused, and no log line repeats what was sent', async () => {
  expect((await api.send('front-office', 'PUT', path(), { ...copy, mediaType: 'x' })).body['code']).toBe('bad-body');
  expect((await api.send('front-office', 'PUT', path(), { ...copy, content: 'A'.repeat(13 * 1024 * 1024) })).status).toBe(413);
  expect(api.log.join('')).not.toContain(text);
});
