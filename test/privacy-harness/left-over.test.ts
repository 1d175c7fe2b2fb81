import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { privacyActivities } from '../../activities/privacy.ts';
import { dataConverter } from '../../platform/codec.ts';
import { payloadKeysOf, requestEndedBy } from '../../runtime/payload-keys.ts';
import { sql } from '../../store/database.ts';
import { scrub } from '../../store/scrub.ts';
import { workflowIdOf } from '../../workflows/messages.ts';
import { testKeyRing } from '../support/keys.ts';
import { type OwnServers, startOwnServers } from '../support/own-servers.ts';
import { privacyBench } from '../support/privacy-bench.ts';
import { privacyDeps } from '../support/privacy-world.ts';
import { decodedHistory } from './decoded-history.ts';
import { fullCounts, isDone, keep } from './report.ts';
import { carried } from './run.ts';
import { makeWorld } from './world.ts';

vi.setConfig({ testTimeout: fullCounts ? 900_000 : 240_000, hookTimeout: 120_000 });

const seed = 7;
const people = fullCounts ? 50 : 3;
const name = 'bytes left in the engine';

let servers: OwnServers;

beforeAll(async () => {
  servers = await startOwnServers();
});
afterAll(async () => {
  await servers.stop();
});

/** How a text may lie in a file: as it is, in capitals, in hex, in base64 at each place of three. */
const disguises = (text: string): readonly Buffer[] => [
  Buffer.from(text),
  Buffer.from(text.toUpperCase()),
  Buffer.from(Buffer.from(text).toString('hex')),
  ...[0, 1, 2].map((shift) =>
    Buffer.from(
      Buffer.from(`${'x'.repeat(shift)}${text}`)
        .toString('base64')
        .replaceAll('=', '')
        .slice(shift === 0 ? 0 : shift + 1, -2),
    ),
  ),
];

/** Files of both servers, data, write-ahead log, logs and what is there for a moment, in which a text lies. */
function filesWith(text: string): readonly string[] {
  const files = readdirSync(servers.folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const shapes = disguises(text);
  return files.filter((file) => {
    const bytes = bytesOf(file);
    return shapes.some((shape) => bytes.includes(shape));
  });
}

/** Of a file that went away after it was listed, as a journal of SQLite does at each commit, nothing is left. */
function bytesOf(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
}

test('of who was erased not a byte is left in the files of PostgreSQL and Temporal, nor in what a remaining key opens', async () => {
  if (isDone(name, seed)) return;
  const start = Date.now();
  const database = await servers.database();
  const world = await makeWorld(seed, people, database);
  const { client, connection } = servers;
  const bench = await privacyBench({ client, connection, deps: privacyDeps(database, [...world.systems.values()]) });
  await database.owner.query(sql`analyze`); // as autovacuum does: the planner keeps samples of values
  await database.owner.query(sql`checkpoint`);
  const mark = `subject${seed}x`;
  const before = filesWith(mark);
  expect(before.some((file) => file.includes('/base/'))).toBe(true); // the search finds what is there
  expect(before.some((file) => file.includes('/pg_wal/'))).toBe(true);
  const end = start + 120_000 + 5_000 * people;
  const requestIds = await Promise.all(world.subjects.map((figure) => carried(servers, { world, bench }, figure, { end })));
  expect(filesWith(mark).filter((file) => file.includes('temporal'))).toEqual([]); // ids and counts, under a key
  await bench.stop();
  const { rows } = await database.worker.query<{ closed: number; keys: number }>(sql`
    select (select count(*)::int from privacy_request where state = 'closed') as closed,
           (select count(*)::int from subject_key where wrapped is not null) as keys`);
  expect(rows[0]).toEqual({ closed: people, keys: 0 });
  const keys = testKeyRing();
  const read = () =>
    decodedHistory(client, dataConverter(keys, payloadKeysOf(database.worker, keys)), requestIds.map(workflowIdOf.request));
  const { opened, plain, shredded } = await read();
  expect(opened.length).toBeGreaterThan(people * 5); // the search reads what is there
  expect([...opened, ...plain].filter((text) => text.includes(mark))).toEqual([]);
  expect(shredded).toBe(0);
  const round = privacyActivities(Object.assign(privacyDeps(database, []), { requestEnded: requestEndedBy(client) }));
  expect(await new MockActivityEnvironment().run(round.shredPayloads)).toEqual({ shredded: people, more: false });
  expect(await read()).toEqual({ opened: [], plain, shredded: opened.length });
  await scrub(database.urls.owner);
  const left = filesWith(mark);
  expect(filesWith(`other${seed}x`).some((file) => file.includes('/base/'))).toBe(true); // nobody else went
  const unshared = world.subjects.flatMap((_, index) =>
    index % 5 === 0 ? [] : [`+346${String(seed).padStart(3, '0')}${String(index).padStart(5, '0')}`],
  );
  const numbers = unshared.flatMap(filesWith);
  keep({
    fault: name,
    seed,
    people,
    complete: people,
    falseComplete: left.length + numbers.length,
    twice: 0,
    wrongPerson: 0,
    askedPerson: 0,
    ms: Date.now() - start,
  });
  expect(left).toEqual([]);
  expect(numbers).toEqual([]);
  await database.drop();
});
