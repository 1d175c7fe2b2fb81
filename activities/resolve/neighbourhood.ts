import { resemblesFrom } from '../../domain/identity/clusters.ts';
import type { Db } from '../../store/database.ts';
import { candidatesOf, decidedTogether } from '../../store/read/match.ts';

/**
 * Adds to `known` everything that a decision about `changed` can touch: what shares a key with them, and what is decided together with
 * that, over common clients, links made by hand and pairs that resemble each other. What merely shares a key with an unchanged record is
 * not touched: their pair says what it said.
 */
export async function explore(tx: Db, changed: readonly string[], known: Set<string>, largestBlock: number): Promise<void> {
  const start = [...changed, ...(await candidatesOf(tx, changed, largestBlock))].filter((id) => !known.has(id));
  for (const id of start) known.add(id);
  for (let frontier = start; frontier.length > 0; ) {
    frontier = (await decidedTogether(tx, frontier, resemblesFrom)).filter((id) => !known.has(id));
    for (const id of frontier) known.add(id);
  }
}
