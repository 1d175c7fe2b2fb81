import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { sql } from '../../store/database.ts';
import { comeBackBySync } from '../../test/privacy-harness/come-back.ts';
import { type TestCommandApi, testCommandApi } from '../../test/support/command-api.ts';
import { ana, everythingStored, type Scene, setScene } from '../../test/support/privacy-scene.ts';
import { personIn } from '../../test/support/privacy-world.ts';
import { type TestTemporal, testTemporal } from '../../test/support/temporal.ts';

vi.setConfig({ testTimeout: 90_000, hookTimeout: 120_000 });

let temporal: TestTemporal;
let scene: Scene;
let api: TestCommandApi;

beforeAll(async () => {
  temporal = await testTemporal();
  scene = await setScene(temporal);
  api = testCommandApi(scene.database, temporal);
  await scene.outcome(await scene.erase());
});
afterAll(async () => {
  await scene.end();
  await temporal.stop();
});

const later = (): string => new Date().toISOString();
const readmit = (body: Readonly<Record<string, unknown>> = {}, role: 'dpo' | 'front-office' = 'dpo') =>
  api.send(role, 'POST', '/v1/readmissions', {
    identifiers: [{ kind: 'email', value: ` ${ana.email.toUpperCase()} ` }],
    givenAt: later(),
    how: 'form',
    ...body,
  });

test('who was erased is written again once she came back by an act of her own after it; the record that was erased is not', async () => {
  scene.mailer.put(personIn('m-new', { ...ana, phone: '' }));
  expect(await comeBackBySync(scene.database, [scene.mailer])).toBe(1);
  expect(await everythingStored(scene.database)).not.toContain(ana.email);
  expect(await readmit({ givenAt: '2020-01-01T00:00:00.000Z' })).toMatchObject({
    status: 409,
    body: { code: 'consent-before-erasure' },
  });
  expect(await readmit({}, 'front-office')).toMatchObject({ status: 403 });
  expect(await readmit()).toEqual({ status: 200, body: { lifted: 1 } });
  scene.mailer.put(personIn('m-9', { ...ana, phone: '' })); // the old copy of before
  expect(await comeBackBySync(scene.database, [scene.mailer])).toBe(1);
  const { rows } = await scene.database.worker.query<{ id: string }>(sql`
    select external_id as id from source_record where linked_system_id = 'mailer' and deleted_at is null`);
  expect(rows.map(({ id }) => id)).toEqual(['m-new']);
  const { rows: noted } = await scene.database.worker.query<{ facts: object }>(sql`
    select facts from audit_entry where action = 'tombstone.lift'`);
  expect(noted).toMatchObject([{ facts: { lifted: 1, how: 'form' } }]);
  expect(JSON.stringify(noted).toLowerCase()).not.toContain(ana.email);
});

test('nobody, nonsense and what is still to come are told', async () => {
  expect(await readmit()).toMatchObject({ status: 404, body: { code: 'nobody-erased' } });
  expect(await readmit({ identifiers: [{ kind: 'email', value: 'no address' }] })).toMatchObject({
    status: 400,
    body: { code: 'bad-body' },
  });
  const future = new Date(Date.now() + 3_600_000).toISOString();
  expect(await readmit({ givenAt: future })).toMatchObject({ status: 400, body: { code: 'bad-body' } });
});
