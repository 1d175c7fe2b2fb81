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

/** A say with what the rules ask of it, of which the texts are made once. */
interface Weighed {
  readonly said: Candidate;
  readonly text: string;
  /** How many say the same. */
  readonly uses: number;
  /** Where its system stands among those that are preferred for the field. */
  readonly place: number;
}

function weighed(candidates: readonly Candidate[], systems: readonly string[]): Weighed[] {
  const texts = candidates.map(({ value }) => textOf(value));
  return candidates.map((said, at) => {
    const text = texts[at] ?? '';
    const place = systems.indexOf(said.linkedSystemId);
    const uses = texts.filter((other) => other === text).length;
    return { said, text, uses, place: place === -1 ? systems.length : place };
  });
}

type Compare = (one: Weighed, other: Weighed) => number;

/** Every rule as an order: negative when the first wins. */
const orders: Readonly<Record<SurvivorshipRule, Compare>> = {
  'source-rank': (one, other) => one.place - other.place || one.said.sourceRank - other.said.sourceRank,
  'most-recent': (one, other) => compareText(other.said.at ?? '', one.said.at ?? ''),
  verified: (one, other) => Number(other.said.verified ?? false) - Number(one.said.verified ?? false),
  'most-complete': (one, other) => sizeOf(other.said.value) - sizeOf(one.said.value),
  'most-frequent': (one, other) => other.uses - one.uses,
  union: () => 0,
  tie: (one, other) =>
    compareText(one.text, other.text) || Number(BigInt(one.said.sourceRecordId) - BigInt(other.said.sourceRecordId)),
};

/** The first of the rules that tells two apart. */
const deciding = (tried: readonly SurvivorshipRule[], one: Weighed, other: Weighed): SurvivorshipRule | undefined =>
  tried.find((rule) => orders[rule](one, other) !== 0);

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
  const tried: readonly SurvivorshipRule[] = [...rules, 'source-rank', 'most-recent', 'tie'];
  const ordered = weighed(candidates, systems).sort((one, other) => orders[deciding(tried, one, other) ?? 'tie'](one, other));
  const [first, ...others] = ordered;
  if (first === undefined) return undefined;
  const from = first.said;
  if (rules.includes('union')) return { field, value: union(ordered.map(({ said }) => said)), rule: 'union', from, losing: [] };
  const losing = others.filter(({ text }) => text !== first.text);
  const [best] = losing;
  const rule = (best === undefined ? rules[0] : deciding(tried, first, best)) ?? 'tie';
  return { field, value: from.value, rule, from, losing: losing.map(({ said }) => said) };
}
