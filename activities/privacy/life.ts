import { nextReminderOf, reminderGiven } from '../../store/write/privacy-life.ts';
import { openPrivacyTask } from '../../store/write/privacy-questions.ts';
import { requiredRequest } from '../../store/read/privacy-requests.ts';
import type { Deps } from '../deps.ts';
import { privacyPolicyOf } from './policies.ts';

export const lifeActivities = (deps: Deps) => ({
  /**
   * Gives the reminder that is due, if one is, and says how long until the next; null when the request is over or nothing is left to
   * say. The last one before the deadline escalates.
   */
  remind: async ({ requestId }: { readonly requestId: string }): Promise<{ readonly waitMs: number | null }> => {
    const policy = privacyPolicyOf(deps);
    return await deps.db.transaction(async (tx) => {
      for (;;) {
        const next = await nextReminderOf(tx, requestId, policy);
        if (next === undefined) {
          // nothing is left to say of this deadline; an extension on its last day has reminders of its own
          const { closedAt, dueAt } = await requiredRequest(tx, requestId);
          const left = Date.parse(dueAt) - deps.now().getTime() + 1_000;
          return { waitMs: closedAt === null && left > 0 ? left : null };
        }
        const waitMs = Date.parse(next.at) - deps.now().getTime();
        if (waitMs > 0) return { waitMs };
        const { dueAt } = await requiredRequest(tx, requestId);
        await openPrivacyTask(tx, { requestId, reason: next.reason, about: 'request', subject: { dueAt }, at: deps.now() });
        await reminderGiven(tx, requestId, next.name);
      }
    });
  },
});
