import { GraphQLError } from 'graphql';
import { ownCatalog } from '../analytics/catalog.ts';
import { type AnsweredCell, answerMetric, type MetricQuestion, readingFor } from '../domain/metrics/answer-metric.ts';
import { monthsFrom } from '../domain/metrics/month.ts';
import { FichaError } from '../domain/record/error.ts';
import type { Database } from '../store/database.ts';
import { releasedCells } from '../store/read/release.ts';
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
  readonly cells: readonly AnsweredCell[];
  /** Months asked for that are not published. */
  readonly missing: readonly string[];
}

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

/** Answers from the ledger. @throws GraphQLError `metric-question-refused` naming what is there instead */
export async function metricAnswer(reader: Database, args: MetricArgs): Promise<MetricAnswer> {
  const question = questionOf(args);
  try {
    const reading = readingFor(ownCatalog(), question);
    const ledger = await releasedCells(reader, reading);
    const there = new Set(ledger.map(({ month }) => month));
    return {
      question,
      dimensions: reading.dimensions,
      cells: answerMetric(ownCatalog(), question, ledger),
      missing: monthsFrom(question.from, question.to).filter((month) => !there.has(month)),
    };
  } catch (error) {
    throw explained(error);
  }
}
