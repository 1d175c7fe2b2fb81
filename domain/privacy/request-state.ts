import { FichaError } from '../record/error.ts';

/** Where a privacy request is in its life. */
export type RequestState =
  | 'received'
  | 'locating'
  | 'planned'
  | 'approved'
  | 'acting'
  | 'verifying'
  | 'closed'
  | 'refused'
  | 'cancelled';

/** A request goes back to `locating` when its plan no longer covers what is there, or a person settled what stopped it. */
const next: Readonly<Record<RequestState, readonly RequestState[]>> = {
  received: ['locating', 'refused', 'cancelled'],
  locating: ['planned', 'refused', 'cancelled'],
  planned: ['approved', 'locating', 'refused', 'cancelled'],
  approved: ['acting', 'locating'],
  acting: ['verifying', 'locating'],
  verifying: ['closed', 'acting', 'locating'],
  closed: [],
  refused: [],
  cancelled: [],
};

/** Whether a request can go from one state to another; staying is always allowed, so that a retry is harmless. */
export const mayMove = (from: RequestState, to: RequestState): boolean => from === to || next[from].includes(to);

export const isOver = (state: RequestState): boolean => next[state].length === 0;

/** @throws FichaError `request-move-refused` */
export function assertMove(from: RequestState, to: RequestState): void {
  if (!mayMove(from, to)) {
    throw new FichaError('request-move-refused', `a request that is ${from} cannot become ${to}`);
  }
}
