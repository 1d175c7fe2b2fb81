/** One record's say on one field. */
export interface Candidate {
  readonly sourceRecordId: string;
  readonly linkedSystemId: string;
  readonly value: unknown;
  /** When the source says the record changed; ISO 8601 UTC. */
  readonly at: string | null;
  /** The smaller wins. */
  readonly sourceRank: number;
}

/** How the value of a field is chosen when records disagree. */
export type SurvivorshipRule = 'source-rank' | 'most-recent' | 'most-complete' | 'union';

/** A golden value with where it comes from, by which rule, and what lost. */
export interface GoldenValue {
  readonly field: string;
  readonly value: unknown;
  readonly rule: SurvivorshipRule;
  readonly from: Candidate;
  readonly losing: readonly Candidate[];
}

/** Which rule holds for which field; what is not named goes by source rank. */
export const defaultSurvivorship: Readonly<Record<string, SurvivorshipRule>> = {
  emails: 'union',
  phones: 'union',
  addresses: 'union',
  givenName: 'most-complete',
  familyName: 'most-complete',
  fullName: 'most-complete',
  companyName: 'most-complete',
  language: 'most-recent',
  role: 'most-recent',
};

/** How much a value says: its letters and accents; a text that is not all capitals says a little more. */
function sizeOf(value: unknown): number {
  if (typeof value !== 'string') return JSON.stringify(value).length;
  return value.normalize('NFD').length + (value === value.toUpperCase() ? 0 : 0.5);
}

/** The order in which candidates win; ties end at the record id, so that the same records always give the same value. */
function better(rule: SurvivorshipRule, one: Candidate, other: Candidate): number {
  const byRank = one.sourceRank - other.sourceRank;
  const byTime = (other.at ?? '').localeCompare(one.at ?? '', 'en');
  const bySize = sizeOf(other.value) - sizeOf(one.value);
  const byText = JSON.stringify(one.value).localeCompare(JSON.stringify(other.value), 'en');
  const last = Number(BigInt(one.sourceRecordId) - BigInt(other.sourceRecordId));
  switch (rule) {
    case 'most-recent':
      return byTime || byRank || byText || last;
    case 'most-complete':
      return bySize || byRank || byTime || byText || last;
    case 'source-rank':
    case 'union':
      return byRank || byTime || byText || last;
  }
}

const sameValue = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/** All values of the lists, each once, in the order of who wins. */
function union(ordered: readonly Candidate[]): unknown[] {
  const values = ordered.flatMap(({ value }) => (Array.isArray(value) ? (value as unknown[]) : [value]));
  return values.filter((value, place) => values.findIndex((other) => sameValue(other, value)) === place);
}

/** The golden value of one field from what its records say. @param candidates n >= 1 */
export function survivor(field: string, candidates: readonly Candidate[], rules = defaultSurvivorship): GoldenValue | undefined {
  const rule = rules[field] ?? 'source-rank';
  const ordered = [...candidates].sort((one, other) => better(rule, one, other));
  const [first, ...others] = ordered;
  if (first === undefined) return undefined;
  const value = rule === 'union' ? union(ordered) : first.value;
  const losing = rule === 'union' ? [] : others.filter((other) => !sameValue(other.value, value));
  return { field, value, rule, from: first, losing };
}
