import { GraphQLError } from 'graphql';
import { ownCatalog } from '../analytics/catalog.ts';
import { type AnsweredCell, answerMetric, type MetricQuestion, readingFor } from '../domain/metrics/answer-metric.ts';
import { type Month, monthsFrom } from '../domain/metrics/month.ts';
import { FichaError } from '../domain/record/error.ts';
import type { Database } from '../store/database.ts';
import { type LedgerTable, releasedLedger } from '../store/read/released-ledger.ts';
import { dimensionFields } from './types/metric-vocabulary.ts';

/** Arguments of the field `metric`, enums as the names that are declared. */
export interface MetricArgs {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly by?: readonly string[] | null | undefined;
  /** Values to keep, by the field of a dimension. */
  readonly filter?: Readonly<Record<string, readonly unknown[] | null | undefined>> | null | undefined;
}

/** What a question about a metric is answered with. */
export interface MetricAnswer {
  readonly question: MetricQuestion;
  /** Of the table that was read, sorted by name. */
  readonly dimensions: readonly string[];
  readonly months: readonly MetricMonth[];
  /** Months asked for that are not published. */
  readonly missing: readonly string[];
}

/** The figures of one month. */
export interface MetricMonth {
  readonly month: Month;
  /** Whether everything that they are made of is published, so that they never change. */
  readonly settled: boolean;
  /** Works them out. */
  readonly cells: () => readonly AnsweredCell[];
}

/** A figure with the names of the dimensions of its table. */
export type DimensionedCell = AnsweredCell & { readonly dimensions: readonly string[] };

/** The figures of one month of an answer as GraphQL tells them. */
export const cellsIn = ({ dimensions }: MetricAnswer, month: MetricMonth): readonly DimensionedCell[] =>
  month.cells().map((cell) => ({ ...cell, dimensions }));

/** What the caller can mend is said as it is. */
const explained = (error: unknown): unknown =>
  error instanceof FichaError && error.code === 'metric-question-refused'
    ? new GraphQLError(error.message, { extensions: { code: error.code } })
    : error;

function questionOf({ name, from, to, by, filter }: MetricArgs): MetricQuestion {
  const kept = Object.entries(filter ?? {}).flatMap(([field, values]) => {
    const dimension = dimensionFields.find((one) => one.field === field);
    return dimension && values ? [[dimension.name, values.map(String)] as const] : [];
  });
  return { name, from, to, by: by ?? [], filter: new Map(kept) };
}

/** One month from the tables that were read. Cumulative figures are made of months before it too. */
function monthOf(question: MetricQuestion, month: Month, ledger: readonly LedgerTable[]): MetricMonth {
  const alone = { ...question, from: month, to: month };
  const reading = readingFor(ownCatalog(), alone);
  const tables = ledger.filter((one) => one.month >= reading.from && one.month <= month);
  return {
    month,
    settled: tables.length === reading.metrics.length * monthsFrom(reading.from, month).length,
    cells: () =>
      answerMetric(
        ownCatalog(),
        alone,
        tables.flatMap(({ cells }) => cells),
      ),
  };
}

/** Answers from the ledger. @throws GraphQLError `metric-question-refused` naming what is there instead */
export async function metricAnswer(reader: Database, args: MetricArgs): Promise<MetricAnswer> {
  const question = questionOf(args);
  try {
    const reading = readingFor(ownCatalog(), question);
    const ledger = await releasedLedger(reader)(reading);
    const there = new Set(ledger.map(({ month }) => month));
    const months = monthsFrom(question.from, question.to);
    return {
      question,
      dimensions: reading.dimensions,
      months: months.filter((month) => there.has(month)).map((month) => monthOf(question, month, ledger)),
      missing: months.filter((month) => !there.has(month)),
    };
  } catch (error) {
    throw explained(error);
  }
}
