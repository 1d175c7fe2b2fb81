import type { CumulativeMetric, MetricDimension, MetricParameters, RatioMetric, ReleasedMetric } from '../../schemas/types.ts';

/** Every declaration of `analytics/`: what is measured, by which dimensions, how carefully. */
export interface Catalog {
  readonly parameters: MetricParameters;
  readonly dimensions: ReadonlyMap<string, MetricDimension>;
  readonly metrics: ReadonlyMap<string, MetricDeclaration>;
}

export type MetricDeclaration = ReleasedMetric | RatioMetric | CumulativeMetric;

/** One table that a month publishes: a metric by a set of dimensions, which may be empty. */
export interface TableOf {
  readonly metric: string;
  /** Sorted by name. */
  readonly dimensions: readonly string[];
}

/** A table with what it costs and how much noise that buys. */
export interface PlannedTable extends TableOf {
  readonly measure: ReleasedMetric['measure'];
  readonly clamp: number;
  /** Millionths of epsilon. */
  readonly epsilonMicro: number;
  /** The metric whose noised counts decide which cells are shown. */
  readonly countedBy: string;
}

/** What a source says beyond a domain, and what it does not say. */
export const beyond = { other: 'other', unknown: 'unknown' } as const;

/** A table's name in one text, for keys and messages. */
export const tableName = ({ metric, dimensions }: TableOf): string => `${metric} by ${dimensions.join(', ') || 'nothing'}`;

/** The whole domain of a dimension, `other` and `unknown` last. */
export const domainOf = (dimension: MetricDimension): readonly string[] => [...dimension.values, beyond.other, beyond.unknown];

/** The value of the domain that a source means: case, spaces and aliases are forgiven. */
export function valueOf(dimension: MetricDimension, said: string | null | undefined): string {
  const text = said?.trim().toLowerCase() ?? '';
  if (text === '') return beyond.unknown;
  const meant = dimension.aliases?.[text] ?? text.replaceAll(' ', '-');
  return domainOf(dimension).find((value) => value.toLowerCase() === meant.toLowerCase()) ?? beyond.other;
}

/** Every cell of a table: the product of its domains, so that which cells exist tells nothing. One empty cell for a total. */
export function cellsOf(catalog: Catalog, dimensions: readonly string[]): readonly (readonly string[])[] {
  return dimensions.reduce<readonly (readonly string[])[]>(
    (cells, name) => {
      const dimension = catalog.dimensions.get(name);
      const values = dimension === undefined ? [] : domainOf(dimension);
      return cells.flatMap((cell) => values.map((value) => [...cell, value]));
    },
    [[]],
  );
}

/** Millionths of epsilon as the ledger counts them. */
export const micro = (epsilon: number): number => Math.round(epsilon * 1_000_000);

/** The tables that every closed month publishes, totals first, in the order in which they are charged. */
export function plannedTables(catalog: Catalog): readonly PlannedTable[] {
  const planned = [...catalog.metrics].flatMap(([metric, declared]) =>
    declared.kind === 'released'
      ? declared.tables.map((dimensions) => ({
          metric,
          dimensions: [...dimensions].sort(),
          measure: declared.measure,
          clamp: declared.clamp,
          epsilonMicro: Math.floor(micro(declared.epsilon) / declared.tables.length),
          countedBy: declared.countedBy ?? metric,
        }))
      : [],
  );
  return planned.sort((one, other) => one.dimensions.length - other.dimensions.length);
}

/** Sets of dimensions by which a metric can be asked: those released, or for a ratio those of both of its parts. */
export function dimensionSetsOf(catalog: Catalog, name: string): readonly (readonly string[])[] {
  const declared = catalog.metrics.get(name);
  switch (declared?.kind) {
    case undefined:
      return [];
    case 'released':
      return declared.tables.map((dimensions) => [...dimensions].sort());
    case 'cumulative':
      return dimensionSetsOf(catalog, declared.of);
    case 'ratio': {
      const divisor = new Set(dimensionSetsOf(catalog, declared.per).map((set) => set.join()));
      return dimensionSetsOf(catalog, declared.of).filter((set) => divisor.has(set.join()));
    }
  }
}
