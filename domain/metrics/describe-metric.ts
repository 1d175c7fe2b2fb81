import { type Catalog, dimensionSetsOf, micro } from './catalog.ts';
import { halfWidth } from './discrete-laplace.ts';
import { showThreshold } from './publish-table.ts';

/** A metric in words, for the schema, the reference and every answer. */
export interface MetricWords {
  readonly title: string;
  readonly unit: string;
  readonly explanation: string;
}

const rounded = (value: number): string => (value >= 10 ? Math.round(value).toString() : value.toPrecision(2));

/** How exact one table of a released metric is: half the width of its interval, in the shown unit, and the count from which cells are shown. */
export function expectedError(
  catalog: Catalog,
  name: string,
): { readonly halfWidth: number; readonly shownFrom: number } | undefined {
  const declared = catalog.metrics.get(name);
  if (declared?.kind !== 'released') return undefined;
  const scaleOf = (metric: string): number => {
    const one = catalog.metrics.get(metric);
    if (one?.kind !== 'released') return 0;
    return (one.clamp * 1_000_000) / Math.floor(micro(one.epsilon) / one.tables.length);
  };
  return {
    halfWidth: halfWidth(scaleOf(name)) / (declared.divisor ?? 1),
    shownFrom: Math.ceil(showThreshold(scaleOf(declared.countedBy ?? name), catalog.parameters)),
  };
}

/** Title, unit and a plain explanation of one metric. @param name a declared metric; any other gives empty words */
export function describeMetric(catalog: Catalog, name: string): MetricWords {
  const declared = catalog.metrics.get(name);
  if (declared === undefined) return { title: '', unit: '', explanation: '' };
  const tables = dimensionSetsOf(catalog, name).map((set) => (set.length === 0 ? 'in total' : `by ${set.join(' and ')}`));
  const published = `Published ${tables.join(', ')}.`;
  if (declared.kind !== 'released') {
    const of = catalog.metrics.get(declared.of);
    const unit = declared.kind === 'ratio' ? declared.unit : of?.kind === 'released' ? of.unit : '';
    return { title: declared.title, unit, explanation: `${declared.description} Made of published figures only. ${published}` };
  }
  const error = expectedError(catalog, name);
  const noise = `In 95 of 100 cases the noise is at most ${rounded(error?.halfWidth ?? 0)} ${declared.unit}, whatever the size of the figure.`;
  const shown = `A cell is shown from about ${error?.shownFrom ?? 0} clients.`;
  return { title: declared.title, unit: declared.unit, explanation: `${declared.description} ${noise} ${shown} ${published}` };
}
