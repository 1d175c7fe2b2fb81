import type { Context, Hono } from 'hono';
import { ownCatalog } from '../../analytics/catalog.ts';
import { mayRead } from '../../domain/access/role.ts';
import { type AnsweredCell, answerMetric, type MetricQuestion, readingFor } from '../../domain/metrics/answer-metric.ts';
import { describeMetric } from '../../domain/metrics/describe-metric.ts';
import { FichaError } from '../../domain/record/error.ts';
import { releasedLedger } from '../../store/read/released-ledger.ts';
import type { CommandDeps, CommandEnv } from '../context.ts';

/** Text as RFC 4180 has it; what a spreadsheet would take for a formula is led by a quote mark. */
const field = (value: string | number | null): string => {
  if (typeof value === 'number') return `${value}`;
  const text = value === null ? '' : /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** Rows of a metric, a head line first: month, a column a dimension, state, value, interval, unit. */
function csvOf(dimensions: readonly string[], unit: string, cells: readonly AnsweredCell[]): string {
  const head = ['month', ...dimensions, 'state', 'value', 'low', 'high', 'unit'];
  const rows = cells.map(({ month, kind, cell, value, low, high }) => {
    const state = `${kind === 'other' ? 'rest' : 'cell'}${value === null ? ' not shown' : ''}`;
    return [month, ...dimensions.map((_, place) => cell[place] ?? ''), state, value, low, high, unit];
  });
  return [head, ...rows].map((row) => `${row.map(field).join(',')}\r\n`).join('');
}

/** `by=channel,country` and a parameter a dimension, `country=ES,IT`. */
function questionOf(c: Context<CommandEnv>, name: string): MetricQuestion {
  const listed = (key: string): readonly string[] => (c.req.query(key) ?? '').split(',').filter((one) => one !== '');
  const filter = [...ownCatalog().dimensions.keys()].flatMap((dimension) => {
    const values = listed(dimension);
    return values.length === 0 ? [] : [[dimension, values] as const];
  });
  return { name, from: c.req.query('from') ?? '', to: c.req.query('to') ?? '', by: listed('by'), filter: new Map(filter) };
}

/** GET /v1/metrics/<name>.csv?from=2026-01&to=2026-06&by=channel: the published figures that GraphQL shows, for a spreadsheet. */
export function readMetricRoute(app: Hono<CommandEnv>, { db }: CommandDeps): void {
  app.get('/v1/metrics/:file{[a-z-]+\\.csv}', async (c) => {
    if (!mayRead(c.get('orderer').roles, 'metrics')) throw new FichaError('not-allowed', 'your role may not read metrics');
    const name = c.req.param('file').slice(0, -'.csv'.length);
    const question = questionOf(c, name);
    const reading = readingFor(ownCatalog(), question);
    const tables = await releasedLedger(db)(reading);
    const cells = answerMetric(
      ownCatalog(),
      question,
      tables.flatMap((table) => table.cells),
    );
    return c.body(csvOf(reading.dimensions, describeMetric(ownCatalog(), name).unit, cells), 200, {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="${name}.csv"`,
    });
  });
}
