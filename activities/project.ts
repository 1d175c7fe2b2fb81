import type { Analytics } from '../analytics/clickhouse.ts';
import { heldByMonth, heldTotals } from '../analytics/release.ts';
import { dropOtherEpochs, ensureTables } from '../analytics/tables.ts';
import type { Db } from '../store/database.ts';
import { analyticsEpoch, clientTotals, eventTotals } from '../store/read/projection.ts';
import { beginEpoch, endRebuild } from '../store/write/projection-rebuild.ts';
import { beginProjection, claimProjection, endClaim, unsureVersions } from '../store/write/projection.ts';
import type { Deps } from './deps.ts';
import { beside, projectEvents, projectQueuedClients } from './project-queues.ts';

/** Whether ClickHouse holds what PostgreSQL says it should; counts only. */
export interface Verification {
  readonly same: boolean;
  readonly epoch: number;
  readonly rebuilding: boolean;
  /** Changes that are still on their way; they explain a difference. */
  readonly waiting: number;
  readonly clients: { readonly expected: number; readonly held: number };
  readonly months: readonly {
    readonly month: string;
    readonly expected: number;
    readonly held: number;
    readonly sameAmount: boolean;
  }[];
}

/** The tables of other epochs go, and months may be released again. Within a projection's turn, so that none is begun meanwhile. */
async function endEpoch(analytics: Analytics, tx: Db, epoch: number): Promise<void> {
  await dropOtherEpochs(analytics, epoch);
  await endRebuild(tx, epoch);
}

/** Pseudonyms older than this are replaced after a release. */
const epochDays = 365;

/** Activities of `projectAnalytics`, `rebuildAnalytics` and `verifyAnalytics`. */
export const projectActivities = ({ db, analytics, keys, now }: Deps) => ({
  /**
   * Brings queued events and clients to ClickHouse, some batches of the first and up to `limit` of the second; 0 when both queues are
   * empty. They leave the queue in the transaction that ends after ClickHouse took them: a crash in between projects them again as a newer
   * version, which changes nothing.
   */
  projectBatch: async ({ limit }: { readonly limit: number }): Promise<{ readonly projected: number }> => {
    const claim = await db.transaction((tx) => claimProjection(tx));
    return await db.transaction(async (tx) => {
      const { epoch, rebuilding } = await beginProjection(tx);
      const unsure = await unsureVersions(tx);
      await ensureTables(analytics, epoch);
      const turn = { tx, limit, stamp: { epoch, today: now(), unsure } };
      const taken = await beside(async (lane) => {
        const events = await projectEvents({ analytics, keys }, turn, lane);
        return { events, clients: await projectQueuedClients({ analytics, keys }, turn, lane) };
      });
      const { drained } = taken.events;
      await endClaim(tx, claim, unsure, drained);
      // a rebuild ends with its queues, whoever drained them
      if (rebuilding && drained && taken.clients < limit) await endEpoch(analytics, tx, epoch);
      return { projected: taken.events.taken + taken.clients };
    });
  },

  /** Starts the next epoch: empty tables, everything queued. */
  startEpoch: async (): Promise<{ readonly epoch: number }> => {
    const epoch = await db.transaction((tx) => beginEpoch(tx));
    await ensureTables(analytics, epoch);
    return { epoch };
  },

  /** Ends a rebuild whose queue was drained, where the last batch has not; one that was overtaken by another rebuild ends nothing. */
  finishEpoch: async ({ epoch }: { readonly epoch: number }): Promise<void> => {
    await db.transaction(async (tx) => {
      const turn = await beginProjection(tx);
      if (turn.epoch === epoch) await endEpoch(analytics, tx, epoch);
    });
  },

  /** Whether the pseudonyms are due to be replaced. */
  epochIsOld: async (): Promise<boolean> => {
    const { startedAt } = await analyticsEpoch(db);
    return now().getTime() - new Date(startedAt).getTime() > epochDays * 86_400_000;
  },

  /** Compares ClickHouse with PostgreSQL, client by count and event by month, count and amount. */
  compareTotals: async (): Promise<Verification> => {
    const { number: epoch, state } = await analyticsEpoch(db);
    await ensureTables(analytics, epoch);
    const [expected, { clients, waiting }] = await Promise.all([eventTotals(db), clientTotals(db)]);
    const held = new Map((await heldByMonth(analytics, epoch)).map((month) => [month.month, month]));
    const names = [...new Set([...expected.map(({ month }) => month), ...held.keys()])].sort();
    const months = names.map((month) => {
      const wanted = expected.find((one) => one.month === month);
      const found = held.get(month);
      return {
        month: month.slice(0, 7),
        expected: Number(wanted?.events ?? 0),
        held: Number(found?.events ?? 0),
        sameAmount: (wanted?.amountCents ?? '0') === (found?.amountCents ?? '0'),
      };
    });
    const heldClients = Number((await heldTotals(analytics, epoch, [])).clients);
    const same = months.every((one) => one.expected === one.held && one.sameAmount) && heldClients === Number(clients);
    return {
      same,
      epoch,
      rebuilding: state === 'rebuilding',
      waiting: Number(waiting),
      clients: { expected: Number(clients), held: heldClients },
      months,
    };
  },
});

export type ProjectActivities = ReturnType<typeof projectActivities>;
