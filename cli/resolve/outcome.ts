import type { PairDecision, Resolution } from '../../domain/identity/resolve.ts';
import { csvCell, type SafeFile } from './safe-file.ts';

/** What a resolution says of each record. */
export interface Outcome {
  /** Cluster of each record: the smallest record id in it, so that it depends on the cluster alone. */
  readonly clusterOf: ReadonlyMap<string, string>;
  readonly clusters: number;
  /** Pairs of different clusters that a person should look at, the strongest first, in whatever way they were found. */
  readonly reviews: readonly PairDecision[];
  readonly underReview: ReadonlySet<string>;
}

const byWeight = (first: PairDecision, second: PairDecision): number =>
  (second.weight ?? 0) - (first.weight ?? 0) ||
  (first.one < second.one ? -1 : first.one > second.one ? 1 : first.other < second.other ? -1 : 1);

export function outcomeOf({ clusters, decisions }: Resolution): Outcome {
  const clusterOf = new Map<string, string>();
  for (const members of clusters) for (const key of members) clusterOf.set(key, members[0] ?? key);
  const reviews: PairDecision[] = [];
  for (const decision of decisions) {
    const { one, other, outcome } = decision;
    if (outcome === 'review' && clusterOf.get(one) !== clusterOf.get(other)) reviews.push(decision);
  }
  reviews.sort(byWeight);
  return {
    clusterOf,
    clusters: clusters.length,
    reviews,
    underReview: new Set(reviews.flatMap(({ one, other }) => [one, other])),
  };
}

/** One line a record, in the order of the input. */
export function writeClusters(file: SafeFile, recordIds: Iterable<string>, { clusterOf, underReview }: Outcome): void {
  file.write('record_id,cluster_id,decision');
  for (const id of recordIds)
    file.write(`${csvCell(id)},${csvCell(clusterOf.get(id) ?? id)},${underReview.has(id) ? 'review' : 'auto'}`);
}

/** One line a pair that waits for a person. */
export function writeReviews(file: SafeFile, { reviews, clusterOf }: Outcome): void {
  file.write('record_id,other_record_id,cluster_id,other_cluster_id,reason');
  for (const { one, other, rule } of reviews)
    file.write([one, other, clusterOf.get(one) ?? one, clusterOf.get(other) ?? other, rule].map(csvCell).join(','));
}

/** One JSON object a compared pair: what agreed, what did not, and what was decided. It holds no value of any field. */
export function writeReasons(file: SafeFile, { decisions }: Resolution, { clusterOf }: Outcome): void {
  for (const decision of decisions)
    file.write(JSON.stringify({ ...decision, together: clusterOf.get(decision.one) === clusterOf.get(decision.other) }));
}
