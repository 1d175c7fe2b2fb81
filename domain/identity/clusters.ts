import { Resemblances } from './resemblances.ts';

/** What is known of two records, by their places. */
export interface ComparedPair {
  readonly weight: number;
  /** Never one client: a person said so, two valid tax ids, two kinds of client. */
  readonly isApart: boolean;
  /** A person said that they are one client: no evidence counts against it. */
  readonly isLinked: boolean;
  readonly contradictsAlone: boolean;
  readonly contradictsInCluster: boolean;
  /** Fields of the contradiction that differ, and fields that agree beyond a typo: given name, family name, birth date. */
  readonly differ: readonly boolean[];
  readonly agree: readonly boolean[];
}

/** So many of the pairs between two clusters may contradict each other, if the rest outvotes them. */
const mostContradictions = 0.26;
/** Mean weight of all pairs between two clusters that outvotes a contradiction of few. */
const outvotes = 1;
const clearPair = 8;
/** How much weaker, in bits, another client's evidence may be and still leave doubt whose a record is. */
const doubtWithin = 5;
/** From this weight on, in bits, a pair that does not contradict itself may be a reason for doubt. */
export const resemblesFrom = -2;

/** Clusters of places that grow only while their evidence as a whole does not speak against it. */
export class Clusters {
  readonly #of: number[][];
  readonly #compare: (one: number, other: number) => ComparedPair;
  readonly #resemblances: Resemblances;

  constructor(count: number, compare: (one: number, other: number) => ComparedPair) {
    this.#of = Array.from({ length: count }, (_, place) => [place]);
    this.#compare = compare;
    this.#resemblances = new Resemblances(count);
  }

  /** Notes that two records resemble each other; see `isDoubtful`. */
  note(one: number, other: number, weight: number): void {
    this.#resemblances.add(one, other, weight);
    this.#resemblances.add(other, one, weight);
  }

  of(place: number): readonly number[] {
    return this.#of[place] ?? [place];
  }

  /** Joins the clusters of two records; false when their evidence as a whole contradicts it. */
  join(one: number, other: number): boolean {
    const [first, second] = [this.#of[one] ?? [one], this.#of[other] ?? [other]];
    if (first === second) return true;
    if (this.#contradict(first, second)) return false;
    const [larger, smaller] = first.length >= second.length ? [first, second] : [second, first];
    larger.push(...smaller);
    for (const member of smaller) this.#of[member] = larger;
    return true;
  }

  /**
   * Whether two clusters contradict each other. What one member contradicts, another of its cluster may explain: the same client was met
   * with that name or date before. What nobody explains is outvoted only by the evidence of many other members, never by a bridge record
   * that says nothing of it (design, rule 1).
   */
  #contradict(first: readonly number[], second: readonly number[]): boolean {
    const [differ, agree] = [
      [0, 0, 0],
      [0, 0, 0],
    ];
    let contradictions = 0;
    let weight = 0;
    const pairs = first.length * second.length;
    for (const one of first) {
      for (const other of second) {
        const pair = this.#compare(one, other);
        if (pair.isLinked) continue;
        if (pair.isApart) return true;
        weight += Math.max(-clearPair, Math.min(clearPair, pair.weight));
        const contradicts = pairs === 1 ? pair.contradictsAlone : pair.contradictsInCluster;
        if (contradicts) contradictions += 1;
        for (const field of differ.keys()) {
          if (contradicts && pair.differ[field] === true) differ[field] = (differ[field] ?? 0) + 1;
          if (pair.agree[field] === true) agree[field] = (agree[field] ?? 0) + 1;
        }
      }
    }
    if (contradictions === 0) return false;
    const isExplained = pairs > 1 && differ.every((count, field) => count === 0 || (agree[field] ?? 0) > 0);
    if (isExplained) return false;
    return contradictions > mostContradictions * pairs || weight / pairs < outvotes;
  }

  /** Whether a third client, that cannot be both, resembles one of the two nearly as much: parent and child of one name, say. */
  isDoubtful(one: number, other: number, weight: number): boolean {
    const [first, second] = [this.of(one), this.of(other)];
    const both = first === second ? first : [...first, ...second];
    for (const member of both) {
      for (const alike of this.#resemblances.of(member, weight - doubtWithin)) {
        const rival = this.of(alike);
        if (rival === first || rival === second) continue;
        if (this.#contradict(rival, both)) return true;
      }
    }
    return false;
  }

  /** All clusters, each in the order of its places, and in the order of their first. */
  all(): number[][] {
    return [...new Set(this.#of)]
      .map((members) => members.toSorted((one, other) => one - other))
      .sort(([one = 0], [other = 0]) => one - other);
  }
}
