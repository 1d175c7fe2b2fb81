import type { PairDecision } from '../../domain/identity/resolve.ts';
import type { MembershipChange } from '../../store/write/membership.ts';

/** A cluster as it was written: its client, and the client that each record had before. */
export interface WrittenCluster {
  readonly clientId: string;
  /** Its records were parted from another client. */
  readonly parted: boolean;
  readonly members: readonly { readonly recordId: string; readonly before: string | null }[];
}

/** A pair by record ids; the evidence as the engine gave it. */
export type RecordPair = Pick<PairDecision, 'one' | 'other' | 'outcome' | 'rule' | 'weight' | 'evidence'>;

interface Why {
  readonly withRecordId: string;
  readonly rule: string;
  readonly evidence: unknown;
}

type PairsOf = ReadonlyMap<string, readonly RecordPair[]>;

/** The decisions by record, in the order in which they were tried: the strongest first. */
export function pairsByRecord(pairs: readonly RecordPair[]): PairsOf {
  const byRecord = new Map<string, RecordPair[]>();
  for (const pair of pairs) {
    for (const id of [pair.one, pair.other]) {
      const known = byRecord.get(id);
      if (known === undefined) byRecord.set(id, [pair]);
      else known.push(pair);
    }
  }
  return byRecord;
}

/** The first pair that ties the record to, or keeps it from, one of `others`. */
function why(recordId: string, others: ReadonlySet<string>, pairs: PairsOf, same: boolean): Why | undefined {
  for (const { one, other, outcome, rule, evidence } of pairs.get(recordId) ?? []) {
    const against = one === recordId ? other : one;
    if ((outcome === 'same') === same && others.has(against)) return { withRecordId: against, rule, evidence };
  }
  return undefined;
}

/**
 * What became of each record whose client changed, with the strongest evidence for it. The founding of a client by one record is no
 * change that needs telling.
 * @param decisionOf the decision by hand on a pair of records, if there is one
 */
export function membershipChanges(
  clusters: readonly WrittenCluster[],
  left: readonly { readonly recordId: string; readonly before: string }[],
  pairs: PairsOf,
  decisionOf: (one: string, other: string) => string | undefined,
): MembershipChange[] {
  const formerly = new Map<string, string[]>();
  for (const { recordId, before } of clusters.flatMap(({ members }) => members)) {
    if (before !== null) formerly.set(before, [...(formerly.get(before) ?? []), recordId]);
  }
  const changes = clusters.flatMap(({ clientId, parted, members }) =>
    members
      .filter(({ before }) => before !== clientId && (before !== null || members.length > 1))
      .map(({ recordId, before }): MembershipChange => {
        const mine = new Set(members.map((member) => member.recordId));
        const others =
          parted && before !== null
            ? new Set((formerly.get(before) ?? []).filter((id) => !mine.has(id)))
            : new Set(members.filter((member) => before === null || member.before !== before).map((member) => member.recordId));
        const found = why(recordId, others, pairs, !parted);
        return {
          recordId,
          from: before,
          to: clientId,
          cause: parted ? 'parted' : 'joined',
          withRecordId: found?.withRecordId ?? null,
          rule: found?.rule ?? null,
          evidence: found?.evidence ?? null,
          decisionId: found === undefined ? null : (decisionOf(recordId, found.withRecordId) ?? null),
        };
      }),
  );
  const gone = left.map(
    ({ recordId, before }): MembershipChange => ({
      recordId,
      from: before,
      to: null,
      cause: 'left',
      withRecordId: null,
      rule: 'deleted-at-source',
      evidence: null,
      decisionId: null,
    }),
  );
  return [...changes, ...gone];
}
