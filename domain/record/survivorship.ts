import type { FieldSurvivorship, SurvivorshipPolicy } from '../../schemas/types.ts';
import policyFile from './survivorship-policy.json' with { type: 'json' };

/** One record's say on one field. */
export interface Candidate {
  readonly sourceRecordId: string;
  readonly linkedSystemId: string;
  readonly value: unknown;
  /** When the source says the record changed; ISO 8601 UTC. */
  readonly at: string | null;
  /** The smaller wins. */
  readonly sourceRank: number;
  /** Checked against a document, or by its own check digits. */
  readonly verified?: boolean;
}

/** How the value of a field is chosen when records disagree. `tie`: no rule told them apart, the order of the texts did. */
export type SurvivorshipRule = FieldSurvivorship['rules'][number] | 'tie';

/** A golden value with where it comes from, by which rule it won, and what lost. */
export interface GoldenValue {
  readonly field: string;
  readonly value: unknown;
  readonly rule: SurvivorshipRule;
  readonly from: Candidate;
  readonly losing: readonly Candidate[];
}

/** The policy that ships with Ficha. */
export const survivorshipPolicy = policyFile as SurvivorshipPolicy; // its test checks the file against its schema

/** How much a value says: its letters and accents; a text that is not all capitals says a little more. */
function sizeOf(value: unknown): number {
  if (typeof value !== 'string') return JSON.stringify(value).length;
  return value.normalize('NFD').length + (value === value.toUpperCase() ? 0 : 0.5);
}

const textOf = (value: unknown): string => JSON.stringify(value);
const compareText = (one: string, other: string): number => Number(one > other) - Number(one < other);

type Compare = (one: Candidate, other: Candidate) => number;

/** Every rule as an order: negative when the first wins. */
function comparisons(candidates: readonly Candidate[], systems: readonly string[]): Readonly<Record<SurvivorshipRule, Compare>> {
  const uses = new Map<string, number>();
  for (const { value } of candidates) uses.set(textOf(value), (uses.get(textOf(value)) ?? 0) + 1);
  const placeOf = ({ linkedSystemId }: Candidate): number => {
    const place = systems.indexOf(linkedSystemId);
    return place === -1 ? systems.length : place;
  };
  return {
    'source-rank': (one, other) => placeOf(one) - placeOf(other) || one.sourceRank - other.sourceRank,
    'most-recent': (one, other) => compareText(other.at ?? '', one.at ?? ''),
    verified: (one, other) => Number(other.verified ?? false) - Number(one.verified ?? false),
    'most-complete': (one, other) => sizeOf(other.value) - sizeOf(one.value),
    'most-frequent': (one, other) => (uses.get(textOf(other.value)) ?? 0) - (uses.get(textOf(one.value)) ?? 0),
    union: () => 0,
    tie: (one, other) =>
      compareText(textOf(one.value), textOf(other.value)) || Number(BigInt(one.sourceRecordId) - BigInt(other.sourceRecordId)),
  };
}

const sameValue = (one: unknown, other: unknown): boolean => textOf(one) === textOf(other);

/** All values of the lists, each once, in the order of who wins. */
function union(ordered: readonly Candidate[]): unknown[] {
  const values = ordered.flatMap(({ value }) => (Array.isArray(value) ? (value as unknown[]) : [value]));
  return [...new Map(values.map((value) => [textOf(value), value])).values()];
}

/** The golden value of a field that one record has: most clients have one record. */
function undisputed(field: string, from: Candidate, rules: readonly SurvivorshipRule[]): GoldenValue {
  const value = rules.includes('union') ? union([from]) : from.value;
  return { field, value, rule: rules.includes('union') ? 'union' : (rules[0] ?? 'tie'), from, losing: [] };
}

/**
 * The golden value of one field from what its records say. The rules of the field are tried in order, then rank and time; ties end at
 * the record id, so that the same records always give the same value. `rule` is the one that told the winner from the best that lost.
 * @param candidates n >= 1
 */
export function survivor(
  field: string,
  candidates: readonly Candidate[],
  policy: SurvivorshipPolicy = survivorshipPolicy,
): GoldenValue | undefined {
  const { rules, systems = [] } = policy.fields[field] ?? policy.default;
  const [only, ...rest] = candidates;
  if (only !== undefined && rest.length === 0) return undisputed(field, only, rules);
  const order = comparisons(candidates, systems);
  const tried: readonly SurvivorshipRule[] = [...new Set<SurvivorshipRule>([...rules, 'source-rank', 'most-recent', 'tie'])];
  const decides = (one: Candidate, other: Candidate) => tried.find((rule) => order[rule](one, other) !== 0);
  const ordered = [...candidates].sort((one, other) => order[decides(one, other) ?? 'tie'](one, other));
  const [first, ...others] = ordered;
  if (first === undefined) return undefined;
  if (rules.includes('union')) return { field, value: union(ordered), rule: 'union', from: first, losing: [] };
  const losing = others.filter((other) => !sameValue(other.value, first.value));
  const [best] = losing;
  const rule = (best === undefined ? rules[0] : decides(first, best)) ?? 'tie';
  return { field, value: first.value, rule, from: first, losing };
}
