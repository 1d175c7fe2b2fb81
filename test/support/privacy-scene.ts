import type { Outcome } from '../../domain/privacy/outcome.ts';
import { sql } from '../../store/database.ts';
import { settlePrivacyTask } from '../../store/write/privacy-questions.ts';
import { lookAgainSignal, workflowIdOf } from '../../workflows/messages.ts';
import { type TestDatabase, testDatabase } from './postgres.ts';
import { type BenchParts, type PrivacyBench, privacyBench } from './privacy-bench.ts';
import {
  clientOf,
  linkSystem,
  openErasure,
  ownedIn,
  personIn,
  privacyDeps,
  type Somebody,
  storeOwned,
  storePerson,
} from './privacy-world.ts';
import { type Manners, SmallSystem } from './small-system.ts';
import type { Openable } from './system-over-http.ts';

export const ana: Somebody = { given: 'Ana', family: 'Quijano Ruiz', email: 'ana.quijano@example.org', phone: '+34600111222' };
/** Her brother: other address, same telephone. */
export const luis: Somebody = { given: 'Luis', family: 'Quijano Ruiz', email: 'luis.quijano@example.org', phone: '+34600111222' };

/** Ana in an ERP with an invoice and a note, and in a mailer; Luis in the same ERP. A worker serves them. */
export interface Scene {
  readonly database: TestDatabase;
  readonly erp: SmallSystem;
  readonly mailer: SmallSystem;
  readonly anaId: string;
  readonly bench: PrivacyBench;
  /** Opens an erasure, approves its plan, and answers that Luis is somebody else. */
  readonly erase: () => Promise<string>;
  /** Answers the open questions about namesakes, or those about some records; says how many there were. */
  readonly answer: (
    requestId: string,
    answer: 'same-person' | 'other-person',
    about?: (recordHash: string) => boolean,
  ) => Promise<number>;
  readonly lookAgain: (requestId: string) => Promise<void>;
  readonly outcome: (requestId: string) => Promise<Outcome | 'refused'>;
  readonly end: () => Promise<void>;
}

export interface SceneOptions {
  readonly erp?: Manners;
  readonly mailer?: Manners;
  readonly taskQueue?: string;
  readonly policies?: NonNullable<BenchParts['deps']['privacyPolicies']>;
  /** In place of a database of the shared server. */
  readonly database?: TestDatabase;
  /** Puts something between a system and the worker. */
  readonly between?: (system: SmallSystem) => Openable;
  /** The worker is a process of its own, started by the test. */
  readonly apart?: boolean;
}

const stored = async (database: TestDatabase): Promise<string> => {
  const db = database.worker;
  for (const systemId of ['erp', 'mailer']) await linkSystem(db, systemId);
  const anaId = await clientOf(db, ana);
  await storePerson(db, anaId, 'erp', '1', ana);
  await storePerson(db, await clientOf(db, luis), 'erp', '2', luis);
  const owned = { systemId: 'erp', ownerId: '1' } as const;
  const invoice = { saleKind: 'invoice', at: '2024-05-05T00:00:00.000Z' };
  await storeOwned(db, anaId, { ...owned, kind: 'sale', externalId: 'f1', canonical: invoice });
  const note = { at: '2025-01-01T00:00:00.000Z', subject: 'Ana called' };
  await storeOwned(db, anaId, { ...owned, kind: 'interaction', externalId: 'n1', canonical: note });
  return anaId;
};

/** Sets the scene on a database of its own. */
export async function setScene(parts: Omit<BenchParts, 'deps'>, manners: SceneOptions = {}): Promise<Scene> {
  const { taskQueue, apart = false, database = await testDatabase(), between = (system) => system } = manners;
  const note = ownedIn('interaction', 'n1', { text: 'Ana called' });
  const rows = [personIn('1', ana), personIn('2', luis), ownedIn('sale', 'f1', { number: 'F-2024-1' }), note];
  const erp = new SmallSystem('erp', rows, manners.erp);
  const mailer = new SmallSystem('mailer', [personIn('m-9', { ...ana, phone: '' })], manners.mailer);
  const anaId = await stored(database);
  const queue = taskQueue === undefined ? {} : { taskQueue };
  const bench = await privacyBench({
    ...parts,
    ...queue,
    apart,
    deps: privacyDeps(database, [erp, mailer].map(between), manners.policies, parts.clock?.now),
  });
  const handle = (requestId: string) => parts.client.workflow.getHandle(workflowIdOf.request(requestId));
  const lookAgain = (requestId: string) => handle(requestId).signal(lookAgainSignal);
  const answer: Scene['answer'] = async (requestId, given, about = () => true) => {
    const { rows: open } = await database.worker.query<{ id: string; hash: string }>(sql`
      select id, subject ->> 'recordHash' as hash from review_task where reason = 'namesake' and state = 'open' and subject ->> 'requestId' = ${requestId}`);
    const asked = open.filter(({ hash }) => about(hash));
    for (const { id: taskId } of asked) {
      await database.worker.transaction((tx) => settlePrivacyTask(tx, { taskId, answer: given, by: 'dpo-2', at: new Date() }));
    }
    return asked.length;
  };
  return {
    database,
    erp,
    mailer,
    anaId,
    bench,
    answer,
    lookAgain,
    erase: async () => {
      const { requestId } = await openErasure(database, anaId);
      await bench.start(requestId);
      await bench.approve(requestId);
      await bench.until(requestId, 'waiting-for-person');
      await answer(requestId, 'other-person');
      await lookAgain(requestId);
      return requestId;
    },
    outcome: async (requestId) => ((await handle(requestId).result()) as { readonly outcome: Outcome | 'refused' }).outcome,
    end: async () => {
      await bench.stop();
      await database.drop();
    },
  };
}

/** Every row of every table as text, lower-cased: what a thief of the database would read. */
export async function everythingStored(database: TestDatabase): Promise<string> {
  const { rows } = await database.owner.query<{ name: string }>(sql`
    select quote_ident(tablename) as name from pg_tables where schemaname = 'ficha'`);
  const texts: string[] = [];
  for (const { name } of rows) {
    const { rows: found } = await database.owner.query<{ text: string }>(sql`
      select coalesce((xpath('/table/row/c/text()', query_to_xml(${`select t::text as c from ficha.${name} t`}, false, false, '')))::text, '') as text`);
    texts.push(found[0]?.text ?? '');
  }
  return texts.join(' ').toLowerCase();
}
