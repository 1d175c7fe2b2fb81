import type { LineState } from './line-state.ts';

/** What one linked system is doing about a request. */
export type StepState = 'nothing-held' | 'pending' | 'acting' | 'verifying' | 'grace' | 'needs-you' | 'done' | 'kept';

/**
 * Where one linked system stands, from the lines of the plan that lie there: the state that a person should know of first.
 * @param lines their states, in any order; none when the search found nothing there
 * @param waits whether a task about this system waits for a person
 */
export function stepState(lines: readonly LineState[], waits: boolean): StepState {
  const states = new Set(lines);
  if (waits || states.has('needs-attention')) return 'needs-you';
  if (states.size === 0) return 'nothing-held';
  if (states.has('acting')) return 'acting';
  if (states.has('acted')) return 'verifying';
  if (states.has('grace')) return 'grace';
  if (states.has('located')) return 'pending';
  return states.has('verified') ? 'done' : 'kept';
}
