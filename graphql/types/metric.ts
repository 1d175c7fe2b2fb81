import { ownCatalog } from '../../analytics/catalog.ts';
import { dimensionSetsOf } from '../../domain/metrics/catalog.ts';
import { expectedError } from '../../domain/metrics/describe-metric.ts';
import { builder } from '../builder.ts';
import { cellsIn, type DimensionedCell, type MetricAnswer, metricAnswer } from '../metric-answer.ts';
import { dimensionEnums, dimensionFields, MetricDimensionEnum, MetricNameEnum, metricWords } from './metric-vocabulary.ts';

const catalog = ownCatalog();

const MetricCellType = builder.objectRef<DimensionedCell>('MetricCell').implement({
  description:
    'One published figure. It was noised once and never changes. Where too few clients may be behind it, it is not shown, and says so.',
  fields: (t) => ({
    month: t.exposeString('month', { description: 'YYYY-MM' }),
    ...Object.fromEntries(
      dimensionFields.map(({ name, field, description }) => [
        field,
        t.string({
          nullable: true,
          description,
          resolve: ({ dimensions, cell }) => cell[dimensions.indexOf(name)] ?? null,
        }),
      ]),
    ),
    rest: t.boolean({
      description: 'Whether this is the rest of the table: every cell of the month that is not shown, together',
      resolve: ({ kind }) => kind === 'other',
    }),
    suppressed: t.boolean({
      description: 'Whether nothing is shown, because too few clients may be behind it',
      resolve: ({ value }) => value === null,
    }),
    value: t.exposeFloat('value', { nullable: true, description: 'The figure with its noise, in the unit of the metric' }),
    low: t.exposeFloat('low', {
      nullable: true,
      description: 'In 95 of 100 cases the true figure, bounded per client, lies from here to `high`',
    }),
    high: t.exposeFloat('high', { nullable: true }),
  }),
});

const MetricAnswerType = builder.objectRef<MetricAnswer>('MetricAnswer').implement({
  description: 'A metric over closed months, with what to know about its figures.',
  fields: (t) => ({
    name: t.field({ type: MetricNameEnum, resolve: ({ question }) => question.name }),
    title: t.string({ resolve: ({ question }) => metricWords(question.name).title }),
    unit: t.string({ resolve: ({ question }) => metricWords(question.name).unit }),
    explanation: t.string({
      description: 'In plain words: what is counted, what one client adds at most, how much noise there is, when a cell is shown',
      resolve: ({ question }) => metricWords(question.name).explanation,
    }),
    cells: t.field({
      type: [MetricCellType],
      complexity: { field: 1, multiplier: 1 },
      resolve: (answer) => answer.months.flatMap((month) => cellsIn(answer, month)),
    }),
    missing: t.stringList({
      description: 'Months asked for that are not published: not closed yet, or before the first figure',
      resolve: ({ missing }) => [...missing],
    }),
  }),
});

const MetricFilterInput = builder.inputType('MetricFilter', {
  description: 'Values to keep, by dimension. There is no other filter: the table must be one that is published.',
  fields: (t) =>
    Object.fromEntries(
      dimensionFields.map(({ name, field, description }) => [
        field,
        t.field({ type: [dimensionEnums.get(name) ?? MetricDimensionEnum], required: false, description }),
      ]),
    ),
});

builder.queryField('metric', (t) =>
  t.field({
    type: MetricAnswerType,
    description:
      'An anonymous metric by month. Every figure was computed once when its month closed, bounded per client, noised and kept: asking again, or otherwise, shows the same.',
    authScopes: { may: 'metrics' },
    args: {
      name: t.arg({ type: MetricNameEnum, required: true }),
      from: t.arg.string({ required: true, description: 'First month, YYYY-MM' }),
      to: t.arg.string({ required: true, description: 'Last month, YYYY-MM, at most 35 months later' }),
      by: t.arg({
        type: [MetricDimensionEnum],
        required: false,
        description: 'Together with the filter one of the published tables',
      }),
      filter: t.arg({ type: MetricFilterInput, required: false }),
    },
    resolve: (_root, args, { reader }) => metricAnswer(reader, args),
  }),
);

const MetricInfoType = builder.objectRef<string>('MetricInfo').implement({
  description: 'A declared metric.',
  fields: (t) => ({
    name: t.field({ type: MetricNameEnum, resolve: (name) => name }),
    title: t.string({ resolve: (name) => metricWords(name).title }),
    unit: t.string({ resolve: (name) => metricWords(name).unit }),
    explanation: t.string({ resolve: (name) => metricWords(name).explanation }),
    noise: t.float({
      nullable: true,
      description: 'In 95 of 100 cases the noise is at most this, in the unit; null for what is made of published figures only',
      resolve: (name) => expectedError(catalog, name)?.halfWidth ?? null,
    }),
    shownFrom: t.int({
      nullable: true,
      description: 'About how many clients it takes for a cell to be shown; null for what is made of published figures only',
      resolve: (name) => expectedError(catalog, name)?.shownFrom ?? null,
    }),
    tables: t.field({
      type: t.listRef(t.listRef(MetricDimensionEnum)),
      description: 'The sets of dimensions by which it is published; the empty one is the total',
      resolve: (name) => dimensionSetsOf(catalog, name).map((set) => [...set]),
    }),
  }),
});

builder.queryField('metrics', (t) =>
  t.field({
    type: [MetricInfoType],
    description: 'Every declared metric.',
    authScopes: { may: 'metrics' },
    resolve: () => [...catalog.metrics.keys()],
  }),
);
