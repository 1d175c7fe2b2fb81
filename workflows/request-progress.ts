import { condition, defineQuery, defineSignal, setHandler } from '@temporalio/workflow';
import { type Decision, decideSignal, lookAgainSignal, type Progress, progressQuery } from './messages.ts';

const decide = defineSignal<[Decision]>(decideSignal);
const lookAgain = defineSignal(lookAgainSignal);
const progress = defineQuery<Progress>(progressQuery);

/** What people told a request while it runs, and where it is. */
export interface Seen {
  decision: Decision | undefined;
  lookAgain: boolean;
  progress: Progress;
}

/** Listens to people from the first moment on. The first decision stands, until it is void because the plan changed. */
export function listen(): Seen {
  const seen: Seen = { decision: undefined, lookAgain: false, progress: 'locating' };
  setHandler(decide, (decision) => {
    seen.decision ??= decision;
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
  const ends = (): boolean => seen.decision !== undefined && seen.decision.kind !== 'approved';
  await condition(() => seen.lookAgain || ends());
  seen.lookAgain = false;
  return ends() ? seen.decision : undefined;
}

/** Waits for the decision on the plan with this hash; one on another plan is void. */
export async function decisionOn(planHash: string, seen: Seen): Promise<Decision> {
  seen.progress = 'waiting-for-approval';
  for (;;) {
    await condition(() => seen.decision !== undefined);
    const { decision } = seen;
    seen.decision = undefined;
    if (decision !== undefined && (decision.kind !== 'approved' || decision.planHash === planHash)) return decision;
  }
}
