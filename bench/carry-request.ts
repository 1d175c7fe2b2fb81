import type { Client } from '@temporalio/client';
import { type Database, sql } from '../store/database.ts';
import { privacyRequestById } from '../store/read/privacy-requests.ts';
import { openRequest } from '../store/write/privacy-openings.ts';
import { testKeyRing } from '../test/support/keys.ts';
import { clientOf, storePerson } from '../test/support/privacy-world.ts';
import { type Decision, decideSignal, workflowIdOf } from '../workflows/messages.ts';
import { emailOf } from './eight-tables.ts';

/** Where requests are opened and carried out. */
export interface Office {
  readonly db: Database;
  readonly temporal: Client;
  readonly start: (requestId: string) => Promise<unknown>;
}

const patienceMs = 300_000;

/** Ficha knows the person by one record in the system `tables`; the other 26 rows it must find. @returns the client */
export async function known(db: Database, person: number): Promise<string> {
  const who = { given: `Person`, family: `Number${person}`, email: emailOf(person), phone: '' };
  const clientId = await clientOf(db, who);
  await storePerson(db, clientId, 'tables', `customer:${person}`, who);
  return clientId;
}

const lookEveryMs = 20;

/** Requests whose plan is waited for, and who is told once it is approved. One look at the list serves them all, as at the console. */
const waiting = new Map<string, () => void>();
let looking = false;

async function lookAtTheList({ db, temporal }: Office): Promise<void> {
  if (looking) return;
  looking = true;
  for (const end = Date.now() + patienceMs; waiting.size > 0 && Date.now() < end; ) {
    const { rows } = await db.query<{ id: string; planHash: string }>(sql`
      select id, encode(plan_hash, 'hex') as "planHash" from privacy_request
       where state = 'planned' and id = any(${[...waiting.keys()]}::uuid[])`);
    for (const { id, planHash } of rows) {
      const decision: Decision = { kind: 'approved', by: 'bench', planHash };
      await temporal.workflow.getHandle(workflowIdOf.request(id)).signal(decideSignal, decision);
      waiting.get(id)?.();
      waiting.delete(id);
    }
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
  looking = false;
  if (waiting.size > 0) throw new Error('a plan of the bench was not there in five minutes');
}

/** Approves the plan as soon as it is there, as a person at the console does: the row is looked at, the worker is not asked. */
const approved = (office: Office, requestId: string): Promise<void> =>
  new Promise((resolve, reject) => {
    waiting.set(requestId, resolve);
    lookAtTheList(office).catch(reject);
  });

/** From the opening to the closing, the plan approved as soon as it is there. @returns milliseconds */
export async function carried(office: Office, clientId: string, type: 'access' | 'erasure'): Promise<number> {
  const { db, temporal } = office;
  const begun = performance.now();
  const { requestId } = await db.transaction((tx) =>
    openRequest(tx, testKeyRing(), { type, clientId, openedBy: 'bench', at: new Date() }),
  );
  await office.start(requestId);
  await approved(office, requestId);
  await temporal.workflow.getHandle(workflowIdOf.request(requestId)).result();
  const { outcome } = (await privacyRequestById(db, requestId)) ?? {};
  if (outcome !== 'complete') throw new Error(`a request of the bench ended as ${outcome}`);
  return performance.now() - begun;
}
