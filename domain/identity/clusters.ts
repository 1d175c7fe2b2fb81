import { Resemblances } from './resemblances.ts';

/** What is known of two records, by their places. */
export interface ComparedPair {
  readonly weight: number;
  /** Never one client: a person said so, two valid tax ids or two that are no slip of each other, two kinds of client. */
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

const none = -1;

/** Clusters of places that grow only while their evidence as a whole does not speak against it. */
export class Clusters {
  /** The first member of each record's cluster. */
  readonly #first: Int32Array;
  /** Who stands behind each record in its cluster; `none` behind the last. */
  readonly #next: Int32Array;
  /** By first member: the last, and how many there are. */
  readonly #last: Int32Array;
  readonly #size: Int32Array;
  readonly #compare: (one: number, other: number) => ComparedPair;
  readonly #resemblances: Resemblances;

  constructor(count: number, compare: (one: number, other: number) => ComparedPair) {
    this.#first = Int32Array.from({ length: count }, (_, place) => place);
    this.#last = this.#first.slice();
    this.#next = new Int32Array(count).fill(none);
    this.#size = new Int32Array(count).fill(1);
    this.#compare = compare;
    this.#resemblances = new Resemblances(count);
  }

  /** Notes that two records resemble each other; see `isDoubtful`. */
  note(one: number, other: number, weight: number): void {
    this.#resemblances.add(one, other, weight);
    this.#resemblances.add(other, one, weight);
  }

  #firstOf(place: number): number {
    return this.#first[place] ?? place;
  }

  /** The members of a cluster, by its first, in the order in which they came. */
  #membersOf(first: number): number[] {
    const members: number[] = [];
    for (let member = first; member !== none; member = this.#next[member] ?? none) members.push(member);
    return members;
  }

  areOne(one: number, other: number): boolean {
    return this.#firstOf(one) === this.#firstOf(other);
  }

  /** Joins the clusters of two records; false when their evidence as a whole contradicts it. */
  join(one: number, other: number): boolean {
    const [first, second] = [this.#firstOf(one), this.#firstOf(other)];
    if (first === second) return true;
    if (this.#contradict(this.#membersOf(first), this.#membersOf(second))) return false;
    const [sizeOfFirst, sizeOfSecond] = [this.#size[first] ?? 1, this.#size[second] ?? 1];
    const [larger, smaller] = sizeOfFirst >= sizeOfSecond ? [first, second] : [second, first];
    for (const member of this.#membersOf(smaller)) this.#first[member] = larger;
    this.#next[this.#last[larger] ?? larger] = smaller;
    this.#last[larger] = this.#last[smaller] ?? smaller;
    this.#size[larger] = sizeOfFirst + sizeOfSecond;
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

  /**
   * Whether a third client resembles one of the two nearly as much, and can be that one but not both: parent and child of one name, of whom
   * either can be the record that has no birth date. A client that contradicts the one it resembles is no rival for it.
   */
  isDoubtful(one: number, other: number, weight: number): boolean {
    const clusters = [this.#firstOf(one), this.#firstOf(other)].map((first) => ({ first, members: this.#membersOf(first) }));
    const both = clusters.flatMap(({ members }) => members);
    for (const { members } of clusters) {
      for (const member of members) {
        for (const alike of this.#resemblances.of(member, weight - doubtWithin)) {
          const first = this.#firstOf(alike);
          if (clusters.some((cluster) => cluster.first === first)) continue;
          const rival = this.#membersOf(first);
          if (this.#contradict(rival, both) && !this.#contradict(rival, members)) return true;
        }
      }
    }
    return false;
  }

  /** All clusters, each in the order of its places, and in the order of their first. */
  all(): number[][] {
    const clusters: number[][] = [];
    for (const [place, first] of this.#first.entries())
      if (place === first) clusters.push(this.#membersOf(first).sort((one, other) => one - other));
    return clusters.sort(([one = 0], [other = 0]) => one - other);
  }
}
