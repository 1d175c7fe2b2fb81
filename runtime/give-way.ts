import { constants, setPriority } from 'node:os';

/**
 * Lets the other processes of this machine go first: who waits before a screen comes before what works through a queue. Threads that are
 * started later do the same, so it is called before anything else. On Linux it is niceness 10.
 */
export function giveWay(): void {
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
}
