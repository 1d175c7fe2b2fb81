import type { ResolutionPolicy } from '../../domain/identity/resolve.ts';
import type { Tx } from '../../store/database.ts';
import { replaceDecisions } from '../../store/write/match.ts';
import { setMatchReviews } from '../../store/write/match-reviews.ts';
import type { Waiting } from '../../store/write/resolution-queue.ts';
import { applyClusters, type Changes, type Decided } from './apply-clusters.ts';
import { decideNeighbourhood } from './decide-neighbourhood.ts';
import type { Golden } from './golden.ts';
import { type Blocks, holdNeighbourhood, readBlocks, touchedBy } from './neighbourhood.ts';
import { distinctKeys, type Prepared } from './prepare.ts';
import { RecordsAtHand } from './records-at-hand.ts';

/** By which rules records are decided, and at what time. */
export interface Means {
  readonly policy: ResolutionPolicy;
  readonly golden: Golden;
  readonly now: Date;
}

/** Whether a person is asked about one of these, or was: of records that nobody had decided and that are in no doubt, nobody is. */
const mayBeAsked = ({ records, pairs }: Pick<Decided, 'records' | 'pairs'>): boolean =>
  records.some(({ clientId }) => clientId !== null) || pairs.some(({ outcome }) => outcome === 'review');

/** What became of records: those that were decided, in whole neighbourhoods, and how clients changed. */
export interface DecidedRecords extends Changes {
  readonly ids: ReadonlySet<string>;
}

/**
 * Decides records with all that is decided together with them, as far as no other worker holds a part of it.
 * @param knownOf tells, once they are held, who has the keys of some of them, if nobody can have written any since that was read
 */
export async function decideRecords(
  tx: Tx,
  changed: readonly string[],
  waiting: Waiting,
  { policy, golden, now }: Means,
  knownOf: () => Promise<Prepared | undefined> = async () => undefined,
): Promise<DecidedRecords> {
  const records = new RecordsAtHand(tx);
  let blocks: Blocks = new Map();
  const touchedByHeld = async (held: readonly string[]) => {
    const known = await knownOf();
    const present = held.map((recordId) => ({ recordId, keys: records.keysOf(recordId) }));
    const unknown = present.filter(({ recordId }) => known?.changed.has(recordId) !== true);
    const read = await readBlocks(tx, distinctKeys(unknown), policy);
    blocks = known === undefined ? read : new Map([...known.blocks, ...read]);
    const touched = await touchedBy(present, blocks, policy, records);
    records.keepOnly(held);
    return touched;
  };
  const ids = await holdNeighbourhood(tx, changed, records, touchedByHeld, waiting);
  const settled = changed.filter((id) => ids.has(id));
  if (settled.length === 0) return { ids: new Set(), merges: 0, splits: 0 };
  const decided = await decideNeighbourhood(tx, { ids: [...ids], records, blocks }, policy);
  if (ids.size > 1) replaceDecisions(tx, [...ids], decided.pairs);
  // from here on the others wait until this is committed: words of clients and the audit chain have one end each
  const { clientIds, ...changes } = await applyClusters(tx, { ...decided, changed: new Set(settled) }, golden, now);
  if (mayBeAsked(decided)) setMatchReviews(tx, [...ids], clientIds);
  return { ids, ...changes };
}
