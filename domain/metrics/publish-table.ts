import type { MetricParameters } from '../../schemas/types.ts';

/** A figure as it is stored and served for ever. `value` is null where nothing may be shown. */
export interface PublishedCell {
  /** One value a dimension, in the order of the table's dimensions; empty for a total. */
  readonly cell: readonly string[];
  /** `other` is the rest of the table: all cells that are not shown, together. */
  readonly kind: 'cell' | 'other';
  readonly value: number | null;
  /** Scale b of the noise; for `other`, the root of the sum of squares of all noises in it. */
  readonly scale: number;
}

/** Noised figures of one table, cell by cell, and those of the total of the same metric. */
export interface NoisedFigures {
  readonly values: readonly number[];
  readonly total: number;
  readonly scale: number;
  readonly totalScale: number;
}

/**
 * Least noised count at which a cell is shown: a cell about fewer than k clients passes with at most the declared chance.
 * @param scale of the noise of the count
 */
export function showThreshold(scale: number, parameters: MetricParameters): number {
  return parameters.leastClients + scale * Math.log(1 / (2 * parameters.shownByChance));
}

interface Rest {
  readonly value: number;
  readonly scale: number;
}

/**
 * What the cells that are not shown come to, from noised figures only, so that it costs nothing: their sum, or the total without the
 * shown ones, whichever holds less noise.
 */
function restOf({ values, total, scale, totalScale }: NoisedFigures, shown: readonly boolean[]): Rest {
  const sum = (wanted: boolean): number => values.reduce((all, value, place) => (shown[place] === wanted ? all + value : all), 0);
  const shownCount = shown.filter((one) => one).length;
  const hiddenScale = scale * Math.sqrt(shown.length - shownCount);
  const complementScale = Math.hypot(totalScale, scale * Math.sqrt(shownCount));
  return hiddenScale <= complementScale
    ? { value: sum(false), scale: hiddenScale }
    : { value: total - sum(true), scale: complementScale };
}

/**
 * One table as it is published. A cell whose noised count of clients lies below the threshold shows nothing, and says so; all of them
 * together are one cell `other`, which must pass the threshold too. Nothing but noised figures is read here.
 * @param cells places as in `figures.values` and `counts.values`; one empty cell for a total
 * @param counts noised figures of the metric that counts the clients of this table, from the same table
 */
export function publishTable(
  cells: readonly (readonly string[])[],
  figures: NoisedFigures,
  counts: NoisedFigures,
  parameters: MetricParameters,
): readonly PublishedCell[] {
  const threshold = showThreshold(counts.scale, parameters);
  const shown = cells.map((_, place) => (counts.values[place] ?? 0) >= threshold);
  const published = cells.map(
    (cell, place): PublishedCell => ({
      cell,
      kind: 'cell',
      value: shown[place] === true ? (figures.values[place] ?? 0) : null,
      scale: figures.scale,
    }),
  );
  if (cells.length === 1 || shown.every((one) => one)) return published;
  const count = restOf(counts, shown);
  const rest = restOf(figures, shown);
  const enough = count.value >= showThreshold(count.scale, parameters);
  return [...published, { cell: [], kind: 'other', value: enough ? rest.value : null, scale: rest.scale }];
}
