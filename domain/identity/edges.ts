import type { CompanyEvidence } from './companies.ts';
import { type Edge, ofCompanies } from './comparison.ts';
import type { Outcome } from './decide.ts';
import { type Evidence, evidenceOfPattern } from './evidence.ts';
import { GrowingInts } from './growing-ints.ts';

/** What is decided of a pair. */
interface Said {
  readonly outcome: Outcome;
  readonly rule: string;
  readonly isCircumstantial: boolean;
}

/**
 * Compared pairs, and what is decided of them, in columns: a million records have millions of them, and an object for each would take five
 * times the room.
 */
export class Edges {
  readonly #one = new GrowingInts();
  readonly #other = new GrowingInts();
  /** Of two people: see `patternOf`. */
  readonly #pattern = new GrowingInts();
  #weight = new Float64Array(1024);
  /** Numbers of `#verdicts`. */
  readonly #said = new GrowingInts();
  readonly #verdicts: Said[] = [];
  readonly #verdictNumbers = new Map<string, number>();
  readonly #ofCompanies = new Map<number, CompanyEvidence>();
  readonly #ofPatterns = new Map<number, Evidence>();

  get length(): number {
    return this.#one.length;
  }

  #numberOf(said: Said): number {
    const { outcome, rule, isCircumstantial } = said;
    const name = `${outcome} ${rule} ${isCircumstantial ? 1 : 0}`;
    const known = this.#verdictNumbers.get(name);
    if (known !== undefined) return known;
    const number = this.#verdicts.push({ outcome, rule, isCircumstantial }) - 1;
    this.#verdictNumbers.set(name, number);
    return number;
  }

  /** @param pattern of two people, or `ofCompanies` */
  add(edge: Edge, pattern: number): void {
    const { one, other, weight } = edge;
    const at = this.length;
    if (at === this.#weight.length) {
      const larger = new Float64Array(at * 2);
      larger.set(this.#weight);
      this.#weight = larger;
    }
    this.#one.push(one);
    this.#other.push(other);
    this.#weight[at] = weight;
    this.#said.push(this.#numberOf(edge));
    this.#pattern.push(pattern);
    if (pattern === ofCompanies) this.#ofCompanies.set(at, edge.evidence as CompanyEvidence); // what `Comparison` gives of two companies
  }

  /** The edge at a place, as it stands now. */
  at(place: number): Edge {
    const said = this.#verdicts[this.#said.all()[place] ?? 0] as Said; // each edge was added with its own
    return {
      one: this.#one.all()[place] ?? 0,
      other: this.#other.all()[place] ?? 0,
      weight: this.#weight[place] ?? 0,
      evidence: this.#evidenceAt(place),
      ...said,
    };
  }

  #evidenceAt(place: number): Edge['evidence'] {
    const pattern = this.#pattern.all()[place] ?? ofCompanies;
    if (pattern === ofCompanies) return this.#ofCompanies.get(place);
    const known = this.#ofPatterns.get(pattern);
    if (known !== undefined) return known;
    const evidence = evidenceOfPattern(pattern);
    this.#ofPatterns.set(pattern, evidence);
    return evidence;
  }

  /** Notes what became of an edge. */
  settle(place: number, outcome: Outcome, rule: string): void {
    this.#said.all()[place] = this.#numberOf({ outcome, rule, isCircumstantial: false });
  }

  /** Places from the strongest edge on; at equal weight in the order of the records, so that their order of arrival does not matter. */
  byWeight(): Int32Array {
    const [one, other, weight] = [this.#one.all(), this.#other.all(), this.#weight];
    const places = new Int32Array(this.length);
    for (let at = 0; at < places.length; at += 1) places[at] = at;
    return places.sort(
      (a, b) => (weight[b] ?? 0) - (weight[a] ?? 0) || (one[a] ?? 0) - (one[b] ?? 0) || (other[a] ?? 0) - (other[b] ?? 0),
    );
  }
}
