import type { Db } from '../../store/database.ts';
import { neighboursOf } from '../../store/read/match.ts';

/** Adds to `known` everything that a decision about `start` can touch: over shared keys, common clients and links made by hand. */
export async function explore(tx: Db, start: readonly string[], known: Set<string>, largestBlock: number): Promise<void> {
  for (const id of start) known.add(id);
  for (let frontier = [...start]; frontier.length > 0; ) {
    frontier = (await neighboursOf(tx, frontier, largestBlock)).filter((id) => !known.has(id));
    for (const id of frontier) known.add(id);
  }
}
