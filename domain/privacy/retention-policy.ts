import type { RetentionPolicy, RetentionRule } from '../../schemas/types.ts';
import { type Day, monthsLater } from '../record/calendar.ts';
import type { RecordKind } from '../record/source-record.ts';
import policyFile from './retention-policy.json' with { type: 'json' };

/** What a rule needs to know of a record. */
export interface RecordFacts {
  readonly kind: RecordKind;
  readonly saleKind?: string;
  /** When it happened, ISO 8601 UTC. */
  readonly at?: string;
}

/** What will happen to one record, and why. */
export type Verdict =
  | { readonly action: 'delete' | 'anonymise' | 'manual' | 'export' }
  | { readonly action: 'keep-until' | 'block-until'; readonly until: Day; readonly legalBasis: string };

/** The policy that ships with Ficha. */
export const retentionPolicy = policyFile as RetentionPolicy; // its test checks the file against its schema

const fits = (rule: RetentionRule, facts: RecordFacts): boolean =>
  rule.kind === facts.kind &&
  (rule.saleKinds === undefined || rule.saleKinds.some((saleKind) => saleKind === (facts.saleKind ?? 'invoice')));

/** The last day of the year of `at`, and `years` full years more. */
const keptUntil = (at: string, years: number): Day => monthsLater(`${at.slice(0, 4)}-12-31`, years * 12);

/**
 * What an erasure does with one record. The first rule that fits holds. A sale whose kind is not known counts as an invoice;
 * a record that no rule fits, or that must be kept from a date nobody knows, becomes a manual task; one whose time to keep is
 * over is deleted. Blocking a record without a date of its own counts from today.
 * @param country whose law holds; the policy's own when undefined
 * @param today the day of planning
 */
export function verdictOn(facts: RecordFacts, policy: RetentionPolicy, country: string | undefined, today: Day): Verdict {
  const rule = policy.countries[country ?? policy.defaultCountry]?.find((candidate) => fits(candidate, facts));
  if (rule === undefined) return { action: 'manual' };
  const { action, years, legalBasis } = rule;
  if (action !== 'keep-until' && action !== 'block-until') return { action };
  const from = facts.at ?? (action === 'block-until' ? today : undefined);
  if (from === undefined || years === undefined || legalBasis === undefined) return { action: 'manual' };
  const until = keptUntil(from, years);
  return until < today ? { action: 'delete' } : { action, until, legalBasis };
}
