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

/**
 * Brings queued events to ClickHouse, batch by batch: PostgreSQL reads one while ClickHouse takes the one before. After a batch that was
 * killed one is enough, for ClickHouse is asked about each event.
 * @returns entries of the queue, of all batches and of the last one, which was not full when nothing is left
 */
export async function projectEvents({ analytics, keys }: Where, { tx, limit, stamp }: Turn, lane: Lane) {
  const taken = { all: 0, last: limit };
  for (let batch = 0; batch < (stamp.unsure ? 1 : batchesATurn) && taken.last === limit; batch += 1) {
    const version = await projectionVersion(tx);
    const events = await takeProjections(tx, limit);
    taken.last = events?.taken ?? 0;
    taken.all += taken.last;
    if (events !== undefined) await lane(() => projectRecords(analytics, keys, ownCatalog(), events, { ...stamp, version }));
  }
  return taken;
}

/** Brings up to `limit` queued clients to ClickHouse. @returns entries of the queue */
export async function projectQueuedClients({ analytics, keys }: Where, { tx, limit, stamp }: Turn, lane: Lane): Promise<number> {
  const version = await projectionVersion(tx);
  const { taken, clients } = await takeClientProjections(tx, limit);
  await lane(() => projectClients(analytics, keys, ownCatalog(), clients, { ...stamp, version }));
  await noteProjectedClients(tx, clients);
  return taken;
}
