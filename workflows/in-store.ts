import { patched, proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { PrivacyActivities } from '../activities/privacy.ts';

const startToCloseTimeout = '2 minutes';
const retry = { maximumInterval: '1 minute' } as const;
const overTheServer = proxyActivities<PrivacyActivities>({ startToCloseTimeout, heartbeatTimeout: '10 seconds', retry });
/** A pause longer than the threshold is a timer of the server, so that a database that is away costs next to nothing. */
const withinTheTask = proxyLocalActivities<PrivacyActivities>({ startToCloseTimeout, retry, localRetryThreshold: '5 seconds' });

type Step =
  | 'askForHand'
  | 'beginRequest'
  | 'draftPlan'
  | 'dueRechecks'
  | 'evidenceOfObjection'
  | 'findMentions'
  | 'giveUpLine'
  | 'judgeRequest'
  | 'nextRecheck'
  | 'objectAtOnce'
  | 'openLines'
  | 'toRedact'
  | 'warn';

/**
 * Steps of a request in Ficha's own store that call no system and end nothing. They run within the task of the workflow, without a way
 * to the server and back for each. A worker that dies repeats all of a task, so what cannot be followed by an earlier step once more
 * (a decision, erasing here, packing, closing) is not among them. One at a time: two at once may end in another order than a replay gives
 * them, so what runs beside the request (reminders) is not among them either. Requests that began before this was patched in replay as they went.
 */
export const inStore = (): Pick<PrivacyActivities, Step> => (patched('store-within-the-task') ? withinTheTask : overTheServer);
