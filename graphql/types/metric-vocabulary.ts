import { ownCatalog } from '../../analytics/catalog.ts';
import { describeMetric } from '../../domain/metrics/describe-metric.ts';
import { domainOf } from '../../domain/metrics/catalog.ts';
import { builder } from '../builder.ts';

/** The enums of the metrics API, made from the declarations in `analytics/`: nothing is listed twice. */

const catalog = ownCatalog();

/** `active-clients` as ACTIVE_CLIENTS, `18-24` as _18_24: what GraphQL allows in an enum. */
const enumName = (name: string): string =>
  name
    .toUpperCase()
    .replaceAll(/[^A-Z0-9]/g, '_')
    .replace(/^(?=\d)/, '_');

/** `age-band` as ageBand. */
const fieldName = (name: string): string => name.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());

interface EnumValue {
  readonly value: string;
  readonly description: string;
}

const valuesOf = (names: Iterable<string>, describe: (name: string) => string): Record<string, EnumValue> =>
  Object.fromEntries([...names].map((name) => [enumName(name), { value: name, description: describe(name) }]));

/** Every declared metric by name. */
export const MetricNameEnum = builder.enumType('MetricName', {
  description: 'Declared in analytics/metrics.',
  values: valuesOf(catalog.metrics.keys(), (name) => describeMetric(catalog, name).explanation),
});

/** Every declared dimension by name. */
export const MetricDimensionEnum = builder.enumType('MetricDimension', {
  description: 'Declared in analytics/dimensions.',
  values: valuesOf(catalog.dimensions.keys(), (name) => catalog.dimensions.get(name)?.description ?? name),
});

/** The domain of each dimension, by its name. */
export const dimensionEnums = new Map(
  [...catalog.dimensions].map(([name, dimension]) => [
    name,
    builder.enumType(`Metric${enumName(name).charAt(0)}${fieldName(name).slice(1)}`, {
      description: dimension.description,
      values: Object.fromEntries(domainOf(dimension).map((value) => [enumName(value), { value }])),
    }),
  ]),
);

/** Each dimension as a field of a cell and of the filter. */
export const dimensionFields: readonly { readonly name: string; readonly field: string; readonly description: string }[] = [
  ...catalog.dimensions,
].map(([name, { description }]) => ({ name, field: fieldName(name), description }));

/** What to know about one metric. */
export const metricWords = (name: string) => describeMetric(catalog, name);
