import type { Analytics } from '../../analytics/clickhouse.ts';
import { createGraphqlHandler } from '../../graphql/server.ts';
import { createLog } from '../../platform/log.ts';
import { bearerOf, createTokenIssuer, createTokenVerifier } from '../../platform/token.ts';
import { sql } from '../../store/database.ts';
import { privacyRequestById, readPackage } from '../../store/read/privacy-requests.ts';
import { agreeRelease, askRelease, destroyBlockedDue } from '../../store/write/privacy-blocked.ts';
import { openRequest } from '../../store/write/privacy-openings.ts';
import { settlePrivacyTask } from '../../store/write/privacy-questions.ts';
import { blockingPolicies } from '../support/blocking-policies.ts';
import { testKeyRing } from '../support/keys.ts';
import { ana, everythingStored, type Scene, setScene } from '../support/privacy-scene.ts';
import { ownedIn, personIn, storeOwned } from '../support/privacy-world.ts';
import type { TestTemporal } from '../support/temporal.ts';
import { comeBackBySync } from './come-back.ts';
import { Random } from './random.ts';
import type { Verdict } from './run.ts';

const keys = testKeyRing();
const farAway = new Date('2100-01-01');
const unasked = (): Promise<never> => Promise.reject(new Error('nothing here asks for metrics'));
const noAnalytics: Analytics = { command: unasked, query: unasked, insert: unasked, close: () => Promise.resolve() };

/** Every question that an officer could find her by, answered by the read API. */
async function answersAbout({ database, anaId }: Scene): Promise<string> {
  const graphql = createGraphqlHandler({
    reader: database.reader,
    accessor: database.accessor,
    analytics: noAnalytics,
    log: createLog({ level: 'fatal' }),
    viewerOf: (request) => createTokenVerifier({ rolesClaim: 'roles' }, keys)(bearerOf(request.headers.get('authorization'))),
    development: false,
  });
  const token = await createTokenIssuer(keys)({ subject: 'dpo-1', roles: ['dpo'] }, 600);
  const query = `{ byId: client(id: "${anaId}") { id name emails }
    byEmail: client(by: { kind: EMAIL, value: "${ana.email}" }) { id name emails }
    clients(search: "${ana.given} ${ana.family}", first: 20) { edges { node { id name emails } } }
    privacyRequests(first: 20) { edges { node { id type plan { kind action state } evidence { verb result } } } } }`;
  const answer = await graphql(
    new Request('http://127.0.0.1/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query }),
    }),
  );
  const body = (await answer.json()) as { readonly data?: { readonly byId?: unknown }; readonly errors?: unknown };
  if (body.errors !== undefined) throw new Error(`the read API answered ${JSON.stringify(body.errors)}`);
  return JSON.stringify(body.data);
}

const tasksOf = async ({ database }: Scene, requestId: string, reason: string): Promise<readonly string[]> => {
  const { rows } = await database.worker.query<{ id: string }>(sql`
    select id from review_task where reason = ${reason} and state = 'open' and subject ->> 'requestId' = ${requestId}`);
  return rows.map(({ id }) => id);
};

/** She asks what is held of her while it is blocked. @returns what she is given */
async function askedAgain(scene: Scene): Promise<string> {
  const { database, bench, lookAgain, outcome } = scene;
  const { requestId } = await database.worker.transaction((tx) =>
    openRequest(tx, keys, {
      type: 'access',
      lookFor: [{ kind: 'email', value: ana.email }],
      openedBy: 'dpo-1',
      at: new Date(),
      country: 'ES',
    }),
  );
  await bench.start(requestId);
  await bench.approve(requestId);
  await bench.until(requestId, 'waiting-for-person');
  for (const taskId of await tasksOf(scene, requestId, 'blocked-held'))
    await database.worker.transaction((tx) => settlePrivacyTask(tx, { taskId, answer: 'done', by: 'dpo-2', at: new Date() }));
  await lookAgain(requestId);
  await outcome(requestId);
  return await readPackage(database.worker, keys, requestId);
}

/** A court asks: two people hand it out. @returns what they read, and whether one person alone was let */
async function handedOut({ database }: Scene, requestId: string) {
  const at = new Date();
  const asked = { requestId, reference: 'JPI-4 123/2026', by: 'dpo-1', role: 'dpo', at };
  const { releaseId } = await database.worker.transaction((tx) => askRelease(tx, asked));
  const alone = await database.worker
    .transaction((tx) => agreeRelease(tx, keys, { releaseId, by: 'dpo-1', role: 'dpo', at }))
    .then(() => true)
    .catch(() => false);
  const records = await database.worker.transaction((tx) => agreeRelease(tx, keys, { releaseId, by: 'dpo-2', role: 'dpo', at }));
  return { records, alone };
}

export interface BlockedVerdict extends Verdict {
  /** Places in which something of her could be seen while it was blocked. The goal is none. */
  readonly seenIn: readonly string[];
  readonly handedOut: number;
  readonly destroyed: number;
}

/** Blocks one person, looks for her in every way that there is, hands her out to a court, and destroys her on the date. */
export async function runBlocked(temporal: TestTemporal, seed: number): Promise<BlockedVerdict> {
  const random = new Random(seed);
  const scene = await setScene(temporal, { policies: blockingPolicies });
  const start = Date.now();
  const { database, erp, mailer } = scene;
  const notes = random.between(0, 3);
  for (let note = 0; note < notes; note += 1) {
    const text = `secreto ${seed} ${note}`;
    erp.put(ownedIn('interaction', `x${note}`, { text }));
    const owned = { systemId: 'erp', ownerId: '1', kind: 'interaction', externalId: `x${note}` } as const;
    await storeOwned(database.worker, scene.anaId, { ...owned, canonical: { at: '2025-01-02T00:00:00.000Z', subject: text } });
  }
  if (!(await answersAbout(scene)).includes(ana.given)) throw new Error('the read API does not find who is there');
  const requestId = await scene.erase();
  const complete = (await scene.outcome(requestId)) === 'complete-with-exceptions' ? 1 : 0;
  const seenIn: string[] = [];
  const holds = (text: string): boolean =>
    [ana.email, 'ana quijano', 'ana called', `secreto ${seed}`].some((part) => text.toLowerCase().includes(part));
  const look = async (place: string, text: Promise<string> | string): Promise<void> => {
    if (holds(await text)) seenIn.push(place);
  };
  const pass = async (): Promise<void> => {
    await look('a system', JSON.stringify([...erp.rows.values(), ...mailer.rows.values()]));
    await look('the store', everythingStored(database));
    await look('the read API', answersAbout(scene));
  };
  await pass();
  const readable = await database.reader
    .query(sql`select sealed from blocked_record`)
    .then(() => true)
    .catch(() => false);
  if (readable) seenIn.push('a query');
  mailer.put(personIn('m-9', { ...ana, phone: '' }));
  await comeBackBySync(database, [mailer]);
  mailer.rows.clear();
  await look('a sync', everythingStored(database));
  const { records, alone } = await handedOut(scene, requestId);
  if (alone) seenIn.push('the eyes of one person alone');
  await look('an export', askedAgain(scene));
  await pass();
  await database.worker.transaction((tx) => destroyBlockedDue(tx, new Date()));
  const destroyed = await database.worker.transaction((tx) => destroyBlockedDue(tx, farAway));
  const ledger = [...erp.ledger, ...mailer.ledger].map(({ record }) => record);
  const wrongPerson = ['person:2', 'sale:f1'].filter((record) => !erp.rows.has(record)).length;
  const { state } = (await privacyRequestById(database.reader, requestId)) ?? {};
  await scene.end();
  return {
    fault: 'blocked until its date',
    seed,
    people: 1,
    complete: state === 'closed' ? complete : 0,
    falseComplete: seenIn.length,
    twice: ledger.length - new Set(ledger).size,
    wrongPerson,
    askedPerson: 1,
    ms: Date.now() - start,
    seenIn,
    handedOut: records.length - (notes + 3),
    destroyed: destroyed - records.length,
  };
}
