import { readFileSync } from 'node:fs';
import { buildSchema, parse, validate } from 'graphql';
import { expect, test } from 'vitest';
import { clientQuestion } from './client-question.ts';
import { historyQuestion } from './pages/history.ts';
import { whoseQuestion } from './whose-question.ts';
import { auditQuestion } from './pages/audit.ts';
import { dataQuestion } from './pages/data.ts';
import { findQuestion } from './pages/find.ts';
import { metricQuestion, metricsQuestion } from './pages/metrics.ts';
import { metricBudgetsQuestion } from './parts/metric-budget.ts';
import { nextReviewsQuestion, reviewQuestion } from './pages/review.ts';
import { requestQuestion, requestsQuestion } from './request-question.ts';
import { systemQuestion, systemsQuestion } from './system-question.ts';

const schema = buildSchema(readFileSync(new URL('../graphql/schema.graphql', import.meta.url), 'utf8'));

test.each(
  Object.entries({
    audit: auditQuestion,
    'a client, all of it': clientQuestion(() => true),
    'a client, the least of it': clientQuestion(() => false),
    data: dataQuestion,
    find: findQuestion,
    history: historyQuestion,
    metric: metricQuestion,
    metrics: metricsQuestion,
    'budgets of the metrics': metricBudgetsQuestion,
    'next reviews': nextReviewsQuestion,
    review: reviewQuestion,
    whose: whoseQuestion,
    request: requestQuestion,
    requests: requestsQuestion,
    system: systemQuestion,
    systems: systemsQuestion,
  }),
)('what the console asks fits the schema: %s', (_name, question) => {
  expect(validate(schema, parse(question)).map(({ message }) => message)).toEqual([]);
});
