import { contradicts, decideCompanies, decidePeople, type Outcome, type Verdict } from './decide.ts';
import { type Evidence, evidenceOf, type IsShared } from './evidence.ts';
import { type MatchRecord, matchKeys } from './match-record.ts';
import { sharedIdentifiers } from './shared-identifiers.ts';

/** What a person decided of two records; it survives every re-run. */
export interface Constraint {
  readonly one: string;
  readonly other: string;
  readonly kind: 'must-link' | 'cannot-link';
}

/** One compared pair, smaller key first. */
export interface PairDecision {
  readonly one: string;
  readonly other: string;
  readonly outcome: Outcome;
  readonly rule: string;
  readonly evidence: Evidence | undefined;
}

export interface Resolution {
  /** Every record is in exactly one; members and clusters are in key order. */
  readonly clusters: readonly (readonly string[])[];
  /** Pairs that share a key; those that are plainly different only when they had something in common. */
  readonly decisions: readonly PairDecision[];
}

export interface ResolutionPolicy {
  /** A key that more records share says nothing of any of them. */
  readonly largestBlock: number;
}

export const defaultPolicy: ResolutionPolicy = { largestBlock: 50 };

const pairKey = (one: string, other: string): string => (one < other ? `${one}\n${other}` : `${other}\n${one}`);

/** Pairs that share a key of a block that is not too large, in key order. */
function candidatePairs(records: readonly MatchRecord[], largestBlock: number): (readonly [MatchRecord, MatchRecord])[] {
  const blocks = new Map<string, MatchRecord[]>();
  for (const record of records) {
    for (const { kind, text } of matchKeys(record)) {
      const block = blocks.get(`${kind}:${text}`);
      if (block === undefined) blocks.set(`${kind}:${text}`, [record]);
      else block.push(record);
    }
  }
  const pairs = new Map<string, readonly [MatchRecord, MatchRecord]>();
  for (const block of blocks.values()) {
    if (block.length > largestBlock) continue;
    for (const [place, one] of block.entries()) {
      for (const other of block.slice(place + 1)) {
        if (one.kind === other.kind) pairs.set(pairKey(one.key, other.key), one.key < other.key ? [one, other] : [other, one]);
      }
    }
  }
  return [...pairs].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, pair]) => pair);
}

interface Edge extends Verdict {
  readonly one: MatchRecord;
  readonly other: MatchRecord;
  readonly evidence: Evidence | undefined;
}

/** Clusters that grow only while no member contradicts another. */
class Clusters {
  readonly #of = new Map<string, MatchRecord[]>();
  readonly #mayJoin: (one: MatchRecord, other: MatchRecord) => boolean;

  constructor(records: readonly MatchRecord[], mayJoin: (one: MatchRecord, other: MatchRecord) => boolean) {
    this.#mayJoin = mayJoin;
    for (const record of records) this.#of.set(record.key, [record]);
  }

  /** Joins the clusters of two records; false when some member of one contradicts some member of the other. */
  join(one: MatchRecord, other: MatchRecord): boolean {
    const first = this.#of.get(one.key) ?? [one];
    const second = this.#of.get(other.key) ?? [other];
    if (first === second) return true;
    if (!first.every((member) => second.every((candidate) => this.#mayJoin(member, candidate)))) return false;
    first.push(...second);
    for (const member of second) this.#of.set(member.key, first);
    return true;
  }

  all(): string[][] {
    return [...new Set(this.#of.values())]
      .map((members) => members.map(({ key }) => key).sort())
      .sort((one, other) => ((one[0] ?? '') < (other[0] ?? '') ? -1 : 1));
  }
}

/**
 * Decides which records are one client. The result depends on the set of records, constraints and policy only, never on their order
 * (rule 2); no cluster holds two members that contradict each other, so that no chain over a bridge record can join them.
 * @param records n >= 0, keys unique; the whole neighbourhood: all records that share a key with one of them
 * Cost: O(n log n) plus the pairs inside blocks of at most `largestBlock`.
 */
export function resolve(
  records: readonly MatchRecord[],
  constraints: readonly Constraint[] = [],
  policy: ResolutionPolicy = defaultPolicy,
): Resolution {
  const inOrder = [...records].sort((one, other) => (one.key < other.key ? -1 : 1));
  const byKey = new Map(inOrder.map((record) => [record.key, record]));
  const isShared = sharedIdentifiers(inOrder, policy.largestBlock);
  const apart = new Set(constraints.filter(({ kind }) => kind === 'cannot-link').map(({ one, other }) => pairKey(one, other)));
  const together = constraints
    .filter(({ kind }) => kind === 'must-link')
    .map(({ one, other }) => pairKey(one, other))
    .sort();
  const linked = new Set(together);

  const edges = candidatePairs(inOrder, policy.largestBlock).map(([one, other]): Edge => {
    const evidence = evidenceOf(one, other, isShared);
    const decided = one.kind === 'company' ? decideCompanies(evidence) : decidePeople(evidence);
    return {
      one,
      other,
      evidence,
      ...(apart.has(pairKey(one.key, other.key)) ? { outcome: 'different', rule: 'cannot-link', strength: 0 } : decided),
    };
  });
  const clusters = new Clusters(inOrder, (one, other) => mayJoin(one, other, apart, linked, isShared));
  const forced = together.flatMap((pair) => {
    const [one, other] = pair.split('\n').map((key) => byKey.get(key));
    return one && other ? [{ one, other, evidence: undefined, outcome: 'same' as const, rule: 'must-link', strength: 1000 }] : [];
  });
  const decisions = [...forced, ...edges.sort((a, b) => b.strength - a.strength)].map(
    ({ one, other, outcome, rule, evidence }): PairDecision => {
      const joined = outcome === 'same' && clusters.join(one, other);
      const held = outcome === 'same' && !joined;
      return {
        one: one.key,
        other: other.key,
        outcome: held ? 'review' : outcome,
        rule: held ? `${rule}-held-by-conflict` : rule,
        evidence,
      };
    },
  );
  return { clusters: clusters.all(), decisions };
}

/** Two members may be in one cluster unless they contradict each other; what a person linked may. */
function mayJoin(
  one: MatchRecord,
  other: MatchRecord,
  apart: ReadonlySet<string>,
  linked: ReadonlySet<string>,
  isShared: IsShared,
): boolean {
  const pair = pairKey(one.key, other.key);
  if (one.kind !== other.kind || apart.has(pair)) return false;
  return linked.has(pair) || !contradicts(evidenceOf(one, other, isShared));
}
