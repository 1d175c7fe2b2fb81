import type { StreamOrder, SyncActivities } from '../activities/sync.ts';

/**
 * Pulls one stream to its end. Attempts are counted from the last page that was stored on: a long pull may break as often as it likes, only
 * one that gets no further fails.
 */
export async function pullStream(syncStream: SyncActivities['syncStream'], order: StreamOrder): Promise<void> {
  let more: boolean;
  do more = (await syncStream({ ...order, inParts: true })).more === true;
  while (more);
}
