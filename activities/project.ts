import { ensureTables, projectRecords } from '../analytics/project.ts';
import { projectionsDone, takeProjections } from '../store/write/projection.ts';
import type { Deps } from './deps.ts';

/** Activities of `projectAnalytics`. */
export const projectActivities = ({ db, analytics, keys, now }: Deps) => ({
  /**
   * Brings up to `limit` queued sales and interactions to ClickHouse; 0 when the queue is empty. They leave the queue only after
   * ClickHouse took them, so a crash in between projects them again, which changes nothing.
   */
  projectBatch: async ({ limit }: { readonly limit: number }): Promise<{ readonly projected: number }> => {
    await ensureTables(analytics);
    return await db.transaction(async (tx) => {
      const taken = await takeProjections(tx, limit);
      await projectRecords(analytics, keys, taken, now().getTime());
      await projectionsDone(
        tx,
        taken.map(({ sourceRecordId }) => sourceRecordId),
      );
      return { projected: taken.length };
    });
  },
});

export type ProjectActivities = ReturnType<typeof projectActivities>;
