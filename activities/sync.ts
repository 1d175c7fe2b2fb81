import { activityInfo } from '@temporalio/activity';
import type { Cursor, LinkedSystem } from '../connectors/kit/contract.ts';
import { endSyncRun, type RunMode, startSyncRun, type StreamPosition, streamPosition } from '../store/write/sync-runs.ts';
import { isAnybodyErased } from '../store/write/tombstones.ts';
import { beating } from './beating.ts';
import type { Deps } from './deps.ts';
import { type PreparedPull, preparedPages } from './sync/prepare-page.ts';
import { replayKept } from './sync/replay.ts';
import { storedPages } from './sync/store-pages.ts';

export interface StreamOrder {
  readonly runId: string;
  readonly systemId: string;
  readonly stream: string;
  readonly mode: 'full' | 'incremental';
  /** Whoever orders goes on while there is `more`. */
  readonly inParts?: true;
}

/** How far a stream was read. */
interface StreamPart {
  readonly pages: number;
  /** The stream was not read to its end: order it again. */
  readonly more?: true;
}

/** Where to go on: in the middle of this run after a crash, else from the start (full, but for what it must not forget) or the last position. */
function startOf(position: StreamPosition | undefined, { runId, mode }: StreamOrder): Cursor | null {
  if (position?.runId === runId) return position.cursor;
  const cursor = position?.cursor ?? null;
  if (mode === 'incremental' || cursor === null) return cursor;
  return cursor.memory === undefined ? null : { version: cursor.version, memory: cursor.memory };
}

/** Activities of `syncSystem`. */
export const syncActivities = ({ db, keys, now, openSystem, privacyPolicies }: Deps) => {
  const withSystem = async <Result>(systemId: string, work: (system: LinkedSystem) => Promise<Result>): Promise<Result> => {
    const system = await openSystem(systemId);
    try {
      return await work(system);
    } finally {
      await system.close();
    }
  };
  return {
    /** Starts the run and says which streams the linked system has. Starting twice starts once. */
    beginSync: async ({
      runId,
      systemId,
      mode,
    }: {
      readonly runId: string;
      readonly systemId: string;
      readonly mode: RunMode;
    }): Promise<{ readonly streams: readonly string[] }> => {
      await startSyncRun(db, runId, systemId, mode);
      return await withSystem(systemId, async ({ capabilities }) => ({ streams: capabilities.streams }));
    },

    /**
     * Pulls one stream page by page; each page and the position after it are one transaction. A retry goes on after the last page
     * that was stored, so that a crash loses nothing and stores nothing twice, and makes the system answer one page again at most. After a
     * break it ends with the first page that it stored, so that what was reached counts, and the next break is again the first.
     */
    syncStream: async (order: StreamOrder): Promise<StreamPart> =>
      await withSystem(order.systemId, (system) =>
        beating(async (): Promise<StreamPart> => {
          const position = await streamPosition(db, order.systemId, order.stream);
          if (position?.runId === order.runId && position.done) return { pages: 0 };
          const start = startOf(position, order);
          // the rest of a listing that an earlier run began: that run saw the first part, so this one cannot say what is gone
          const partial = start !== null && position?.runId !== order.runId && position?.done === false;
          const wentBroken = activityInfo().attempt > 1;
          const hashing = (await isAnybodyErased(db)) ? keys : undefined;
          let more = false;
          const pull = async function* (): AsyncGenerator<PreparedPull> {
            const pulled = system.pull(order.stream, start);
            for await (const page of preparedPages(pulled, order.systemId, { policy: privacyPolicies?.consent, keys: hashing })) {
              more = wentBroken && order.inParts === true && !page.last;
              yield partial ? { ...page, complete: false } : page;
              if (more) return;
            }
          };
          let pages = 0;
          for await (const _ of storedPages({ db, keys, now }, order, pull())) pages += 1;
          return more ? { pages, more } : { pages };
        }),
      ),

    /** Reads what is kept aside of one stream anew: from what is kept where that says enough, else by listing the stream again. */
    replayStream: async ({ runId, systemId, stream }: Omit<StreamOrder, 'mode'>): Promise<'done' | 'read-whole'> =>
      await withSystem(systemId, (system) =>
        beating(() =>
          replayKept({ db, keys, now, ...(privacyPolicies && { privacyPolicies }) }, system, { runId, systemId, stream }),
        ),
      ),

    /** Ends the run. The first end stands. */
    endSync: async ({
      runId,
      state,
      errorCode,
    }: {
      readonly runId: string;
      readonly state: 'done' | 'failed';
      readonly errorCode: string | null;
    }) => {
      await endSyncRun(db, runId, state, errorCode);
    },
  };
};

export type SyncActivities = ReturnType<typeof syncActivities>;
