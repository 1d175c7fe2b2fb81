import { randomUUID } from 'node:crypto';
import { sql } from '../../store/database.ts';
import { privacyRequestById } from '../../store/read/privacy-requests.ts';
import { everythingStored } from '../support/privacy-scene.ts';
import { privacyBench } from '../support/privacy-bench.ts';
import { privacyDeps } from '../support/privacy-world.ts';
import type { HeldRecord } from '../support/small-system.ts';
import { comeBackBySync } from './come-back.ts';
import { carried, type Parts, type Verdict } from './run.ts';
import { type Figure, makeWorld, type World } from './world.ts';

/** A record and the system in which it lay before the erasure. */
interface Old {
  readonly systemId: string;
  readonly record: HeldRecord;
}

const oldRecordsOf = ({ systems }: World, { records }: Figure): Old[] =>
  records.flatMap((name) => {
    const [systemId = '', key = ''] = name.split('/');
    const record = systems.get(systemId)?.rows.get(key);
    return record === undefined ? [] : [{ systemId, record }];
  });

/** The same person as another system, or a copy under another id, brings them: by one of their addresses. */
const underAlias = ({ systemId, record }: Old, cycle: number): Old => ({
  systemId,
  record: { ...record, externalId: `${record.externalId}-again-${cycle}` },
});

/** Erases everybody of a seeded world, then brings each record back so many times, under its own id and under another. */
export async function runReturns(
  parts: Parts,
  given: { readonly seed: number; readonly people: number; readonly cycles: number },
): Promise<Verdict & { readonly returns: number; readonly unstopped: number }> {
  const { seed, people, cycles } = given;
  const world = await makeWorld(seed, people);
  const { database, systems, subjects } = world;
  const before = subjects.map((figure) => oldRecordsOf(world, figure));
  const bench = await privacyBench({ ...parts, deps: privacyDeps(database, [...systems.values()]) });
  const start = Date.now();
  let complete = 0;
  const end = start + 60_000 + 2_000 * people;
  for (const requestId of await Promise.all(subjects.map((one) => carried(parts, { world, bench }, one, { end }))))
    if ((await privacyRequestById(database.reader, requestId))?.state === 'closed') complete += 1;
  let [returns, unstopped, strangers] = [0, 0, 0];
  for (let cycle = 0; cycle < cycles; cycle += 1) {
    const coming = before.flat().flatMap((old) => (old.record.kind === 'person' ? [old, underAlias(old, cycle)] : [old]));
    for (const { systemId, record } of coming) systems.get(systemId)?.put(record);
    const stopped = await comeBackBySync(database, [...systems.values()]);
    unstopped += Math.max(0, coming.length - stopped);
    strangers += Math.max(0, stopped - coming.length);
    returns += coming.length;
    const options = { workflowId: `settle-${randomUUID()}`, taskQueue: bench.taskQueue, args: [] };
    await parts.client.workflow.execute('settleTombstoneHits', options);
  }
  const stored = await everythingStored(database);
  const isBack = ({ texts }: Figure): boolean =>
    texts.some((text) => stored.includes(text) || [...systems.values()].some((system) => system.holds(text)));
  const { rows } = await database.worker.query<{ count: number }>(sql`select count(*)::int as count from client`);
  const falseComplete = subjects.filter(isBack).length;
  const wrongPerson = Math.max(0, people - (rows[0]?.count ?? 0)) + strangers;
  await bench.stop();
  await database.drop();
  const counts = { people, complete, falseComplete, twice: 0, wrongPerson, askedPerson: 0, returns, unstopped };
  return { fault: 'brought back after the erasure', seed, ...counts, ms: Date.now() - start };
}
