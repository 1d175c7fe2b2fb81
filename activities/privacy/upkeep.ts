import { destroyBlockedDue } from '../../store/write/privacy-blocked.ts';
import { signDayBefore } from '../../store/write/audit-heads.ts';
import { dropExpiredPackages } from '../../store/write/privacy-packages.ts';
import { forgetWebhookEvents } from '../../store/write/webhook-events.ts';
import type { Deps } from '../deps.ts';

/** A replayed webhook is known for so long. */
const webhookMemoryMs = 90 * 86_400_000;

export const upkeepActivities = (deps: Deps) => ({
  /** Signs where the audit log stood at the end of yesterday; null when that was done. */
  signAuditHead: async (): Promise<{ readonly signedDay: string | null }> => ({
    signedDay: await deps.db.transaction((tx) => signDayBefore(tx, deps.keys, deps.now())),
  }),

  /**
   * Destroys what has outlived its date: packages that nobody fetched, blocked records whose time is over, with their keys, and what is
   * remembered of webhooks that were worked in.
   */
  destroyExpired: async (): Promise<{ readonly destroyed: number }> => ({
    destroyed: await deps.db.transaction(async (tx) => {
      const packages = await dropExpiredPackages(tx, deps.now());
      const blocked = await destroyBlockedDue(tx, deps.now());
      await forgetWebhookEvents(tx, new Date(deps.now().getTime() - webhookMemoryMs));
      return packages + blocked;
    }),
  }),
});
