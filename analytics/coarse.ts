import { beyond, type Catalog, valueOf } from '../domain/metrics/catalog.ts';
import type { MetricDimension } from '../schemas/types.ts';

/** The dimension that is made of this property; undefined when none is declared. */
export const dimensionFrom = (catalog: Catalog, from: MetricDimension['from']): MetricDimension | undefined =>
  [...catalog.dimensions.values()].find((dimension) => dimension.from === from);

/** Works each text out once: a batch is full of the same clients and channels. */
export const once = <Value>(work: (text: string) => Value): ((text: string) => Value) => {
  const known = new Map<string, Value>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    const value = work(text);
    known.set(text, value);
    return value;
  };
};

/** How one batch maps what sources say onto a declared domain, as ClickHouse holds it. */
export const coarseBy = (catalog: Catalog, from: MetricDimension['from']): ((said: string | null) => string) => {
  const dimension = dimensionFrom(catalog, from);
  const value = once((said) => (dimension === undefined ? beyond.unknown : valueOf(dimension, said)));
  return (said) => (said === null ? beyond.unknown : value(said));
};
