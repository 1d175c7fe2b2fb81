import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createMailer } from '../../platform/mailer.ts';
import { sql } from '../../store/database.ts';
import { holdClient } from '../../store/write/privacy-hold.ts';
import { type TestCommandApi, testCommandApi } from '../../test/support/command-api.ts';
import { type Scene, setScene } from '../../test/support/privacy-scene.ts';
import { clientOf, linkSystem, openErasure, storePerson } from '../../test/support/privacy-world.ts';
import { temporaryFolder } from '../../test/support/temporary-folder.ts';
import { type TestTemporal, testTemporal } from '../../test/support/temporal.ts';

let temporal: TestTemporal;
let scene: Scene;
let api: TestCommandApi;
let requestId: string;

beforeAll(async () => {
  temporal = await testTemporal();
  scene = await setScene(temporal);
  api = testCommandApi(scene.database, temporal);
  ({ requestId } = await openErasure(scene.database, scene.anaId));
});
afterAll(async () => {
  await scene.end();
  await temporal.stop();
});

const textOf = async (path: string): Promise<string> => String((await api.send('dpo', 'GET', path)).body['text']);

test('the letter comes in the language of the country, or in the one asked for; it names nobody', async () => {
  const receipt = await textOf(`/v1/requests/${requestId}/notices/receipt`);
  expect(receipt).toMatch(/^Estimado\/a cliente:/);
  expect(await textOf(`/v1/requests/${requestId}/notices/refusal?language=fr`)).toMatch(/Motif :.*recours juridictionnel/s);
  expect(JSON.stringify(receipt)).not.toMatch(/Ana|Quijano|example\.org/);
});

test('an unknown notice or language says which there are; the front office is sent away', async () => {
  expect(await api.send('dpo', 'GET', `/v1/requests/${requestId}/notices/thanks`)).toMatchObject({
    status: 400,
    body: { code: 'bad-body', message: expect.stringContaining('receipt, extension, refusal, completion') as unknown },
  });
  expect(await api.send('dpo', 'GET', `/v1/requests/${requestId}/notices/receipt?language=xx`)).toMatchObject({ status: 400 });
  expect(await api.send('front-office', 'GET', `/v1/requests/${requestId}/notices/receipt`)).toMatchObject({ status: 403 });
});

test('a request that is not closed has no certificate yet; a closed one has it as JSON, as a page and as PDF', async () => {
  expect(await api.send('dpo', 'GET', `/v1/requests/${requestId}/certificate`)).toMatchObject({
    status: 409,
    body: { code: 'not-closed' },
  });
  await scene.bench.start(requestId);
  await scene.bench.approve(requestId);
  await scene.bench.until(requestId, 'waiting-for-person');
  await scene.answer(requestId, 'other-person');
  await scene.lookAgain(requestId);
  await scene.outcome(requestId);
  expect(await api.send('dpo', 'GET', `/v1/requests/${requestId}/certificate`)).toMatchObject({
    status: 200,
    body: { body: { requestId } },
  });
  expect(await textOf(`/v1/requests/${requestId}/certificate?language=it`)).toContain('<html lang="it">');
  expect(await textOf(`/v1/requests/${requestId}/certificate?language=it&as=pdf`)).toMatch(/^%PDF-/);
  expect(await textOf(`/v1/requests/${requestId}/notices/completion?language=en`)).toMatch(/was fulfilled on .*read back/s);
});

test('the proof of a manual task is kept sealed, comes back as it was, and its digest is the evidence', async () => {
  const db = scene.database.worker;
  const { rows: lines } = await db.query<{ readonly id: string }>(
    sql`select id from plan_line where request_id = ${requestId} limit 1`,
  );
  const subject = JSON.stringify({ requestId, lineId: lines[0]?.id, systemId: 'erp' });
  const { rows: tasks } = await db.query<{ readonly id: string }>(sql`
    insert into review_task (kind, reason, subject, subject_key, opened_at)
    values ('privacy', 'manual-task', ${subject}, ${`${requestId}/manual-task/x`}, now()) returning id`);
  const file = Buffer.from('a picture of the empty bin, with Ana Quijano in its title bar');
  const proof = { mediaType: 'image/png', content: file.toString('base64') };
  // the scene's worker listens on a queue of its own, so the workflow is over: what counts is what is stored before it is told
  await api.send('dpo', 'POST', '/v1/privacy-tasks', { taskId: tasks[0]?.id, answer: 'done', proof });
  const { rows } = await db.query<{ readonly id: string; readonly digest: string; readonly sealed: Buffer }>(sql`
    select e.id, encode(e.digest, 'hex') as digest, f.sealed from evidence e join evidence_file f on f.evidence_id = e.id
     where e.request_id = ${requestId}`);
  expect(rows).toHaveLength(1);
  expect(rows[0]?.digest).toBe(createHash('sha256').update(file).digest('hex'));
  expect(rows[0]?.sealed.includes('Quijano')).toBe(false);
  expect(await textOf(`/v1/requests/${requestId}/evidence/${rows[0]?.id}/file`)).toBe(file.toString());
  expect(await api.send('dpo', 'GET', `/v1/requests/${requestId}/evidence/${requestId}/file`)).toMatchObject({ status: 404 });
  expect(await api.send('data-team', 'GET', `/v1/requests/${requestId}/evidence/${rows[0]?.id}/file`)).toMatchObject({
    status: 403,
  });
});

test('the chain is whole, and says where it is not', async () => {
  expect(await api.send('dpo', 'POST', '/v1/audit-checks')).toMatchObject({ status: 200, body: { holds: true, faults: [] } });
  await scene.database.owner.query(sql`alter table audit_entry disable trigger all`);
  await scene.database.owner.query(sql`update audit_entry set actor = 'somebody-else' where seq = 2`);
  expect(await api.send('dpo', 'POST', '/v1/audit-checks')).toMatchObject({ body: { holds: false, faults: [{ seq: '2' }] } });
  expect(await api.send('analyst', 'POST', '/v1/audit-checks')).toMatchObject({ status: 403 });
});

test('the connectors are told with their settings to whoever may see linked systems', async () => {
  expect(await api.send('dpo', 'GET', '/v1/connectors')).toMatchObject({
    status: 200,
    body: { connectors: [{ name: 'mailman', erases: true }] },
  });
  expect(await api.send('analyst', 'GET', '/v1/connectors')).toMatchObject({ status: 403 });
  const link = { id: 'm', connector: 'mailman', title: 'M', config: {} };
  expect(await api.send('data-team', 'POST', '/v1/system-checks', link)).toMatchObject({ status: 200, body: { ok: true } });
  expect(await api.send('data-team', 'POST', '/v1/systems/nowhere/check')).toMatchObject({ status: 404 });
});

test('a restriction is lifted only once the person was told: by mail, with the proof, or by a letter posted before', async () => {
  const db = scene.database.worker;
  const marco = { given: 'Marco', family: 'Bianchi', email: 'marco.bianchi@example.org', phone: '+390612345678' };
  const marcoId = await clientOf(db, marco);
  await linkSystem(db, 'shop');
  await storePerson(db, marcoId, 'shop', '1', marco);
  await db.query(sql`update client set country = 'IT' where id = ${marcoId}`);
  const { requestId: asked } = await openErasure(scene.database, marcoId, 'restriction');
  const hold = () => db.transaction((tx) => holdClient(tx, { clientId: marcoId, requestId: asked, at: new Date() }));
  const state = async (): Promise<unknown> =>
    (await db.query<{ state: string }>(sql`select state from client where id = ${marcoId}`)).rows[0]?.state;
  const lift = (by: TestCommandApi, body: object = {}) => by.send('dpo', 'POST', `/v1/requests/${asked}/lift-restriction`, body);
  await hold();
  const silent = testCommandApi(scene.database, temporal, { mailer: createMailer({ mode: 'production', home: '' }) });
  expect(await lift(silent)).toMatchObject({ status: 409, body: { code: 'no-mail-server' } });
  expect(await lift(api, { address: 'somebody.else@example.org' })).toMatchObject({
    status: 409,
    body: { code: 'no-address-for-notice' },
  });
  expect(await lift(api, { noticeAt: '2999-01-01T00:00:00.000Z' })).toMatchObject({ body: { code: 'notice-in-future' } });
  expect(await state()).toBe('restricted');
  const home = temporaryFolder();
  const writes = testCommandApi(scene.database, temporal, { mailer: createMailer({ mode: 'development', home }) });
  expect(await lift(writes)).toMatchObject({ status: 200, body: { lifted: true, noticeBy: 'mail' } });
  const [letter = ''] = readdirSync(join(home, 'outbox')).map((file) => readFileSync(join(home, 'outbox', file), 'utf8'));
  expect(letter).toMatch(/^To: marco\.bianchi@example\.org$/m);
  expect(letter).toMatch(/^Subject: Revocheremo la limitazione/m);
  expect(await state()).toBe('active');
  const { rows } = await db.query(sql`
    select action, facts ->> 'by' as by, length(facts ->> 'digest') as digest from audit_entry
     where subject = ${asked} and action in ('notice.send', 'client.unrestrict') order by seq`);
  expect(rows).toEqual([
    { action: 'notice.send', by: 'mail', digest: 64 },
    { action: 'client.unrestrict', by: null, digest: null },
  ]);
  expect((await lift(writes)).status).toBe(404);
  await hold();
  expect(await lift(silent, { noticeAt: new Date().toISOString() })).toMatchObject({ body: { noticeBy: 'letter' } });
});
