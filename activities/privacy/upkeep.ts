import { requestsToShred } from '../../store/read/subject-keys.ts';
import { destroyPayloadKeys } from '../../store/write/subject-keys.ts';
import { destroyBlockedDue } from '../../store/write/privacy-blocked.ts';
import { signDayBefore } from '../../store/write/audit-heads.ts';
import { dropExpiredPackages } from '../../store/write/privacy-packages.ts';
import { forgetWebhookEvents } from '../../store/write/webhook-events.ts';
import { needsScrub, noteScrub } from '../../store/scrub.ts';
import { beating } from '../beating.ts';
import type { Deps } from '../deps.ts';

/** A replayed webhook is known for so long. */
const webhookMemoryMs = 90 * 86_400_000;

/** Larger tables wait for `ficha scrub`: nobody can read them while they are written anew. */
const mostScrubbedBytes = 256 * 1024 * 1024;

/** So many requests are looked at before the keys of those that ended go. */
const lookedAtOnce = 200;

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

  /**
   * Destroys the keys of what Temporal keeps of requests that are over: from then on nobody opens it again. One whose workflow has yet to
   * take its last step keeps its key until the next round; it keeps no other waiting, since a round looks at every request, page by page.
   * @returns how many; `more` is false, and there for rounds that began when one call looked at one page
   */
  shredPayloads: async (): Promise<{ readonly shredded: number; readonly more: boolean }> => {
    const { requestEnded } = deps;
    let shredded = 0;
    if (requestEnded === undefined) return { shredded, more: false };
    await beating(async () => {
      for (let over = await requestsToShred(deps.db, null, lookedAtOnce); over.length > 0; ) {
        const ended: string[] = [];
        for (const requestId of over) if (await requestEnded(requestId)) ended.push(requestId);
        shredded += await destroyPayloadKeys(deps.db, ended, deps.now());
        over = await requestsToShred(deps.db, over.at(-1) ?? null, lookedAtOnce);
      }
    });
    return { shredded, more: false };
  },

  /** After erasures: rewrites what rows that are gone left in the files of the database. */
  scrubStore: async (): Promise<{ readonly tables: number; readonly left: number }> => {
    if (deps.scrub === undefined || !(await needsScrub(deps.db))) return { tables: 0, left: 0 };
    const { scrub } = deps;
    const done = await beating(() => scrub({ mostBytes: mostScrubbedBytes }));
    await deps.db.transaction((tx) => noteScrub(tx, done, deps.now()));
    return { tables: done.tables, left: done.left.length };
  },
});
