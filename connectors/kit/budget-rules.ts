import { FichaError } from '../../domain/record/error.ts';
import type { RateLimit } from '../../schemas/types.ts';
import type { BudgetRule } from './budget.ts';
import type { Call } from './hooks.ts';
import { filledText } from './template.ts';

/** A rule and the manifest's limit that it comes from. */
export interface CountedRule extends BudgetRule {
  readonly limit: RateLimit;
}

const unitMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function windowRule(limit: RateLimit, text: string, name: string): CountedRule {
  const found = /^(\d+)\/(\d*)([smhd])$/.exec(text);
  if (found === null || Number(found[1]) < 1)
    throw new FichaError('manifest-invalid', 'a rate window is written 10/s, 600/m or 100/10s, and allows one call at least');
  const [, most, count, unit] = found;
  return { name, limit, most: Number(most), windowMs: Number(count === '' ? 1 : count) * (unitMs[unit ?? 's'] ?? 1_000) };
}

/** What the manifest's limits mean for one linked system; a window may name a setting, since plans differ. */
export function budgetRules(limits: readonly RateLimit[], config: Readonly<Record<string, unknown>>): readonly CountedRule[] {
  return limits.flatMap((limit, index) => [
    ...(limit.window === undefined ? [] : [windowRule(limit, filledText(limit.window, { config }), `window-${index}`)]),
    ...(limit.concurrency === undefined ? [] : [{ name: `places-${index}`, limit, most: limit.concurrency }]),
  ]);
}

/** What one call costs of each rule. */
export function costsOf(
  { method, reads, cost = 1 }: Pick<Call, 'method' | 'reads' | 'cost'>,
  rules: readonly CountedRule[],
): number[] {
  const reading = method === 'GET' || reads === true;
  return rules.map(({ limit: { only, credits } }) => {
    if (only !== undefined && (only === 'reads') !== reading) return 0;
    return credits === true ? cost : 1;
  });
}
