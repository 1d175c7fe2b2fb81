import type { ComparedPair } from './clusters.ts';
import { type CompanyEvidence, companiesContradict, companyEvidenceOf, decideCompanies } from './companies.ts';
import { contradicts, datesDiffer, decidePeople, type Verdict } from './decide.ts';
import { type Evidence, evidenceOf, evidenceOfPattern, type IsShared, patternOf } from './evidence.ts';
import { likelihoods, type MatchModel, type Relation, weightOfLikely } from './match-model.ts';
import type { MatchRecord } from './match-record.ts';

/** What a person decided of two records; it survives every re-run. */
export interface Constraint {
  readonly one: string;
  readonly other: string;
  readonly kind: 'must-link' | 'cannot-link';
}

/** A compared pair of records, by their places, and what is decided of it by itself. */
export interface Edge extends Verdict {
  readonly one: number;
  readonly other: number;
  readonly evidence: Evidence | CompanyEvidence | undefined;
}

export const pairKey = (one: string, other: string): string => (one < other ? `${one}\n${other}` : `${other}\n${one}`);

/** Stands for the pattern of two companies. */
export const ofCompanies = -1;

interface Weighed {
  readonly evidence: Evidence;
  readonly likely: Readonly<Record<Relation, number>>;
  /** Where the name is as common as usual. */
  readonly weight: number;
}

/** Compares and weighs records by their places; knows what is shared, what people decided, and the model. */
export class Comparison {
  readonly #records: readonly MatchRecord[];
  readonly #isShared: IsShared;
  readonly #apart: ReadonlySet<string>;
  readonly #linked: ReadonlySet<string>;
  readonly #model: MatchModel;
  readonly #weighed = new Map<number, Weighed>();
  readonly #timesUsual: Float64Array;

  constructor(records: readonly MatchRecord[], isShared: IsShared, constraints: readonly Constraint[], model: MatchModel) {
    this.#records = records;
    this.#isShared = isShared;
    this.#model = model;
    const said = (wanted: Constraint['kind']) =>
      new Set(constraints.filter(({ kind }) => kind === wanted).map(({ one, other }) => pairKey(one, other)));
    this.#apart = said('cannot-link');
    this.#linked = said('must-link');
    const { names } = model;
    this.#timesUsual = Float64Array.from(records, ({ name }) =>
      names === undefined ? 1 : (names.counts.get(name?.sorted ?? '') ?? 1) / names.usual,
    );
  }

  #at(place: number): MatchRecord {
    const record = this.#records[place];
    if (record === undefined) throw new RangeError(`no record at place ${place}`);
    return record;
  }

  /** Evidence and weight of a pattern; there are few patterns and many pairs. */
  #weighedPattern(pattern: number): Weighed {
    const known = this.#weighed.get(pattern);
    if (known !== undefined) return known;
    const evidence = evidenceOfPattern(pattern);
    const likely = likelihoods(evidence, this.#model);
    const weighed = { evidence, likely, weight: weightOfLikely(evidence, likely, 1) };
    this.#weighed.set(pattern, weighed);
    return weighed;
  }

  /** What is decided of a pair by its own evidence and what people said. @param pattern of two people, or `ofCompanies` */
  edge(one: number, other: number, pattern: number): Edge {
    const edge = pattern === ofCompanies ? this.#companies(one, other) : this.#people(one, other, pattern);
    return this.#isSaid(this.#apart, one, other) ? { ...edge, outcome: 'different', rule: 'cannot-link' } : edge;
  }

  #companies(one: number, other: number): Edge {
    const evidence = companyEvidenceOf(this.#at(one), this.#at(other), this.#isShared);
    return { one, other, evidence, ...decideCompanies(evidence) };
  }

  #people(one: number, other: number, pattern: number): Edge {
    const { evidence, likely, weight } = this.#weighedPattern(pattern);
    const times = Math.max(this.#timesUsual[one] ?? 1, this.#timesUsual[other] ?? 1);
    const exact = times === 1 ? weight : weightOfLikely(evidence, likely, times);
    const verdict = decidePeople(evidence, exact, this.#model);
    const { outcome, rule, isCircumstantial } = verdict;
    return { one, other, evidence, outcome, rule, weight: verdict.weight, isCircumstantial };
  }

  #isSaid(said: ReadonlySet<string>, one: number, other: number): boolean {
    return said.size > 0 && said.has(pairKey(this.#at(one).key, this.#at(other).key));
  }

  /** What a pair says of its clusters. */
  pair = (one: number, other: number): ComparedPair => {
    const [first, second] = [this.#at(one), this.#at(other)];
    const isApart = first.kind !== second.kind || this.#isSaid(this.#apart, one, other);
    const isLinked = !isApart && this.#isSaid(this.#linked, one, other);
    const none = { isLinked, weight: 0, contradictsAlone: false, contradictsInCluster: false, differ: [], agree: [] };
    if (isApart || isLinked) return { ...none, isApart };
    if (first.kind === 'company')
      return { ...none, isApart: companiesContradict(companyEvidenceOf(first, second, this.#isShared)) };
    const { evidence, weight } = this.#weighedPattern(patternOf(evidenceOf(first, second, this.#isShared)));
    const { given, family, birth, taxId } = evidence;
    const may = this.#model;
    return {
      weight,
      isLinked,
      isApart: taxId === 'conflict' || (taxId === 'differ' && !may.outvotesTaxIds),
      contradictsAlone: contradicts(evidence, weight, { isAlone: true, may }),
      contradictsInCluster: contradicts(evidence, weight, { isAlone: !may.outvotesDates, may }),
      differ: [given === 'differ', family === 'differ', datesDiffer(evidence)],
      agree: [
        given === 'equal' || given === 'variant',
        family === 'equal' || family === 'variant',
        birth === 'equal' || birth === 'swapped',
      ],
    };
  };
}
