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

/** A sister and a brother who share a telephone, and what the systems call what they hold of them. */
export interface Siblings {
  readonly sister: Somebody;
  readonly brother: Somebody;
  readonly ids: {
    readonly sister: string;
    readonly brother: string;
    readonly invoice: string;
    readonly note: string;
    readonly mail: string;
  };
}

const names = [
  ['Ana', 'Luis', 'Quijano Ruiz'],
  ['Berta', 'Mateo', 'Zorrilla Cano'],
  ['Carla', 'Nuno', 'Ferreira Dias'],
  ['Delfina', 'Oriol', 'Puig Vidal'],
  ['Elvira', 'Pablo', 'Hurtado Lara'],
  ['Fiorella', 'Renzo', 'Bianchi'],
  ['Gisela', 'Samuel', 'Weber'],
  ['Hortense', 'Thibault', 'Lefebvre'],
] as const;

/** As many siblings as have names here. */
export const mostSiblings = names.length;

/** The nth siblings; Ana and Luis are the first. */
const siblingsAt = (place: number): Siblings => {
  const [her, his, family] = names[place] ?? names[0];
  if (place === 0)
    return { sister: ana, brother: luis, ids: { sister: '1', brother: '2', invoice: 'f1', note: 'n1', mail: 'm-9' } };
  const email = (name: string): string => `${name}.${family.split(' ')[0]}@example.org`.toLowerCase();
  const somebody = (name: string): Somebody => ({ given: name, family, email: email(name), phone: `+3460022233${place}` });
  const [sister, brother] = [String(place * 10 + 1), String(place * 10 + 2)];
  return {
    sister: somebody(her),
    brother: somebody(his),
    ids: { sister, brother, invoice: `f${sister}`, note: `n${sister}`, mail: `m-${sister}` },
  };
};

/** Ana in an ERP with an invoice and a note, and in a mailer; Luis in the same ERP. Others like them beside them. A worker serves them. */
export interface Scene {
  readonly database: TestDatabase;
  readonly erp: SmallSystem;
  readonly mailer: SmallSystem;
  readonly anaId: string;
  /** Ana with her brother, and those beside them, each with the client's id. */
  readonly siblings: readonly (Siblings & { readonly clientId: string })[];
  readonly bench: PrivacyBench;
  /** Opens an erasure, of Ana unless another client is named, approves its plan, and answers that her brother is somebody else. */
  readonly erase: (clientId?: string, opened?: (requestId: string) => void) => Promise<string>;
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
  /** So many siblings, Ana and Luis among them: 1 unless said, `mostSiblings` at most. */
  readonly siblings?: number;
}

const stored = async (db: TestDatabase['worker'], { sister, brother, ids }: Siblings): Promise<string> => {
  const clientId = await clientOf(db, sister);
  await storePerson(db, clientId, 'erp', ids.sister, sister);
  await storePerson(db, await clientOf(db, brother), 'erp', ids.brother, brother);
  const owned = { systemId: 'erp', ownerId: ids.sister } as const;
  const invoice = { saleKind: 'invoice', at: '2024-05-05T00:00:00.000Z' };
  await storeOwned(db, clientId, { ...owned, kind: 'sale', externalId: ids.invoice, canonical: invoice });
  const note = { at: '2025-01-01T00:00:00.000Z', subject: `${sister.given} called` };
  await storeOwned(db, clientId, { ...owned, kind: 'interaction', externalId: ids.note, canonical: note });
  return clientId;
};

const rowsOf = ({ sister, brother, ids }: Siblings) => [
  personIn(ids.sister, sister),
  personIn(ids.brother, brother),
  ownedIn('sale', ids.invoice, { number: `F-2024-${ids.invoice.slice(1)}` }),
  ownedIn('interaction', ids.note, { text: `${sister.given} called` }),
];

/** Sets the scene on a database of its own. */
export async function setScene(parts: Omit<BenchParts, 'deps'>, manners: SceneOptions = {}): Promise<Scene> {
  const { taskQueue, apart = false, database = await testDatabase(), between = (system) => system } = manners;
  const all = Array.from({ length: manners.siblings ?? 1 }, (_, place) => siblingsAt(place));
  const erp = new SmallSystem('erp', all.flatMap(rowsOf), manners.erp);
  const mails = all.map(({ sister, ids }) => personIn(ids.mail, { ...sister, phone: '' }));
  const mailer = new SmallSystem('mailer', mails, manners.mailer);
  for (const systemId of ['erp', 'mailer']) await linkSystem(database.worker, systemId);
  const siblings: Scene['siblings'][number][] = [];
  for (const one of all) siblings.push({ ...one, clientId: await stored(database.worker, one) });
  const [{ clientId: anaId } = { clientId: '' }] = siblings;
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
    siblings,
    bench,
    answer,
    lookAgain,
    erase: async (clientId = anaId, opened = () => undefined) => {
      const { requestId } = await openErasure(database, clientId);
      opened(requestId);
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
