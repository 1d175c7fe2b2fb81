/** Precision, recall and their harmonic mean; 1 where nothing could be wrong. */
export interface Score {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

/** How right clusters are, against a key. */
export interface Accuracy {
  readonly records: number;
  readonly clusters: number;
  readonly truePairs: number;
  readonly foundPairs: number;
  readonly rightPairs: number;
  readonly pairwise: Score;
  readonly bCubed: Score;
  /** Clusters that hold records of two or more clients. */
  readonly mixedClusters: number;
}

const ratio = (part: number, whole: number): number => (whole === 0 ? 1 : part / whole);

const score = (precision: number, recall: number): Score => ({
  precision,
  recall,
  f1: precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall),
});

const pairsOf = (size: number): number => (size * (size - 1)) / 2;

/**
 * Pairwise and B-cubed figures of a clustering.
 * A pair is two records of one cluster. B-cubed asks of each record which share of its cluster is its own client's (precision), and which
 * share of its client is in its cluster (recall), and takes the mean over the records.
 * With `of`, only those records are asked: pairs in which at least one takes part, and the mean over them alone.
 * @param found cluster of each record @param truth client of each record, same order
 * Cost: O(n).
 * @see Bagga, Baldwin: Entity-based cross-document coreferencing using the vector space model, COLING 1998 (B-cubed)
 */
export function accuracyOf(found: readonly string[], truth: readonly string[], of?: (place: number) => boolean): Accuracy {
  const inFound = new Map<string, { all: number; asked: number }>();
  const inTruth = new Map<string, { all: number; asked: number }>();
  const inBoth = new Map<string, { all: number; asked: number }>();
  const clientsIn = new Map<string, string | null>();
  const add = (counts: typeof inFound, key: string, asked: boolean): void => {
    const count = counts.get(key);
    if (count === undefined) counts.set(key, { all: 1, asked: asked ? 1 : 0 });
    else {
      count.all += 1;
      if (asked) count.asked += 1;
    }
  };
  const both = (place: number): string => `${found[place]}\n${truth[place]}`;
  for (const [place, cluster] of found.entries()) {
    const asked = of?.(place) ?? true;
    const client = truth[place] ?? '';
    add(inFound, cluster, asked);
    add(inTruth, client, asked);
    add(inBoth, both(place), asked);
    const known = clientsIn.get(cluster);
    if (known === undefined) clientsIn.set(cluster, client);
    else if (known !== client) clientsIn.set(cluster, null);
  }
  // pairs with at least one asked record: all pairs, less those among the others
  const pairs = (counts: typeof inFound): number =>
    [...counts.values()].reduce((sum, { all, asked }) => sum + pairsOf(all) - pairsOf(all - asked), 0);
  let records = 0;
  let precision = 0;
  let recall = 0;
  const seen = new Set<string>();
  for (const [place, cluster] of found.entries()) {
    if (of !== undefined && !of(place)) continue;
    records += 1;
    seen.add(cluster);
    const common = inBoth.get(both(place))?.all ?? 0;
    precision += common / (inFound.get(cluster)?.all ?? 1);
    recall += common / (inTruth.get(truth[place] ?? '')?.all ?? 1);
  }
  const [foundPairs, truePairs, rightPairs] = [pairs(inFound), pairs(inTruth), pairs(inBoth)];
  return {
    records,
    clusters: seen.size,
    truePairs,
    foundPairs,
    rightPairs,
    pairwise: score(ratio(rightPairs, foundPairs), ratio(rightPairs, truePairs)),
    bCubed: score(ratio(precision, records), ratio(recall, records)),
    mixedClusters: [...seen].filter((cluster) => clientsIn.get(cluster) === null).length,
  };
}
