import type { TwinClock } from '../kit/twin-clock.ts';

export interface TwinRegulation {
  readonly id: string;
  readonly type: string;
  readonly subjects: readonly string[];
  status: string;
  readonly createdAt: string;
  finishedAt?: string;
}

export interface SegmentState {
  nextId: number;
  /** Traits of the users that the workspace and its warehouses hold. */
  readonly users: Map<string, object>;
  readonly suppressed: Set<string>;
  readonly regulations: TwinRegulation[];
  /** Suppressions wait for the end of their regulation. */
  slow: boolean;
  /** Regulations that are taken and turn out invalid, so many. */
  deaf: number;
  /** The lists forget which type was asked for. */
  unfiltered: boolean;
  /** Destinations that a deletion does not reach, by name. */
  readonly unreached: string[];
}

export const emptyState = (): SegmentState => ({
  nextId: 1,
  users: new Map(),
  suppressed: new Set(),
  regulations: [],
  slow: false,
  deaf: 0,
  unfiltered: false,
  unreached: [],
});

function applySuppression(state: SegmentState, { type, subjects }: TwinRegulation): void {
  for (const id of subjects) {
    if (type.startsWith('SUPPRESS')) state.suppressed.add(id);
    if (type === 'UNSUPPRESS') state.suppressed.delete(id);
  }
}

export function addRegulation(state: SegmentState, clock: TwinClock, type: string, subjects: readonly string[]): TwinRegulation {
  const valid = state.deaf === 0;
  if (!valid) state.deaf -= 1;
  const id = `reg${String(state.nextId).padStart(8, '0')}`;
  state.nextId += 1;
  const made: TwinRegulation = { id, type, subjects, status: valid ? 'INITIALIZED' : 'INVALID', createdAt: clock.stamp() };
  state.regulations.push(made);
  if (valid && !state.slow) applySuppression(state, made);
  return made;
}

/** Ends every regulation that is under way. */
export function finishRegulations(state: SegmentState, clock: TwinClock): void {
  for (const one of state.regulations.filter(({ status }) => status === 'INITIALIZED' || status === 'RUNNING')) {
    applySuppression(state, one);
    const deletes = one.type.includes('DELETE');
    if (deletes) for (const id of one.subjects) state.users.delete(id);
    one.status = deletes && state.unreached.length > 0 ? 'PARTIAL_SUCCESS' : 'FINISHED';
    one.finishedAt = clock.stamp();
  }
}
