import { CommandFailed } from '../connection.ts';
import { table } from '../print.ts';
import { type Accuracy, accuracyOf } from './accuracy.ts';
import { cellsOf, csvHeader, csvRows, delimiterOf } from './csv-rows.ts';
import { markedEncoding } from './text-file.ts';

/** How right a result is: as it stands, after a person answered every review rightly, and for each part of the records. */
export interface Evaluation {
  readonly all: Accuracy;
  readonly afterReview: Accuracy;
  /** Pairs of records in doubt. */
  readonly reviewPairs: number;
  /** Questions to a person: one for two clusters, however many pairs of theirs are in doubt, and none that an answer before it settled. */
  readonly reviews: number;
  readonly reviewsPer100Records: number;
  /** Records that only the result or only the key has; they are left out. */
  readonly withoutKey: number;
  readonly withoutResult: number;
  readonly bySystem: Readonly<Record<string, Accuracy>>;
  readonly byLanguage: Readonly<Record<string, Accuracy>>;
}

/** What is known of a resolved record. */
export interface Resolved {
  readonly recordId: string;
  readonly clusterId: string;
  readonly system?: string;
  /** Language of the given name, where one language has it. */
  readonly language?: string;
}

const idNames = ['record_id', 'recordid', 'unique_id', 'rec_id', 'id'];
const clusterNames = ['cluster', 'cluster_id', 'clusterid', 'client', 'entity_id', 'person_id'];

/**
 * Two columns of a CSV file, record to cluster: record_id and cluster, or the first of their common other names.
 * @throws CommandFailed naming file, line and the way out
 */
export async function readKey(path: string): Promise<ReadonlyMap<string, string>> {
  const encoding = markedEncoding(path) ?? 'utf-8';
  const head = await csvHeader(path, encoding);
  if (head === undefined)
    throw new CommandFailed(`file-empty: ${path} has no header. The columns record_id and cluster are expected.`);
  const delimiter = delimiterOf(head);
  const names = cellsOf(head, delimiter).map((name) => name.trim().toLowerCase());
  const [id, cluster] = [idNames, clusterNames].map((known) => known.map((name) => names.indexOf(name)).find((at) => at >= 0));
  if (id === undefined || cluster === undefined)
    throw new CommandFailed(
      `key-columns: ${path} needs the columns record_id and cluster (or ${idNames.slice(2).join(', ')}; cluster_id). Columns: ${names.join(', ')}`,
    );
  const found = new Map<string, string>();
  for await (const batch of csvRows(path, encoding, delimiter, names.length)) {
    for (const { line, cells } of batch) {
      const [recordId, clusterId] = [cells[id]?.trim() ?? '', cells[cluster]?.trim() ?? ''];
      if (recordId === '' || clusterId === '')
        throw new CommandFailed(
          `key-row: ${path}, line ${line}: record_id or cluster is empty. Fill both, or leave the row out.`,
        );
      if (found.has(recordId)) throw new CommandFailed(`key-row: ${path}, line ${line}: this record_id stands there twice.`);
      found.set(recordId, clusterId);
    }
  }
  return found;
}

/** Judges a result by a key. @param reviews pairs of record ids that wait for a person */
export function evaluate(
  resolved: readonly Resolved[],
  key: ReadonlyMap<string, string>,
  reviews: readonly (readonly [string, string])[],
): Evaluation {
  const known = resolved.filter(({ recordId }) => key.has(recordId));
  const truth = known.map(({ recordId }) => key.get(recordId) ?? '');
  const found = known.map(({ clusterId }) => clusterId);
  const part = (name: (one: Resolved) => string | undefined): Readonly<Record<string, Accuracy>> => {
    const names = known.map(name);
    const distinct = [...new Set(names)].filter((one) => one !== undefined).sort();
    return Object.fromEntries(distinct.map((one) => [one, accuracyOf(found, truth, (place) => names[place] === one)]));
  };
  const { clusters, asked } = answered(known, key, reviews);
  return {
    all: accuracyOf(found, truth),
    afterReview: accuracyOf(clusters, truth),
    reviewPairs: reviews.length,
    reviews: asked,
    reviewsPer100Records: resolved.length === 0 ? 0 : (100 * asked) / resolved.length,
    withoutKey: resolved.length - known.length,
    withoutResult: key.size - known.length,
    bySystem: part(({ system }) => system),
    byLanguage: part(({ language }) => language),
  };
}

interface Answered {
  readonly clusters: readonly string[];
  /** How many questions it took. */
  readonly asked: number;
}

const bothOf = (one: string, other: string): string => (one < other ? `${one}\n${other}` : `${other}\n${one}`);

/**
 * Clusters after each review is answered by the key, the strongest first: two that are one client are joined, two that are not are asked
 * of once.
 */
function answered(
  known: readonly Resolved[],
  key: ReadonlyMap<string, string>,
  reviews: readonly (readonly [string, string])[],
): Answered {
  const clusterOf = new Map(known.map(({ recordId, clusterId }) => [recordId, clusterId]));
  const parent = new Map<string, string>();
  const root = (cluster: string): string => {
    let at = cluster;
    for (let up = parent.get(at); up !== undefined; up = parent.get(at)) at = up;
    return at;
  };
  const denied = new Set<string>();
  let asked = 0;
  for (const [one, other] of reviews) {
    const [first, second] = [clusterOf.get(one), clusterOf.get(other)].map((cluster) =>
      cluster === undefined ? undefined : root(cluster),
    );
    if (first === undefined || second === undefined || first === second || denied.has(bothOf(first, second))) continue;
    asked += 1;
    if (key.get(one) !== key.get(other)) denied.add(bothOf(first, second));
    else if (first < second) parent.set(second, first);
    else parent.set(first, second);
  }
  return { clusters: known.map(({ clusterId }) => root(clusterId)), asked };
}

const share = (value: number): string => value.toFixed(4);

/** The evaluation as a table, one line a part. */
export function evaluationLines(evaluation: Evaluation): string[] {
  const row = (name: string, { records, pairwise, bCubed, foundPairs, rightPairs, mixedClusters }: Accuracy): string[] => [
    name,
    `${records}`,
    ...[pairwise.precision, pairwise.recall, pairwise.f1, bCubed.precision, bCubed.recall, bCubed.f1].map(share),
    `${foundPairs - rightPairs}`,
    `${mixedClusters}`,
  ];
  const parts = (what: string, of: Readonly<Record<string, Accuracy>>) =>
    Object.entries(of).map(([name, accuracy]) => row(`${what} ${name}`, accuracy));
  const rows = [
    row('all', evaluation.all),
    row('all, reviews answered', evaluation.afterReview),
    ...parts('system', evaluation.bySystem),
    ...parts('language', evaluation.byLanguage),
  ];
  const left = evaluation.withoutKey + evaluation.withoutResult;
  return [
    ...table(
      ['', 'records', 'pair prec.', 'recall', 'F1', 'B3 prec.', 'recall', 'F1', 'false pairs', 'mixed clusters'],
      rows,
      '',
    ),
    `reviews: ${evaluation.reviews}, ${evaluation.reviewsPer100Records.toFixed(2)} for 100 records (${evaluation.reviewPairs} pairs)`,
    ...(left === 0
      ? []
      : [`left out: ${evaluation.withoutKey} records without key, ${evaluation.withoutResult} of the key without result`]),
  ];
}
