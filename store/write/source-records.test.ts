import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { sql } from '../database.ts';
import { identityScene, type IdentityScene, type Incoming, writeRecords } from '../../test/support/identity-scene.ts';

let scene: IdentityScene;
beforeAll(async () => {
  scene = await identityScene();
});
afterAll(() => scene.end());
beforeEach(() => scene.database.owner.query(sql`truncate client, source_record, resolution_queue restart identity cascade`));

const person = (externalId: string): Incoming => ({
  system: 'erp',
  kind: 'person',
  externalId,
  canonical: { fullName: 'Ana Ruiz', emails: ['ana@example.test'] },
});

const queued = async (): Promise<number> => (await scene.database.worker.query(sql`select from resolution_queue`)).rowCount;

test('records that are removed are queued no more, several in one statement too', async () => {
  await scene.arrive([person('a'), person('b'), person('c')]);
  expect(await queued()).toBe(3);
  await scene.database.worker.query(sql`delete from source_record where external_id in ('a', 'b')`);
  const { rows } = await scene.database.worker.query(sql`
    select r.external_id as id from resolution_queue q left join source_record r on r.id = q.source_record_id group by 1`);
  expect(rows).toEqual([{ id: 'c' }]);
});

test('a place in the queue of a record that went meanwhile is let go of, and the others are decided', async () => {
  await scene.arrive([person('a'), person('b')]);
  await scene.database.worker.query(sql`insert into resolution_queue (source_record_id) values (999999)`);
  await scene.resolve();
  expect(await queued()).toBe(0);
  expect(await scene.clusters()).toEqual(['erp:a erp:b']);
});

test('records are of a linked system that is there, and stay in it; one that records are of is not deleted', async () => {
  await scene.arrive([person('a')]);
  const { worker, owner } = scene.database;
  const refused = { code: 'database-missing-reference' };
  await expect(scene.arrive([person('b'), { ...person('c'), system: 'nowhere' }])).rejects.toMatchObject(refused);
  await expect(worker.query(sql`update source_record set linked_system_id = 'mailer'`)).rejects.toMatchObject(refused);
  await expect(owner.query(sql`delete from linked_system where id = 'erp'`)).rejects.toMatchObject(refused);
  await expect(owner.query(sql`update linked_system set id = 'other' where id = 'erp'`)).rejects.toMatchObject(refused);
  await owner.query(sql`update linked_system set id = 'letters' where id = 'mailer'`);
  await owner.query(sql`delete from linked_system where id = 'letters'`);
  expect([...(await scene.records()).keys()]).toEqual(['erp:a']);
});

test('a record that comes while its system is deleted is never left without it', async () => {
  const { owner, worker } = scene.database;
  let said = (): void => undefined;
  const deleted = new Promise<void>((resolve) => {
    said = resolve;
  });
  const going = owner.transaction(async (tx) => {
    await tx.query(sql`delete from linked_system where id = 'sheet'`);
    said();
    await expect
      .poll(async () => (await owner.query(sql`select from pg_locks where not granted`)).rowCount, { timeout: 10_000 })
      .toBeGreaterThan(0);
  });
  await deleted;
  const coming = worker.transaction((tx) => writeRecords(tx, [{ ...person('late'), system: 'sheet' }]));
  await expect(Promise.all([going, coming])).rejects.toMatchObject({ code: 'database-missing-reference' });
  await Promise.allSettled([going, coming]);
  expect([...(await scene.records()).keys()]).toEqual([]);
});
