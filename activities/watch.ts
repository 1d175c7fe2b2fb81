import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { activityInfo, cancellationSignal } from '@temporalio/activity';
import type { LinkedSystem } from '../connectors/kit/contract.ts';
import { restAfter } from '../domain/consent/watch-pace.ts';
import { FichaError } from '../domain/record/error.ts';
import { watchingOf } from '../store/read/consent-watch.ts';
import { doubtConfirmed } from '../store/write/consent-drift.ts';
import { endSyncRun, forgetEmptyLooks, startSyncRun, streamPosition } from '../store/write/sync-runs.ts';
import { beating } from './beating.ts';
import type { Deps } from './deps.ts';
import { type PreparedPull, preparedPages } from './sync/prepare-page.ts';
import { storedPages } from './sync/store-pages.ts';

export interface WatchOrder {
  readonly systemId: string;
  /** How long to leave the system alone first. */
  readonly restMs: number;
}

/** How a watch ended: something changed, nothing did for a while, or there is nothing to watch. */
export interface Watched {
  readonly changed: number;
  readonly over: boolean;
  /** How long to leave the system alone before the next look. */
  readonly restMs: number;
}

/** What one look found so far. */
interface Found {
  changed: number;
  pages: number;
}

const watchMs = 600_000;
/** A system that is being pulled is looked at again so much later. */
const idleMs = 20_000;

/** Activities of `watchConsent`. */
export const watchActivities = ({ db, keys, now, log, openSystem, privacyPolicies }: Deps) => {
  /** Reads what changed in one stream since it was last read. One that was never read to its end is left to the sync. */
  const lookAtStream = async (system: LinkedSystem, stream: string, runId: string, found: Found): Promise<void> => {
    const from = { systemId: system.systemId, stream, runId };
    const position = await streamPosition(db, system.systemId, stream);
    if (position === undefined || (!position.done && (position.mode ?? 'consent') !== 'consent')) return;
    const pull = async function* (): AsyncGenerator<PreparedPull> {
      const pulled = system.pull(stream, position.cursor);
      // the rest of a listing that an earlier look began cannot say what is gone
      for await (const page of preparedPages(pulled, system.systemId, { policy: privacyPolicies?.consent }))
        yield position.done ? page : { ...page, complete: false };
    };
    for await (const counts of storedPages({ db, keys, now }, from, pull())) {
      found.changed += counts.changed + counts.deleted + counts.tombstoned;
      found.pages += 1;
    }
  };

  const look = async (systemId: string, found: Found): Promise<LinkedSystem['limits']> => {
    const [runId, began] = [randomUUID(), now()];
    const system = await openSystem(systemId);
    const { contacts, streams, consentStreams = streams } = system.capabilities;
    try {
      await startSyncRun(db, runId, systemId, 'consent');
      for (const stream of contacts.length > 0 ? consentStreams : []) await lookAtStream(system, stream, runId, found);
      found.changed += await db.transaction((tx) => doubtConfirmed(tx, systemId, began));
      await endSyncRun(db, runId, 'done', null);
    } catch (error) {
      await endSyncRun(db, runId, 'failed', error instanceof FichaError ? error.code : 'unexpected');
      throw error;
    } finally {
      await forgetEmptyLooks(db, systemId);
      await system.close();
    }
    return system.limits;
  };

  /** One look, and how long to leave the system alone after it. */
  const lookOnce = async (systemId: string, calls: boolean, failedBefore: number) => {
    const start = performance.now();
    const found: Found = { changed: 0, pages: 0 };
    try {
      const limits = await look(systemId, found);
      const tookMs = performance.now() - start;
      return {
        changed: found.changed,
        restMs: restAfter({ tookMs, pages: found.pages, failed: 0, calls }, limits ?? []),
        failed: 0,
      };
    } catch (error) {
      if (!(error instanceof FichaError)) throw error;
      log.warn({ systemId, code: error.code }, 'a linked system could not be looked at for what people allow');
      const failed = failedBefore + 1;
      return { changed: found.changed, restMs: restAfter({ tookMs: 0, pages: 0, failed, calls }, []), failed };
    }
  };

  return {
    /**
     * Looks at what people allow in a system, every 10 seconds or as its limits let, every 5 minutes where its webhooks come, until
     * something changed or ten minutes are over. What is read goes the way of a sync; a sync that is going on is not disturbed.
     */
    awaitConsent: async ({ systemId, restMs }: WatchOrder): Promise<Watched> =>
      await beating(async () => {
        const stop = cancellationSignal();
        const end = performance.now() + watchMs;
        // where a worker died, nobody knows how long it had rested: who opted out waits no longer for it
        let next = { changed: 0, restMs: activityInfo().attempt > 1 ? 0 : restMs, failed: 0 };
        while (performance.now() < end) {
          await pause(next.restMs, undefined, { signal: stop }).catch(() => undefined); // a worker that stops ends the watch; it goes on elsewhere
          if (stop.aborted) break;
          const { active, calls, pulled } = await watchingOf(db, systemId);
          if (!active) return { changed: 0, over: true, restMs: 0 };
          next = pulled ? { changed: 0, restMs: idleMs, failed: next.failed } : await lookOnce(systemId, calls, next.failed);
          if (next.changed > 0) break;
        }
        return { changed: next.changed, over: false, restMs: next.restMs };
      }),
  };
};

export type WatchActivities = ReturnType<typeof watchActivities>;
