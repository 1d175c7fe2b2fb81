import type { CumulativeMetric, RatioMetric, ReleasedMetric } from '../../schemas/types.ts';
import { FichaError } from '../record/error.ts';
import { type Catalog, dimensionSetsOf } from './catalog.ts';
import { halfWidth } from './discrete-laplace.ts';
import { isMonth, type Month, monthsFrom } from './month.ts';
import type { PublishedCell } from './publish-table.ts';

/** A question about one metric. Picking cells by declared values is the only filter there is. */
export interface MetricQuestion {
  readonly name: string;
  readonly from: Month;
  readonly to: Month;
  readonly by: readonly string[];
  /** Values to keep, by dimension; its dimensions belong to the table that is read. */
  readonly filter: ReadonlyMap<string, readonly string[]>;
}

/** A published figure and its place in the ledger. */
export type LedgerCell = PublishedCell & { readonly metric: string; readonly month: Month };

/** A figure for analysts: in 95 of 100 cases the true, bounded figure lies from `low` to `high`. All null where nothing is shown. */
export interface AnsweredCell {
  readonly month: Month;
  readonly kind: 'cell' | 'other';
  readonly cell: readonly string[];
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

/** What must be read of the ledger to answer. */
export interface Reading {
  readonly metrics: readonly string[];
  readonly dimensions: readonly string[];
  readonly from: Month;
  readonly to: Month;
}

const mostMonths = 36;

const refused = (say: string): FichaError => new FichaError('metric-question-refused', say);

/**
 * Which released cells answer the question.
 * @throws FichaError `metric-question-refused` naming what is there instead
 */
export function readingFor(catalog: Catalog, { name, from, to, by, filter }: MetricQuestion): Reading {
  const declared = catalog.metrics.get(name);
  if (declared === undefined) throw refused(`there is no metric ${name}; there are: ${[...catalog.metrics.keys()].join(', ')}`);
  for (const month of [from, to]) if (!isMonth(month)) throw refused('`from` and `to` are months such as 2026-03');
  const months = monthsFrom(from, to).length;
  if (months < 1 || months > mostMonths) throw refused(`\`to\` lies 0 to ${mostMonths - 1} months after \`from\``);
  const dimensions = [...new Set([...by, ...filter.keys()])].sort();
  const sets = dimensionSetsOf(catalog, name);
  if (!sets.some((set) => set.join() === dimensions.join())) {
    const list = sets.map((set) => (set.length === 0 ? 'nothing' : set.join(' and '))).join('; ');
    throw refused(
      `${name} is not published by ${dimensions.join(' and ')}. It is published by: ${list}. More tables would leave more noise in each`,
    );
  }
  switch (declared.kind) {
    case 'released':
      return { metrics: [name], dimensions, from, to };
    case 'ratio':
      return { metrics: [declared.of, declared.per], dimensions, from, to };
    case 'cumulative':
      return { metrics: [declared.of], dimensions, from: `${from.slice(0, 4)}-01`, to };
  }
}

const nothing = { value: null, low: null, high: null } as const;

type Place = Pick<LedgerCell, 'month' | 'kind' | 'cell'>;
const placeOf = ({ month, kind, cell }: Place): Place => ({ month, kind, cell });
const keyOf = ({ month, kind, cell }: Place): string => `${month}|${kind}|${cell.join('|')}`;

const figure = (value: number, scale: number, divisor: number) => {
  const half = halfWidth(scale);
  return {
    value: Math.max(0, value) / divisor,
    low: Math.max(0, value - half) / divisor,
    high: Math.max(0, value + half) / divisor,
  };
};

const answerReleased = (cells: readonly LedgerCell[], { divisor = 1 }: ReleasedMetric): AnsweredCell[] =>
  cells.map(({ month, kind, cell, value, scale }) => {
    const { value: shown, low, high } = value === null ? nothing : figure(value, scale, divisor);
    return { month, kind, cell, value: shown, low, high };
  });

/** Both parts lie in their own interval in 97.5 of 100 cases, so both at once in 95. */
const partShare = 0.975;

function divided(of: LedgerCell, per: LedgerCell, factor: number): Pick<AnsweredCell, 'value' | 'low' | 'high'> {
  if (of.value === null || per.value === null) return nothing;
  const [ofHalf, perHalf] = [halfWidth(of.scale, partShare), halfWidth(per.scale, partShare)];
  if (per.value - perHalf <= 0) return nothing;
  return {
    value: (Math.max(0, of.value) / per.value) * factor,
    low: (Math.max(0, of.value - ofHalf) / (per.value + perHalf)) * factor,
    high: (Math.max(0, of.value + ofHalf) / (per.value - perHalf)) * factor,
  };
}

function answerRatio(catalog: Catalog, cells: readonly LedgerCell[], declared: RatioMetric): AnsweredCell[] {
  const divisorOf = (name: string): number => {
    const part = catalog.metrics.get(name);
    return part?.kind === 'released' ? (part.divisor ?? 1) : 1;
  };
  const factor = ((declared.times ?? 1) * divisorOf(declared.per)) / divisorOf(declared.of);
  const per = new Map(cells.filter(({ metric }) => metric === declared.per).map((cell) => [keyOf(cell), cell]));
  return cells
    .filter(({ metric, kind }) => metric === declared.of && kind === 'cell')
    .flatMap((of) => {
      const divisor = per.get(keyOf(of));
      return divisor === undefined ? [] : [{ ...placeOf(of), ...divided(of, divisor, factor) }];
    });
}

function answerCumulative(catalog: Catalog, cells: readonly LedgerCell[], from: Month, { of }: CumulativeMetric): AnsweredCell[] {
  const declared = catalog.metrics.get(of);
  const divisor = declared?.kind === 'released' ? (declared.divisor ?? 1) : 1;
  const known = new Map(cells.map((cell) => [keyOf(cell), cell]));
  return cells
    .filter(({ month, kind }) => month >= from && kind === 'cell')
    .map((last) => {
      const months = monthsFrom(`${last.month.slice(0, 4)}-01`, last.month);
      const parts = months.map((month) => known.get(keyOf({ ...last, month })));
      const values = parts.flatMap((part) => part?.value ?? []);
      if (values.length < months.length) return { ...placeOf(last), ...nothing };
      const sum = values.reduce((all, value) => all + value, 0);
      return { ...placeOf(last), ...figure(sum, Math.hypot(...parts.map((part) => part?.scale ?? 0)), divisor) };
    });
}

/**
 * The answer, from released cells only. A ratio needs both parts, a sum since January every month of it; where one is not shown, or too
 * uncertain to divide by, nothing is.
 * @param cells of the ledger, as `readingFor` asks for them
 */
export function answerMetric(catalog: Catalog, question: MetricQuestion, cells: readonly LedgerCell[]): readonly AnsweredCell[] {
  const declared = catalog.metrics.get(question.name);
  const { dimensions } = readingFor(catalog, question);
  const kept = dimensions.map((name) => question.filter.get(name));
  const picked =
    question.filter.size === 0
      ? cells
      : cells.filter(
          ({ kind, cell }) =>
            kind === 'cell' && kept.every((values, place) => values === undefined || values.includes(cell[place] ?? '')),
        );
  switch (declared?.kind) {
    case undefined:
      return [];
    case 'released':
      return answerReleased(picked, declared);
    case 'ratio':
      return answerRatio(catalog, picked, declared);
    case 'cumulative':
      return answerCumulative(catalog, picked, question.from, declared);
  }
}
