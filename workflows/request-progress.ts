import { condition, defineQuery, defineSignal, setHandler } from '@temporalio/workflow';
import { type Decision, decideSignal, lookAgainSignal, type Progress, progressQuery } from './messages.ts';

const decide = defineSignal<[Decision]>(decideSignal);
const lookAgain = defineSignal(lookAgainSignal);
const progress = defineQuery<Progress>(progressQuery);

/** What people told a request while it runs, and where it is. */
export interface Seen {
  /** In the order in which they came, those that nobody looked at yet. */
  decisions: Decision[];
  lookAgain: boolean;
  /** Whether steps are left out that tell what is known already. */
  readonly lean: boolean;
  progress: Progress;
}

/** Listens to people from the first moment on. The first decision that fits stands. */
export function listen(lean: boolean): Seen {
  const seen: Seen = { decisions: [], lookAgain: false, lean, progress: 'locating' };
  setHandler(decide, (decision) => {
    seen.decisions.push(decision);
  });
  setHandler(lookAgain, () => {
    seen.lookAgain = true;
  });
  setHandler(progress, () => seen.progress);
  return seen;
}

/** Waits until a person says that what stopped the request is settled. */
export async function aPerson(seen: Seen): Promise<void> {
  seen.progress = 'waiting-for-person';
  await condition(() => seen.lookAgain);
  seen.lookAgain = false;
}

/** Before anything was done a request can be refused or taken back at any time: waits for that or for a person's repair. */
export async function aPersonOrTheEnd(seen: Seen): Promise<Decision | undefined> {
  seen.progress = 'waiting-for-person';
  const end = (): Decision | undefined => seen.decisions.find(({ kind }) => kind !== 'approved');
  await condition(() => seen.lookAgain || end() !== undefined);
  seen.lookAgain = false;
  return end();
}

/**
 * Waits for the decision on the plan with this hash. An approval of another plan is void and hides no later one.
 * @param anew whether an answer that a person gives meanwhile ends the wait: the plan may no longer be the whole
 */
export async function decisionOn(planHash: string, seen: Seen, anew: boolean): Promise<Decision | 'look-again'> {
  seen.progress = 'waiting-for-approval';
  const fits = (decision: Decision): boolean => decision.kind !== 'approved' || decision.planHash === planHash;
  await condition(() => seen.decisions.some(fits) || (anew && seen.lookAgain));
  if (anew && seen.lookAgain) return 'look-again';
  const decision = seen.decisions.find(fits);
  seen.decisions = [];
  seen.progress = 'deciding';
  return decision ?? 'look-again';
}
