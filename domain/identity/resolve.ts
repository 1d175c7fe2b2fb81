import { anyTwo } from './any-two.ts';
import { type CandidatePairs, candidatePairs, type EachKey } from './candidate-pairs.ts';
import { Clusters, resemblesFrom } from './clusters.ts';
import type { CompanyEvidence } from './companies.ts';
import { Comparison, type Constraint, type Edge, ofCompanies, pairKey } from './comparison.ts';
import type { Outcome } from './decide.ts';
import { Edges } from './edges.ts';
import { type Evidence, evidenceOf, type IsShared, patternOf } from './evidence.ts';
import { learnModel } from './learn-model.ts';
import { type BlockLimits, forEachMatchKey } from './match-keys.ts';
import { type MatchModel, type NameCounts, shippedModel } from './match-model.ts';
import type { MatchRecord } from './match-record.ts';
import { sharedIdentifiers } from './shared-identifiers.ts';

/** One compared pair, smaller key first. */
export interface PairDecision {
  readonly one: string;
  readonly other: string;
  readonly outcome: Outcome;
  readonly rule: string;
  /** Match weight in bits; see `matchWeight`. Of a must-link: null. */
  readonly weight: number | null;
  readonly evidence: Evidence | CompanyEvidence | undefined;
}

export interface Resolution {
  /** Every record is in exactly one; members and clusters are in key order. */
  readonly clusters: readonly (readonly string[])[];
  /** Pairs that share a key; those that are plainly different only when they resemble or share an identifier. */
  readonly decisions: Iterable<PairDecision>;
  /** Comparisons that were not made, because too many records share the key. */
  readonly skipped: number;
}

/** A key that more records share than its limit leads to none of them. */
export type ResolutionPolicy = BlockLimits;

/** So many of one name are enough: with the shipped shares more of them change no decision, and each would cost every new one a comparison. */
export const defaultPolicy: ResolutionPolicy = { largestBlock: 50, largestBroadBlock: 12 };

/** Shares are learnt from what is compared: namesakes and neighbours must be among it. */
export const learningPolicy: ResolutionPolicy = { largestBlock: 50, largestBroadBlock: 50 };

export interface ResolutionMeans {
  /** When left out `defaultPolicy`, or `learningPolicy` where the model is learnt. */
  readonly policy?: ResolutionPolicy;
  /** The shipped one when left out; `learn`: from these records, without labels. */
  readonly model?: MatchModel | 'learn';
  /** Keys of a record that lead somewhere, where they are known already; else all of its keys. */
  readonly keysOf?: (record: MatchRecord) => Iterable<string>;
}

/** Keys that are known already, or all of a record. */
const eachKeyOf = (keysOf: ResolutionMeans['keysOf']): EachKey<MatchRecord> =>
  keysOf === undefined
    ? forEachMatchKey
    : (record, take) => {
        for (const key of keysOf(record)) take('', key);
      };

/**
 * How many people carry each name, as far as can be seen before they are resolved: one for each birth year that it stands with. Records
 * would count a person with ten of them as ten.
 */
function namesCounted(records: readonly MatchRecord[]): NameCounts {
  const years = new Map<string, string | Set<string> | undefined>(); // most names stand with one year or none
  for (const { name, birthDate } of records) {
    if (name === undefined) continue;
    const year = birthDate?.slice(0, 4);
    const known = years.get(name.sorted);
    if (known === undefined) years.set(name.sorted, year);
    else if (year === undefined || year === known) continue;
    else if (typeof known === 'string') years.set(name.sorted, new Set([known, year]));
    else known.add(year);
  }
  const counts = new Map<string, number>();
  for (const [name, known] of years) counts.set(name, typeof known === 'object' ? known.size : 1);
  let logs = 0;
  let named = 0;
  for (const { name } of records) {
    if (name === undefined) continue;
    logs += Math.log(counts.get(name.sorted) ?? 1);
    named += 1;
  }
  return { counts, usual: Math.exp(logs / Math.max(1, named)) };
}

const isIdentified = ({ taxId, email, phone }: Evidence | CompanyEvidence): boolean =>
  taxId === 'equal' || taxId === 'typed' || email === 'own' || email === 'ownMade' || phone === 'own';

const byKey = (records: readonly MatchRecord[]) => [...records].sort((one, other) => (one.key < other.key ? -1 : 1));

/** Whether a pair is worth keeping: it decides, it resembles, or it has something in common that somebody may ask about. */
const isTelling = ({ outcome, weight, evidence }: Edge): boolean =>
  outcome !== 'different' || weight >= resemblesFrom || (evidence !== undefined && isIdentified(evidence));

/**
 * Decides which records are one client. The result depends on the set of records, constraints, model and policy only, never on their
 * order (rule 2); evidence is weighed for whole clusters, so that no chain over a bridge record joins two that contradict each other.
 * @param records n >= 0, keys unique; all that can touch each other
 * Cost: O(n log n) plus the pairs inside blocks of at most `largestBlock`.
 */
export function resolve(
  records: readonly MatchRecord[],
  constraints: readonly Constraint[] = [],
  means: ResolutionMeans = {},
): Resolution {
  const inOrder = byKey(records);
  const { comparison, edges, skipped } = compared(inOrder, constraints, means);
  const clusters = new Clusters(inOrder.length, comparison.pair);
  const order = edges.byWeight();
  for (const place of order) {
    const { one, other, outcome, rule, weight } = edges.at(place);
    if (outcome !== 'different' || (rule === 'not-enough' && weight >= resemblesFrom)) clusters.note(one, other, weight);
  }
  const linked = linkedByHand(constraints, inOrder).map((edge) => ({ ...edge, ...settled(edge, clusters) }));
  for (const place of order) {
    const edge = edges.at(place);
    if (edge.outcome !== 'same') continue;
    const { outcome, rule } = settled(edge, clusters);
    edges.settle(place, outcome, rule);
  }
  return {
    clusters: clusters.all().map((members) => members.map((place) => inOrder[place]?.key ?? '')),
    decisions: new Decisions(inOrder, linked, edges, order),
    skipped,
  };
}

/** The decisions, the strongest first, each made when it is asked for: a million records have millions. */
class Decisions implements Iterable<PairDecision> {
  readonly #records: readonly MatchRecord[];
  readonly #linked: readonly Edge[];
  readonly #edges: Edges;
  readonly #order: Int32Array;

  constructor(records: readonly MatchRecord[], linked: readonly Edge[], edges: Edges, order: Int32Array) {
    this.#records = records;
    this.#linked = linked;
    this.#edges = edges;
    this.#order = order;
  }

  *[Symbol.iterator](): Generator<PairDecision> {
    for (const edge of this.#linked) yield this.#decision(edge);
    for (const place of this.#order) yield this.#decision(this.#edges.at(place));
  }

  #decision({ one, other, outcome, rule, weight, evidence }: Edge): PairDecision {
    return {
      one: this.#records[one]?.key ?? '',
      other: this.#records[other]?.key ?? '',
      outcome,
      rule,
      weight: Number.isFinite(weight) ? Math.round(weight * 100) / 100 : null,
      evidence,
    };
  }
}

/** Compares the records; pairs and patterns, of which there are many, are let go at its end. */
function compared(
  records: readonly MatchRecord[],
  constraints: readonly Constraint[],
  { model = shippedModel, policy = model === 'learn' ? learningPolicy : defaultPolicy, keysOf }: ResolutionMeans,
): { readonly comparison: Comparison; readonly edges: Edges; readonly skipped: number } {
  const isShared = sharedIdentifiers(records, policy.largestBlock);
  const pairs = candidatePairs(records, eachKeyOf(keysOf), policy);
  const patterns = patternsOf(records, pairs, isShared);
  const used = model === 'learn' ? learnModel(tally(patterns), anyTwo(records, isShared), namesCounted(records)) : model;
  const comparison = new Comparison(records, isShared, constraints, used);
  const edges = new Edges();
  for (const [at, pattern] of patterns.entries()) {
    if (pattern === notCompared) continue;
    const edge = comparison.edge(pairs.one[at] ?? 0, pairs.other[at] ?? 0, pattern);
    if (isTelling(edge)) edges.add(edge, pattern);
  }
  return { comparison, edges, skipped: pairs.skipped };
}

/** A person and a company. */
const notCompared = -2;

/** Compares every pair once. */
function patternsOf(records: readonly MatchRecord[], pairs: CandidatePairs, isShared: IsShared): Int32Array {
  const patterns = new Int32Array(pairs.count).fill(notCompared);
  for (let at = 0; at < pairs.count; at += 1) {
    const [one, other] = [records[pairs.one[at] ?? 0], records[pairs.other[at] ?? 0]];
    if (one === undefined || other === undefined || one.kind !== other.kind) continue;
    patterns[at] = one.kind === 'company' ? ofCompanies : patternOf(evidenceOf(one, other, isShared));
  }
  return patterns;
}

function tally(patterns: Int32Array): Map<number, number> {
  const counts = new Map<number, number>();
  for (const pattern of patterns) if (pattern >= 0) counts.set(pattern, (counts.get(pattern) ?? 0) + 1);
  return counts;
}

/**
 * Learns the model of these records, without labels, as `resolve` with `learn` does. Resolving them with it gives the same in any order
 * and in any batches.
 * Cost: that of comparing all candidate pairs once.
 */
export function learnFrom(records: readonly MatchRecord[], policy: ResolutionPolicy = learningPolicy): MatchModel {
  const inOrder = byKey(records);
  const isShared = sharedIdentifiers(inOrder, policy.largestBlock);
  const patterns = patternsOf(inOrder, candidatePairs(inOrder, forEachMatchKey, policy), isShared);
  return learnModel(tally(patterns), anyTwo(inOrder, isShared), namesCounted(inOrder));
}

/** What a person linked is joined before anything else. */
function linkedByHand(constraints: readonly Constraint[], records: readonly MatchRecord[]): Edge[] {
  if (constraints.length === 0) return [];
  const placeOf = new Map(records.map(({ key }, place) => [key, place]));
  const linked = constraints.filter(({ kind }) => kind === 'must-link').map(({ one, other }) => pairKey(one, other));
  return linked.sort().flatMap((pair) => {
    const [one, other] = pair.split('\n').map((key) => placeOf.get(key));
    if (one === undefined || other === undefined) return [];
    return [{ one, other, evidence: undefined, outcome: 'same', rule: 'must-link', weight: Infinity, isCircumstantial: false }];
  });
}

/** Joins what is to be joined, and says what became of the pair. @param edge of the outcome `same` */
function settled(
  { one, other, rule, weight, isCircumstantial }: Edge,
  clusters: Clusters,
): { readonly outcome: Outcome; readonly rule: string } {
  if (isCircumstantial && !clusters.areOne(one, other) && clusters.isDoubtful(one, other, weight))
    return { outcome: 'review', rule: `${rule}-held-by-doubt` };
  return clusters.join(one, other) ? { outcome: 'same', rule } : { outcome: 'review', rule: `${rule}-held-by-conflict` };
}
