import { sql } from '../store/database.ts';
import { writeRecords } from '../test/support/identity-scene.ts';
import type { PersonRow } from './people-generator.ts';
import { incomingPerson, type ResolveDatabase } from './resolve-database.ts';

const batchSize = 2_000;
/** Batches at once, as the workflow runs them. */
const lanes = 2;
/** So many batches wait at most for the lanes. */
const ahead = 2;

/** The next `count` people, or fewer when there are no more: a million at once would be half a gigabyte. */
export function nextPeople(people: Iterator<PersonRow>, count: number): PersonRow[] {
  const taken: PersonRow[] = [];
  while (taken.length < count) {
    const { value, done } = people.next();
    if (done === true) break;
    taken.push(value);
  }
  return taken;
}

/** Tells everybody who waits that something was done. */
class Signal {
  #waiting: (() => void)[] = [];

  readonly given = (): Promise<void> => new Promise((done) => this.#waiting.push(done));

  give(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const done of waiting) done();
  }
}

/** What deciding came to. */
export interface Decided {
  /** Records written and decided in a second. */
  readonly rate: number;
  /** Milliseconds of processor a record. */
  readonly worker: number;
  readonly postgres: number;
}

const megabytes = (): number => Math.round(process.memoryUsage().rss / 1_048_576);

/** Writes `size` people as syncs do, a batch whenever fewer than two wait, while lanes resolve what is there. */
export async function resolveInLanes(
  { db, resolveOne, processor }: ResolveDatabase,
  people: Iterator<PersonRow>,
  size: number,
  say: (line: string) => void,
): Promise<Decided> {
  let written = 0;
  const [began, before] = [performance.now(), await processor()];
  const [wrote, resolved] = [new Signal(), new Signal()];
  const waiting = async (): Promise<number> =>
    (await db.query<{ readonly n: number }>(sql`select count(*)::int as n from resolution_queue`)).rows[0]?.n ?? 0;
  const rate = (): number => Math.round(written / ((performance.now() - began) / 1_000));
  const write = async (): Promise<void> => {
    while (written < size) {
      const batch = nextPeople(people, Math.min(batchSize, size - written)).map(incomingPerson);
      await db.transaction((tx) => writeRecords(tx, batch));
      written += batch.length;
      wrote.give();
      if (written === batchSize * 2 || written === batchSize * 11) await db.query(sql`analyze`); // as autovacuum does by itself
      for (let done = resolved.given(); (await waiting()) >= batchSize * ahead; done = resolved.given()) await done;
      if (written % (batchSize * 10) === 0) say(`${written} written, ${rate()} records/s so far, ${megabytes()} MB`);
    }
  };
  const resolve = async (): Promise<void> => {
    for (;;) {
      const more = wrote.given();
      const isLast = written >= size;
      const taken = await resolveOne(batchSize);
      if (taken > 0) resolved.give();
      else if (isLast) return;
      else await more;
    }
  };
  await Promise.all([write(), ...Array.from({ length: lanes }, resolve)]);
  const [speed, after] = [rate(), await processor()];
  return {
    rate: speed,
    worker: (after.worker - before.worker) / size,
    postgres: (after.postgres - before.postgres) / size,
  };
}
