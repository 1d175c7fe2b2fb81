import { ownCatalog } from '../analytics/catalog.ts';
import { type ProjectionStamp, projectClients, projectRecords } from '../analytics/project.ts';
import type { Tx } from '../store/database.ts';
import { noteProjectedClients, projectionVersion, takeClientProjections } from '../store/write/projection.ts';
import { takeProjections } from '../store/write/projection-records.ts';
import type { Deps } from './deps.ts';

/** Does one piece of work after another beside who hands it over. */
type Lane = (work: () => Promise<void>) => Promise<void>;

/**
 * Lets `work` hand over pieces that are done beside it; handing one over waits for the one before. Ends when the last has ended, also
 * when something threw: nothing is still being written then.
 */
export async function beside<T>(work: (lane: Lane) => Promise<T>): Promise<T> {
  let last: Promise<void> = Promise.resolve();
  const lane: Lane = async (piece) => {
    await last;
    last = piece();
    last.catch(() => undefined); // thrown where it is waited for
  };
  try {
    const result = await work(lane);
    await last;
    return result;
  } finally {
    await Promise.allSettled([last]);
  }
}

/** One turn at the queues: its transaction, the most of one batch, and what every batch is written under. */
interface Turn {
  readonly tx: Tx;
  readonly limit: number;
  readonly stamp: Omit<ProjectionStamp, 'version'>;
}

type Where = Pick<Deps, 'analytics' | 'keys'>;

const batchesATurn = 4;

/** A batch writes a part to each month that it touches, which costs as much as tens of thousands of rows: it is large where it may be. */
export const eventsToLimit = 3;

/**
 * Brings queued events to ClickHouse, batch by batch: PostgreSQL reads one while ClickHouse takes the one before. Batches are three times
 * the limit. After one that was killed it is a single batch of the limit, for ClickHouse is asked about each of its events.
 * @returns entries of the queue that were taken, and whether none is left
 */
export async function projectEvents({ analytics, keys }: Where, { tx, limit, stamp }: Turn, lane: Lane) {
  const [size, most] = stamp.unsure.length > 0 ? [limit, limit] : [limit * eventsToLimit, limit * eventsToLimit * batchesATurn];
  for (let all = 0; ; ) {
    const version = await projectionVersion(tx);
    const events = await takeProjections(tx, size);
    const taken = events?.taken ?? 0;
    all += taken;
    if (events !== undefined) await lane(() => projectRecords(analytics, keys, ownCatalog(), events, { ...stamp, version }));
    if (taken < size || all >= most) return { taken: all, drained: taken < size };
  }
}

/** Brings up to `limit` queued clients to ClickHouse. @returns entries of the queue */
export async function projectQueuedClients({ analytics, keys }: Where, { tx, limit, stamp }: Turn, lane: Lane): Promise<number> {
  const version = await projectionVersion(tx);
  const { taken, clients } = await takeClientProjections(tx, limit);
  await lane(() => projectClients(analytics, keys, ownCatalog(), clients, { ...stamp, version }));
  await noteProjectedClients(tx, clients);
  return taken;
}
