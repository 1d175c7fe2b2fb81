import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { keyRingOf } from '../../platform/keys.ts';
import { readBackup, writeBackup } from '../../runtime/backup-file.ts';
import { testKeyRing } from '../../test/support/keys.ts';
import { type TestDatabase, testDatabase } from '../../test/support/postgres.ts';
import { everythingStored } from '../../test/support/privacy-scene.ts';
import { clientOf, linkSystem, openErasure, storeOwned, storePerson } from '../../test/support/privacy-world.ts';
import { temporaryFolder } from '../../test/support/temporary-folder.ts';
import { sql } from '../database.ts';
import { verifyAudit } from '../read/audit.ts';
import { appendAudit } from '../write/audit.ts';
import { deleteClient, deleteRecords } from '../write/erased-client.ts';
import { destroySubjectKey } from '../write/subject-keys.ts';
import { layTombstones, tombstonesOf } from '../write/tombstones.ts';
import { dump } from './dump.ts';
import { load } from './load.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const keys = testKeyRing();
const folder = temporaryFolder();
const ana = { given: 'Ana', family: 'Quijano', email: 'ana@example.org', phone: '+34600111222' };
const eva = { given: 'Eva', family: 'Marín', email: 'eva@example.org', phone: '+34600333444' };
let database: TestDatabase;
let requestId: string;

const file = (name: string): string => `${folder}/${name}`;
const save = (name: string, scope: 'all' | 'ledger') =>
  writeBackup(file(name), keys, dump(database.urls.owner, scope, new Date()));
const clients = async () =>
  (await database.reader.query<{ name: string }>(sql`select display_name as name from client order by 1`)).rows;

beforeAll(async () => {
  database = await testDatabase();
  await linkSystem(database.worker, 'erp');
  for (const [id, who] of [
    ['1', ana],
    ['2', eva],
  ] as const) {
    const clientId = await clientOf(database.worker, who);
    await storePerson(database.worker, clientId, 'erp', id, who);
    const owned = { systemId: 'erp', kind: 'interaction', externalId: `n${id}`, ownerId: id } as const;
    await storeOwned(database.worker, clientId, {
      ...owned,
      canonical: { at: '2025-01-01T00:00:00.000Z', subject: `called ${who.given}` },
    });
  }
  const { rows } = await database.worker.query<{ id: string }>(sql`select id from client where display_name like 'Ana%'`);
  ({ requestId } = await openErasure(database, rows[0]?.id ?? ''));
  await save('before.backup', 'all');
  await database.worker.transaction(async (tx) => {
    const person = { systemId: 'erp', kind: 'person', externalId: '1' } as const;
    const stones = tombstonesOf(keys, { ...person, identifiers: [{ kind: 'email', value: ana.email }] });
    await layTombstones(tx, requestId, stones, new Date());
    await deleteRecords(tx, [person, { ...person, kind: 'interaction', externalId: 'n1' }], [ana.email]);
    await deleteClient(tx, rows[0]?.id ?? '');
    await destroySubjectKey(tx, requestId, new Date());
    await tx.query(sql`update privacy_request set state = 'closed', closed_at = now() where id = ${requestId}`);
    await appendAudit(tx, { actor: 'ficha', action: 'client.erase', subject: requestId, at: new Date() });
  });
});
afterAll(async () => {
  await database.drop();
});

describe('a backup from before an erasure', () => {
  test('holds nobody in clear, and opens under its own key only', async () => {
    const bytes = readFileSync(file('before.backup')).toString('latin1').toLowerCase();
    for (const text of [ana.email, 'quijano', eva.email]) expect(bytes).not.toContain(text);
    const other = keyRingOf([Buffer.alloc(32, 9)]);
    await expect(readBackup(file('before.backup'), other).next()).rejects.toThrow('key-unknown');
  });

  test('restored erases her again before anything is readable; everybody else is back, the log is whole', async () => {
    await save('now.ledger', 'ledger');
    const restored = await load(database.urls.owner, keys, readBackup(file('before.backup'), keys), [
      readBackup(file('now.ledger'), keys),
    ]);
    expect(restored).toMatchObject({ records: 2, clients: 1 });
    const stored = await everythingStored(database);
    for (const text of [ana.email, 'quijano', 'called ana', ana.phone]) expect(stored).not.toContain(text);
    expect(stored).toContain(eva.email);
    expect(await clients()).toEqual([{ name: 'Eva Marín' }]);
    expect((await verifyAudit(database.reader)).state).toBe('whole');
    const { rows } = await database.worker.query(sql`select 1 from subject_key where wrapped is not null`);
    expect(rows).toEqual([]);
    await expect(database.worker.query(sql`delete from audit_entry`)).rejects.toThrow();
  });

  test('whose end was cut, or that was changed, leaves the database as it is', async () => {
    const whole = readFileSync(file('before.backup'));
    const before = await everythingStored(database);
    writeFileSync(file('cut.backup'), whole.subarray(0, whole.length - 40));
    await expect(load(database.urls.owner, keys, readBackup(file('cut.backup'), keys), [])).rejects.toThrow('backup-cut');
    const flipped = Buffer.from(whole);
    flipped[whole.length - 5] = (flipped[whole.length - 5] ?? 0) ^ 1;
    writeFileSync(file('changed.backup'), flipped);
    await expect(load(database.urls.owner, keys, readBackup(file('changed.backup'), keys), [])).rejects.toThrow(
      'sealed-data-damaged',
    );
    expect(await everythingStored(database)).toBe(before);
  });
});
