import type { Client } from '@temporalio/client';
import type { NativeConnection } from '@temporalio/worker';
import { sql } from '../../store/database.ts';
import { type PrivacyRequestRow, privacyRequestById } from '../../store/read/privacy-requests.ts';
import { settlePrivacyTask } from '../../store/write/privacy-questions.ts';
import { lookAgainSignal, type Progress, progressQuery, workflowIdOf } from '../../workflows/messages.ts';
import { everythingStored } from '../support/privacy-scene.ts';
import { type PrivacyBench, privacyBench } from '../support/privacy-bench.ts';
import { openErasure, privacyDeps } from '../support/privacy-world.ts';
import { drawn, type Fault, faults, faulty } from './faults.ts';
import { Random } from './random.ts';
import { type Figure, makeWorld, type World } from './world.ts';

/** What one run came to, judged by what the systems hold and not by what Ficha says. */
export interface Verdict {
  readonly fault: string;
  readonly seed: number;
  readonly people: number;
  readonly complete: number;
  /** `complete` was said, and a byte of the person is in a system or in Ficha. The goal is 0. */
  readonly falseComplete: number;
  /** Records that a system's own ledger says were erased more than once. The goal is 0. */
  readonly twice: number;
  /** Records of other people that were touched. The goal is 0. */
  readonly wrongPerson: number;
  readonly askedPerson: number;
  readonly ms: number;
}

export interface Parts {
  readonly client: Client;
  readonly connection: NativeConnection;
}

const bystandersOf = ({ systems, bystanders }: World): string =>
  bystanders
    .flatMap(({ records }) => records)
    .filter((name) => {
      const [systemId = '', record = ''] = name.split('/');
      return systems.get(systemId)?.rows.has(record) !== true;
    })
    .join();

const isLeft = ({ systems }: World, { texts, records }: Figure, stored: string): boolean =>
  texts.some((text) => stored.includes(text) || [...systems.values()].some((system) => system.holds(text))) ||
  records.some((name) => {
    const [systemId = '', record = ''] = name.split('/');
    return systems.get(systemId)?.rows.has(record) === true;
  });

const MOST_ROUNDS = 8;
const shortestPauseMs = 150;
/** Each look is work for the worker, and a fault may take minutes to pass. */
const longestPauseMs = 1_500;

const answerAll = async ({ database }: World, requestId: string): Promise<void> => {
  const { rows } = await database.worker.query<{ id: string }>(sql`
    select id from review_task where reason = 'namesake' and state = 'open' and subject ->> 'requestId' = ${requestId}`);
  for (const { id: taskId } of rows) {
    await database.worker.transaction((tx) =>
      settlePrivacyTask(tx, { taskId, answer: 'other-person', by: 'dpo-2', at: new Date() }),
    );
  }
};

/**
 * Opens the erasure of one person and does what people do until it is over: approves, answers that namesakes are somebody else, looks
 * again. `asked` is told each time that a person is needed.
 * @returns the request's id
 */
export async function carried(
  { client }: Pick<Parts, 'client'>,
  { world, bench }: { readonly world: World; readonly bench: PrivacyBench },
  { clientId }: Figure,
  given: { readonly end: number; readonly asked?: () => void },
): Promise<string> {
  const { requestId } = await openErasure(world.database, clientId);
  await bench.start(requestId);
  await carriedOn({ client }, { world, bench }, requestId, given);
  return requestId;
}

/** Whether a person has something to do: told by the store, since each question to a workflow is work for its worker. */
async function onTheDesk({ database }: World, requestId: string): Promise<'closed' | 'something' | 'nothing'> {
  const { rows } = await database.worker.query<{ state: string; tasks: number }>(sql`
    select r.state, (select count(*)::int from review_task t
                      where t.state = 'open' and t.subject ->> 'requestId' = r.id::text and t.reason not like 'deadline%') as tasks
      from privacy_request r where r.id = ${requestId}`);
  const [{ state, tasks } = { state: '', tasks: 0 }] = rows;
  return state === 'closed' ? 'closed' : tasks > 0 || state === 'planned' ? 'something' : 'nothing';
}

/** The same for a request that was opened before. */
export async function carriedOn(
  { client }: Pick<Parts, 'client'>,
  { world, bench }: { readonly world: World; readonly bench: PrivacyBench },
  requestId: string,
  given: { readonly end: number; readonly asked?: () => void },
): Promise<void> {
  const handle = client.workflow.getHandle(workflowIdOf.request(requestId));
  await bench.approve(requestId);
  let pauseMs = shortestPauseMs;
  for (let round = 0; round < MOST_ROUNDS && Date.now() < given.end; ) {
    const desk = await onTheDesk(world, requestId);
    if (desk === 'closed') break;
    const seen = desk === 'nothing' ? 'under way' : await handle.query<Progress>(progressQuery);
    if (seen === 'over') break;
    pauseMs = seen === 'waiting-for-person' ? shortestPauseMs : Math.min(pauseMs * 1.4, longestPauseMs);
    if (seen === 'waiting-for-person') {
      round += 1;
      given.asked?.();
      await answerAll(world, requestId);
      await handle.signal(lookAgainSignal);
    } else if (seen === 'waiting-for-approval') await bench.approve(requestId);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

/** How the requests of the subjects of a world ended, by what the systems and Ficha then hold. */
export function judgedEnd(
  world: World,
  requestIds: readonly string[],
  stored: string,
  requests: readonly (Pick<PrivacyRequestRow, 'state' | 'outcome'> | undefined)[],
): Pick<Verdict, 'complete' | 'falseComplete' | 'twice' | 'wrongPerson'> {
  let [complete, falseComplete] = [0, 0];
  for (const [index] of requestIds.entries()) {
    const { outcome, state } = requests[index] ?? {};
    if (state !== 'closed' || outcome === 'needs-attention') continue;
    complete += 1;
    const figure = world.subjects[index];
    if (figure !== undefined && isLeft(world, figure, stored)) falseComplete += 1;
  }
  const ledger = [...world.systems.values()].flatMap(({ systemId, ledger: own }) =>
    own.map(({ record }) => `${systemId}/${record}`),
  );
  const twice = ledger.length - new Set(ledger).size;
  const touched = bystandersOf(world);
  return { complete, falseComplete, twice, wrongPerson: touched === '' ? 0 : touched.split(',').length };
}

/** A fault in each of the six systems, drawn by the seed. */
export const mixedName = 'one at random in each system';

/** Erases everybody of a seeded world under faults, repairing what a person must repair, and judges the end. */
export async function runErasures(
  parts: Parts,
  options: { readonly seed: number; readonly people: number; readonly fault: Fault | 'mixed'; readonly patienceMs?: number },
): Promise<Verdict> {
  const { seed, people, fault, patienceMs = 60_000 } = options;
  const world = await makeWorld(seed, people);
  let healed = false;
  const random = new Random(seed);
  const faultOf = (): Fault => (fault === 'mixed' ? drawn(random, faults) : fault);
  const systems = [...world.systems.values()].map((twin) => faulty(twin, faultOf(), () => healed));
  const bench = await privacyBench({ ...parts, deps: privacyDeps(world.database, systems) });
  const start = Date.now();
  let askedPerson = 0;
  const handle = (requestId: string) => parts.client.workflow.getHandle(workflowIdOf.request(requestId));
  const asked = (): void => {
    askedPerson += 1;
    healed = true;
  };
  const requestIds = await Promise.all(
    world.subjects.map((figure) => carried(parts, { world, bench }, figure, { end: start + patienceMs, asked })),
  );
  const stored = await everythingStored(world.database);
  const requests = await Promise.all(requestIds.map((requestId) => privacyRequestById(world.database.reader, requestId)));
  const verdict = judgedEnd(world, requestIds, stored, requests);
  await bench.stop();
  for (const requestId of requestIds)
    await handle(requestId)
      .terminate()
      .catch(() => undefined);
  await world.database.drop();
  return {
    fault: fault === 'mixed' ? mixedName : fault.name,
    seed,
    people,
    ...verdict,
    askedPerson,
    ms: Date.now() - start,
  };
}
