import type { Client } from '@temporalio/client';
import type { Database } from '../store/database.ts';
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

/** Approves the plan as soon as it is there, as a person at the console does: the row is looked at, the worker is not asked. */
async function approved({ db, temporal }: Office, requestId: string): Promise<void> {
  for (const end = Date.now() + patienceMs; Date.now() < end; ) {
    const { state, planHash } = (await privacyRequestById(db, requestId)) ?? {};
    if (state === 'planned') {
      const decision: Decision = { kind: 'approved', by: 'bench', planHash: planHash ?? '' };
      await temporal.workflow.getHandle(workflowIdOf.request(requestId)).signal(decideSignal, decision);
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('a plan of the bench was not there in five minutes');
}

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
