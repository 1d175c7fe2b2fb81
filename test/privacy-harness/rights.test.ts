import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { exportActivities } from '../../activities/privacy/export.ts';
import { loadConnectors } from '../../connectors/kit/registry.ts';
import { verifyCertificate } from '../../domain/privacy/certificate.ts';
import { validatorFor } from '../../platform/validate.ts';
import type { PortabilityPackage } from '../../schemas/types.ts';
import { sql } from '../../store/database.ts';
import { clientById } from '../../store/read/clients.ts';
import { exportedLines } from '../../store/read/plan-lines.ts';
import { privacyRequestById, readPackage } from '../../store/read/privacy-requests.ts';
import { agreeRelease, askRelease, destroyBlockedDue } from '../../store/write/privacy-blocked.ts';
import { liftHold } from '../../store/write/privacy-hold.ts';
import { type NewRequest, openRequest } from '../../store/write/privacy-openings.ts';
import { dropExpiredPackages, fetchPackage, makePackageLink } from '../../store/write/privacy-packages.ts';
import { settlePrivacyTask } from '../../store/write/privacy-questions.ts';
import { blockingPolicies } from '../support/blocking-policies.ts';
import { testKeyRing } from '../support/keys.ts';
import { ana, everythingStored, type Scene, type SceneOptions, setScene } from '../support/privacy-scene.ts';
import { openErasure, personIn, privacyDeps } from '../support/privacy-world.ts';
import { type TestTemporal, testTemporal } from '../support/temporal.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const keys = testKeyRing();
let temporal: TestTemporal;
let scene: Scene;

beforeAll(async () => {
  temporal = await testTemporal();
});
afterAll(async () => {
  await temporal.stop();
});
afterEach(async () => {
  await scene.end();
});

const opened = async (type: NewRequest['type'], more: Parameters<typeof openErasure>[4] = {}, options: SceneOptions = {}) => {
  scene = await setScene(temporal, options);
  const { requestId } = await openErasure(scene.database, scene.anaId, type, new Date(), more);
  await scene.bench.start(requestId);
  return requestId;
};

const tx = <T>(work: Parameters<typeof scene.database.worker.transaction<T>>[0]): Promise<T> =>
  scene.database.worker.transaction(work);

/** Approves, and answers what waits: the brother is somebody else, what must be done by hand is done. */
const carried = async (requestId: string, byHand: () => void = () => undefined): Promise<void> => {
  await scene.bench.approve(requestId);
  await scene.bench.until(requestId, 'waiting-for-person');
  byHand();
  await scene.answer(requestId, 'other-person');
  const { rows } = await scene.database.worker.query<{ id: string }>(sql`
    select id from review_task where reason = 'manual-task' and state = 'open' and subject ->> 'requestId' = ${requestId}`);
  for (const { id: taskId } of rows)
    await tx((t) => settlePrivacyTask(t, { taskId, answer: 'done', by: 'dpo-2', at: new Date() }));
  await scene.lookAgain(requestId);
};

const certificateOf = async (requestId: string) => (await privacyRequestById(scene.database.reader, requestId))?.certificate;

describe('access', () => {
  test('gives a copy and the eight things that the law asks to be told; the link works once, then package and key are gone', async () => {
    const requestId = await opened('access');
    await carried(requestId);
    expect(await scene.outcome(requestId)).toBe('complete');
    const link = { by: 'dpo-1', at: new Date(), days: 3 };
    const { token: old } = await tx((t) => makePackageLink(t, requestId, link));
    const { token } = await tx((t) => makePackageLink(t, requestId, link));
    await expect(tx((t) => fetchPackage(t, keys, old, new Date()))).rejects.toThrow('no-package');
    const found = JSON.parse(await tx((t) => fetchPackage(t, keys, token, new Date()))) as PortabilityPackage;
    expect(validatorFor('evidence/portability-package')(found)).toEqual([]);
    expect(found.report).toMatchObject({
      language: 'es',
      recipients: ['ERP', 'MAILER'],
      complaint: expect.stringContaining('aepd'),
    });
    expect(JSON.stringify(found)).toContain(ana.email);
    await expect(tx((t) => fetchPackage(t, keys, token, new Date()))).rejects.toThrow('no-package');
    const { rows } = await scene.database.worker.query(sql`select 1 from subject_key where wrapped is not null`);
    expect(rows).toEqual([]);
    expect(await clientById(scene.database.reader, scene.anaId)).toBeDefined();
  });

  test('keeps its package when the worker dies after making it and makes it once more', async () => {
    const requestId = await opened('access');
    const { packExport } = exportActivities(privacyDeps(scene.database, [scene.erp, scene.mailer]));
    await scene.bench.approve(requestId);
    await scene.bench.until(requestId, 'waiting-for-person');
    expect(await exportedLines(scene.database.worker, requestId)).toHaveLength(4);
    await packExport({ requestId });
    const first = await readPackage(scene.database.worker, keys, requestId);
    await packExport({ requestId });
    expect(await readPackage(scene.database.worker, keys, requestId)).toBe(first);
    expect(first).toContain('F-2024-1');
  });

  test('says where each recipient keeps the data and on what ground it leaves the EEA, in the language of the person', async () => {
    const requestId = await opened('access');
    await scene.database.worker.query(sql`update linked_system set connector = 'mailchimp' where id = 'mailer'`);
    await scene.bench.approve(requestId);
    await scene.bench.until(requestId, 'waiting-for-person');
    const connectors = await loadConnectors();
    const deps = Object.assign(privacyDeps(scene.database, [scene.erp, scene.mailer]), { connectors });
    await exportActivities(deps).packExport({ requestId });
    const { report } = JSON.parse((await readPackage(scene.database.worker, keys, requestId)) ?? '{}') as PortabilityPackage;
    const mailchimp = connectors.get('mailchimp')?.about?.('es');
    expect(mailchimp?.transferBasis).toMatch(/cláusulas/);
    expect(report?.keptIn).toEqual([
      { recipient: 'ERP', regions: [], safeguard: null },
      { recipient: 'MAILER', regions: mailchimp?.region, safeguard: mailchimp?.transferBasis },
    ]);
  });

  test('that nobody fetches is destroyed when its time is over', async () => {
    const requestId = await opened('portability');
    await carried(requestId);
    await scene.outcome(requestId);
    expect(await tx((t) => dropExpiredPackages(t, new Date()))).toBe(0);
    expect(await tx((t) => dropExpiredPackages(t, new Date(Date.now() + 15 * 24 * 3_600_000)))).toBe(1);
    await expect(tx((t) => makePackageLink(t, requestId, { by: 'd', at: new Date(), days: 1 }))).rejects.toThrow(
      'package-not-ready',
    );
  });
});

test('rectification is done when the systems hold the new value and not the old one, whatever a person says', async () => {
  const changes = [{ field: 'email', old: ana.email, new: 'ana.nueva@example.org' }];
  const requestId = await opened('rectification', { changes });
  await carried(requestId, () => scene.mailer.put(personIn('m-9', { ...ana, email: 'ana.nueva@example.org', phone: '' })));
  await expect.poll(async () => (await privacyRequestById(scene.database.reader, requestId))?.outcome).toBe('needs-attention');
  await scene.bench.until(requestId, 'waiting-for-person');
  scene.erp.put(personIn('1', { ...ana, email: 'ana.nueva@example.org' }));
  await scene.lookAgain(requestId);
  expect(await scene.outcome(requestId)).toBe('complete');
  expect((await certificateOf(requestId))?.body.systems.map(({ actions }) => actions)).toEqual([
    { 'rectify/verified': 1 },
    { 'rectify/verified': 1 },
  ]);
  expect(await everythingStored(scene.database)).not.toContain('ana.nueva');
});

test('restriction holds the client at once: reads and metrics leave her out until the hold is lifted with notice', async () => {
  const requestId = await opened('restriction');
  await carried(requestId);
  expect(await scene.outcome(requestId)).toBe('complete');
  expect(await clientById(scene.database.reader, scene.anaId)).toBeUndefined();
  const { rows } = await scene.database.worker.query(sql`select 1 from projection_queue`);
  expect(rows.length).toBeGreaterThan(1);
  const at = new Date();
  const early = new Date(at.getTime() + 60_000).toISOString();
  await expect(
    tx((t) => liftHold(t, { requestId, by: 'dpo-1', notice: { at: early, by: 'letter', digest: null }, at })),
  ).rejects.toThrow('notice-in-future');
  await tx((t) => liftHold(t, { requestId, by: 'dpo-1', notice: { at: at.toISOString(), by: 'letter', digest: null }, at }));
  expect(await clientById(scene.database.reader, scene.anaId)).toBeDefined();
});

test('a restricted client who is merged away takes the hold along', async () => {
  scene = await setScene(temporal);
  const { requestId } = await openErasure(scene.database, scene.anaId, 'restriction');
  const { rows } = await scene.database.worker.query<{ id: string }>(sql`
    insert into restriction (client_id, request_id, since) values (${scene.anaId}, ${requestId}, now()) returning id`);
  const { rows: other } = await scene.database.worker.query<{ id: string }>(
    sql`select id from client where id <> ${scene.anaId}`,
  );
  const luisId = other[0]?.id ?? '';
  await scene.database.worker.query(sql`insert into client_alias (alias_id, client_id) values (${scene.anaId}, ${luisId})`);
  const { rows: held } = await scene.database.worker.query(sql`
    select c.state from restriction r join client c on c.id = r.client_id where r.id = ${rows[0]?.id} and r.client_id = ${luisId}`);
  expect(held).toEqual([{ state: 'restricted' }]);
});

test('an objection to marketing needs nobody to approve it: no to every purpose on every channel', async () => {
  const requestId = await opened('objection');
  expect(await scene.outcome(requestId)).toBe('complete');
  const { rows } = await scene.database.worker.query(sql`select purpose, channel, answer from consent_event`);
  expect(rows).toEqual([{ purpose: '*', channel: 'any', answer: 'denied' }]);
  const certificate = await certificateOf(requestId);
  expect(certificate && verifyCertificate(certificate)).toBe('valid');
});

describe('blocked data', () => {
  test('is in no system and no query, comes out for a court by two people only, and is destroyed on its date', async () => {
    const requestId = await opened('erasure', {}, { policies: blockingPolicies });
    await carried(requestId);
    expect(await scene.outcome(requestId)).toBe('complete-with-exceptions');
    expect([...scene.erp.rows.keys()].sort()).toEqual(['person:2', 'sale:f1']);
    expect(await everythingStored(scene.database)).not.toContain(ana.email);
    expect((await certificateOf(requestId))?.body.systems[0]?.actions).toMatchObject({ 'block-until/verified': 2 });
    await expect(scene.database.reader.query(sql`select sealed from blocked_record`)).rejects.toThrow();
    const at = new Date();
    const { releaseId } = await tx((t) =>
      askRelease(t, { requestId, reference: 'JPI-4 123/2026', by: 'dpo-1', role: 'dpo', at }),
    );
    await expect(tx((t) => agreeRelease(t, keys, { releaseId, by: 'dpo-1', role: 'dpo', at }))).rejects.toThrow('same-person');
    const records = await tx((t) => agreeRelease(t, keys, { releaseId, by: 'dpo-2', role: 'dpo', at }));
    expect(records.join()).toContain('Ana called');
    const { rows: noted } = await scene.database.reader.query(sql`
      select actor, action, facts ->> 'role' as role, facts ->> 'reason' as reason from audit_entry where action like 'blocked.%' order by seq`);
    expect(noted).toEqual([
      { actor: 'dpo-1', action: 'blocked.ask', role: 'dpo', reason: 'order' },
      { actor: 'dpo-2', action: 'blocked.release', role: 'dpo', reason: 'order' },
    ]);
    await expect(tx((t) => agreeRelease(t, keys, { releaseId, by: 'dpo-2', role: 'dpo', at }))).rejects.toThrow('no-release');
    const again = {
      type: 'access',
      lookFor: [{ kind: 'email', value: ana.email }],
      openedBy: 'dpo-1',
      at,
      country: 'ES',
    } as const;
    const { requestId: asked } = await tx((t) => openRequest(t, keys, again));
    await scene.bench.start(asked);
    await scene.bench.approve(asked);
    await scene.bench.until(asked, 'waiting-for-person');
    expect(await privacyRequestById(scene.database.reader, asked)).toMatchObject({
      outcome: 'needs-attention',
      state: 'verifying',
    });
    const { rows: held } = await scene.database.worker.query<{ id: string; blockedRequestId: string }>(sql`
      select id, subject ->> 'blockedRequestId' as "blockedRequestId" from review_task
       where reason = 'blocked-held' and state = 'open' and subject ->> 'requestId' = ${asked}`);
    expect(held.map(({ blockedRequestId }) => blockedRequestId)).toEqual([requestId]);
    await tx((t) => settlePrivacyTask(t, { taskId: held[0]?.id ?? '', answer: 'done', by: 'dpo-2', at: new Date() }));
    await scene.lookAgain(asked);
    expect(await scene.outcome(asked)).toBe('complete-with-exceptions');
    expect(await everythingStored(scene.database)).not.toContain(ana.email);
    expect(await tx((t) => destroyBlockedDue(t, at))).toBe(0);
    expect(await tx((t) => destroyBlockedDue(t, new Date('2100-01-01')))).toBe(records.length);
    await expect(tx((t) => askRelease(t, { requestId, reference: 'later', by: 'dpo-1', role: 'dpo', at }))).rejects.toThrow(
      'nothing-blocked',
    );
  });
});
