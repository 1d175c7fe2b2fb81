import { afterAll, beforeEach, expect, test } from 'vitest';
import { type Db, sql } from '../../store/database.ts';
import { mergeClients, splitClient } from '../../store/write/client-decisions.ts';
import { undoIdentityDecision } from '../../store/write/identity-decisions.ts';
import { type IdentityScene, identityScene, type Incoming } from '../../test/support/identity-scene.ts';

const scenes: IdentityScene[] = [];
let scene: IdentityScene;
beforeEach(async () => {
  scene = await identityScene();
  scenes.push(scene);
});
afterAll(async () => {
  for (const one of scenes) await one.end();
});

const person = (system: string, externalId: string, canonical: object): Incoming => ({
  system,
  kind: 'person',
  externalId,
  canonical,
});
const ana = { fullName: 'Ana García López', emails: ['ana@x.example'] };
const order = () => ({ by: 'data-team-1', at: new Date(), dryRun: false });
const inTransaction = <Result>(work: (tx: Db) => Promise<Result>) => scene.database.worker.transaction(work);
const clientOf = async (key: string) => (await scene.records()).get(key)?.clientId ?? '';

const hangs = async (): Promise<string[]> => {
  const { rows } = await scene.database.worker.query<{ readonly line: string }>(sql`
    select 'sale ' || o.external_id as line from sale s join source_record r on r.id = s.source_record_id
      join source_record o on o.linked_system_id = r.linked_system_id and o.external_id = r.client_external_id and o.kind = 'person'
     where s.client_id = o.client_id and r.client_id = o.client_id
    union all
    select 'field ' || r.external_id from golden_field g join source_record r on r.id = g.source_record_id
     where g.field = 'emails' and g.client_id = r.client_id
    union all
    select 'identifier ' || r.external_id from client_identifier i join source_record r on r.id = i.source_record_id
     where i.kind = 'email' and i.client_id = r.client_id`);
  return rows.map(({ line }) => line).sort();
};

test('a split parts fields, sales and identifiers, survives the next change, and its undo brings everything back', async () => {
  await scene.arrive([person('erp', '1', ana), person('erp', '2', ana), person('mailer', '3', ana)]);
  await scene.database.worker.query(sql`
    with s as (
      insert into source_record (linked_system_id, kind, external_id, raw, canonical, content_hash, stream, seen_run_id, client_external_id)
      select 'erp', 'sale', 's' || n, '{}', '{}', decode('00', 'hex'), 'all', '00000000-0000-0000-0000-000000000001', n::text from generate_series(1, 2) n
      returning id)
    insert into sale (source_record_id, linked_system_id, sale_kind, at, amount_cents, currency) select id, 'erp', 'invoice', now(), 100, 'EUR' from s`);
  await scene.resolve();
  const whole = await scene.clusters();
  const before = await clientOf('erp:1');
  expect(whole).toEqual(['erp:1 erp:2 mailer:3']);

  const shown = await inTransaction((tx) => splitClient(tx, { ...order(), dryRun: true, clientId: before, records: ['erp:2'] }));
  expect(shown).toMatchObject({
    decisionId: null,
    parts: [
      { records: 2, sales: 1 },
      { records: 1, sales: 1, clientId: null },
    ],
  });
  expect(await scene.clusters()).toEqual(whole);

  const { decisionId } = await inTransaction((tx) => splitClient(tx, { ...order(), clientId: before, records: ['erp:2'] }));
  await scene.resolve();
  const parted = ['erp:1 mailer:3', 'erp:2'];
  expect(await scene.clusters()).toEqual(parted);
  expect(await clientOf('erp:1')).toBe(before);
  const split = await clientOf('erp:2');
  expect(await hangs()).toEqual(['field 1', 'field 2', 'identifier 1', 'identifier 2', 'identifier 3', 'sale 1', 'sale 2']);

  await scene.arrive([person('erp', '2', { ...ana, phones: ['+34600111222'] }), person('sheet', '4', ana)]);
  await scene.resolve();
  expect((await scene.clusters()).find((members) => members.includes('erp:1'))).not.toContain('erp:2');

  await inTransaction((tx) => undoIdentityDecision(tx, { decisionId: decisionId ?? '', by: 'data-team-2', at: new Date() }));
  await scene.resolve();
  expect(await scene.clusters()).toEqual(['erp:1 erp:2 mailer:3 sheet:4']);
  expect(await clientOf('erp:2')).toBe(before);
  const { rows } = await scene.database.worker.query<{ readonly clientId: string }>(
    sql`select client_id as "clientId" from client_alias where alias_id = ${split}`,
  );
  expect(rows).toEqual([{ clientId: before }]);
  await expect(
    inTransaction((tx) => undoIdentityDecision(tx, { decisionId: decisionId ?? '', by: 'data-team-2', at: new Date() })),
  ).rejects.toThrow('already-undone');
});

test('a merge by hand holds against contradictions; its undo gives both their ids back', async () => {
  const luis = { fullName: 'Luis Pérez Gil', birthDate: '1950-02-03', emails: ['luis@x.example'] };
  await scene.arrive([
    person('erp', '1', { ...ana, birthDate: '1980-01-01' }),
    person('mailer', '2', ana),
    person('erp', '3', luis),
  ]);
  await scene.resolve();
  const apart = await scene.clusters();
  const [anaId, luisId] = [await clientOf('erp:1'), await clientOf('erp:3')];
  const { decisionId } = await inTransaction((tx) => mergeClients(tx, { ...order(), clientIds: [anaId, luisId] }));
  await scene.resolve();
  expect(await scene.clusters()).toEqual(['erp:1 erp:3 mailer:2']);
  expect(await clientOf('erp:3')).toBe(anaId);
  await scene.arrive([person('sheet', '4', luis)]);
  await scene.resolve();
  await inTransaction((tx) => undoIdentityDecision(tx, { decisionId: decisionId ?? '', by: 'ana', at: new Date() }));
  await scene.leave([{ system: 'sheet', externalId: '4' }]);
  await scene.resolve();
  expect(await scene.clusters()).toEqual(apart);
  expect(await clientOf('erp:1')).toBe(anaId);
  expect(await clientOf('erp:3')).toBe(luisId);
  const { rows } = await scene.database.worker.query(sql`select from client_alias`);
  expect(rows).toHaveLength(0);
});

test('a later decision ends an earlier one on the same records, and its undo restores it', async () => {
  await scene.arrive([person('erp', '1', ana), person('mailer', '2', ana)]);
  await scene.resolve();
  const clientId = await clientOf('erp:1');
  await inTransaction((tx) => splitClient(tx, { ...order(), clientId, records: ['mailer:2'] }));
  await scene.resolve();
  const clientIds = [await clientOf('erp:1'), await clientOf('mailer:2')];
  const { decisionId } = await inTransaction((tx) => mergeClients(tx, { ...order(), clientIds }));
  await scene.resolve();
  expect(await scene.clusters()).toEqual(['erp:1 mailer:2']);
  await inTransaction((tx) => undoIdentityDecision(tx, { decisionId: decisionId ?? '', by: 'ana', at: new Date() }));
  await scene.resolve();
  expect(await scene.clusters()).toEqual(['erp:1', 'mailer:2']);
});

test('what cannot be split or merged is refused with the way out, and every decision is in the audit log', async () => {
  await scene.arrive([
    person('erp', '1', ana),
    person('mailer', '2', ana),
    { system: 'erp', kind: 'company', externalId: '9', canonical: { companyName: 'Vega', taxId: 'A58818501' } },
  ]);
  await scene.resolve();
  const clientId = await clientOf('erp:1');
  const split = (records: readonly string[]) => inTransaction((tx) => splitClient(tx, { ...order(), clientId, records }));
  await expect(split(['erp:1', 'mailer:2'])).rejects.toThrow('nothing-to-split');
  await expect(split(['erp:9'])).rejects.toThrow('not-of-this-client');
  await expect(split(['erp:77'])).rejects.toThrow('unknown-record');
  const company = await clientOf('erp:9');
  await expect(inTransaction((tx) => mergeClients(tx, { ...order(), clientIds: [clientId, company] }))).rejects.toThrow(
    'different-kinds',
  );
  await split(['mailer:2']);
  const { rows } = await scene.database.worker.query<{ readonly actor: string; readonly action: string }>(
    sql`select actor, action from audit_entry where action like 'identity.%'`,
  );
  expect(rows).toEqual([{ actor: 'data-team-1', action: 'identity.split' }]);
  await expect(scene.database.worker.query(sql`delete from identity_decision`)).rejects.toThrow();
  await expect(scene.database.worker.query(sql`update identity_decision set answer = 'same'`)).rejects.toThrow();
});
