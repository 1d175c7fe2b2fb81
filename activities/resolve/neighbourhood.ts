import { resemblesFrom } from '../../domain/identity/clusters.ts';
import { evidenceOf } from '../../domain/identity/evidence.ts';
import { matchWeight, shippedModel } from '../../domain/identity/match-model.ts';
import type { MatchRecord } from '../../domain/identity/match-record.ts';
import type { Db } from '../../store/database.ts';
import { candidatesOf, decidedTogether } from '../../store/read/match.ts';

/** The living ones of some records, ready to be compared, by their ids. */
type Load = (ids: readonly string[]) => Promise<ReadonlyMap<string, MatchRecord>>;

/** Whether two people can resemble each other at all: what several people share is taken for one's own here, so that nobody is missed. */
function mayResemble(one: MatchRecord | undefined, other: MatchRecord | undefined): boolean {
  if (one === undefined || other === undefined || one.kind !== other.kind) return false;
  return (
    one.kind === 'company' ||
    matchWeight(
      evidenceOf(one, other, () => false),
      shippedModel,
    ) >= resemblesFrom
  );
}

/** Those that share an identifier with what changed, and those that resemble it. */
async function touchedBy(tx: Db, changed: readonly string[], largestBlock: number, load: Load): Promise<string[]> {
  const candidates = await candidatesOf(tx, changed, largestBlock);
  const records = await load([...new Set(candidates.flatMap(({ of, id, byIdentifier }) => (byIdentifier ? [] : [of, id])))]);
  return candidates.flatMap(({ of, id, byIdentifier }) =>
    byIdentifier || mayResemble(records.get(of), records.get(id)) ? [id] : [],
  );
}

/**
 * Adds to `known` everything that a decision about `changed` can touch: what shares an identifier with them or resembles them, and what is
 * decided together with that, over common clients, links made by hand and pairs that resemble each other. What merely shares a key is not
 * touched: their pair says what it said.
 */
export async function explore(
  tx: Db,
  changed: readonly string[],
  known: Set<string>,
  largestBlock: number,
  load: Load,
): Promise<void> {
  const touched = [...changed, ...(await touchedBy(tx, changed, largestBlock, load))];
  let frontier = [...new Set(touched)].filter((id) => !known.has(id));
  while (frontier.length > 0) {
    for (const id of frontier) known.add(id);
    frontier = (await decidedTogether(tx, frontier, resemblesFrom)).filter((id) => !known.has(id));
  }
}
