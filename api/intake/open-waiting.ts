import { privacyPolicy as shipped } from '../../domain/privacy/privacy-policy.ts';
import { forgetUnconfirmed, openIntake, waitingIntakes } from '../../store/write/privacy-intake.ts';
import { startRequest } from '../start-request.ts';
import type { IntakeDeps } from './ground.ts';

type Means = Pick<IntakeDeps, 'db' | 'keys' | 'log' | 'now' | 'temporal' | 'privacyPolicy'>;

/** Opens the request of one intake and starts it; undefined while another request of the person is open. */
export async function openNow({ privacyPolicy = shipped, ...deps }: Means, id: string): Promise<string | undefined> {
  const { db, keys, now } = deps;
  const requestId = await db.transaction((tx) => openIntake(tx, keys, id, { at: now(), policy: privacyPolicy }));
  if (requestId !== undefined) await startRequest(deps, requestId);
  return requestId;
}

/** Opens what came in and had to wait, and forgets forms whose link nobody followed. */
export async function openWaiting(deps: Means): Promise<void> {
  for (const id of await waitingIntakes(deps.db, deps.now())) await openNow(deps, id);
  await forgetUnconfirmed(deps.db, deps.now());
}
