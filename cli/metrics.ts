import type { Command } from 'commander';
import { analyticsWork } from './analytics.ts';
import { confirmed, type Confirming } from './confirm.ts';
import { CommandFailed, exitCodes, query, type Trying } from './connection.ts';
import { question } from './question.ts';
import { doneOr } from './dry-run.ts';
import { type Output, print, table } from './print.ts';

interface Release {
  readonly month: string;
  readonly published: number;
  readonly refused: readonly string[];
}

interface Cell {
  readonly month: string;
  readonly rest: boolean;
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly [dimension: string]: string | number | boolean | null;
}

interface Answer {
  readonly title: string;
  readonly unit: string;
  readonly explanation: string;
  readonly missing: readonly string[];
  readonly cells: readonly Cell[];
}

interface ReadOptions extends Output {
  readonly from: string;
  readonly to: string;
  readonly by: string;
}

const enumName = (name: string): string => name.toUpperCase().replaceAll('-', '_');
const fieldName = (name: string): string => name.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());

const figures = question(`query ($name: MetricName!, $from: String!, $to: String!, $by: [MetricDimension!]) {
  metric(name: $name, from: $from, to: $to, by: $by) { title unit explanation missing
    cells { month channel sector country source ageBand rest value low high } } }`);
const declared = question('{ metrics { name explanation } }');
const budgets = question('{ metricBudgets(first: 100) { month budget spent advantageBound tables } }');

/** `ficha metrics release|read|budget`: publishing closed months, and reading what is published. */
export function addMetrics(program: Command): void {
  const metrics = program
    .command('metrics')
    .description('anonymous metrics: publish closed months, read them, see their privacy budget');
  metrics
    .command('release')
    .description('publish every closed month that is not published yet; what is published never changes')
    .option('--dry-run', 'say what would be published, month by month; publish nothing')
    .option('--yes', 'do it without asking')
    .option('--json', 'print JSON')
    .action(async (options: Output & Confirming & Trying) => {
      await confirmed('Publish every closed month that is not published yet? What is published never changes.', options);
      const releases = await analyticsWork<readonly Release[]>(options.dryRun ? 'preview-release' : 'release');
      const cells = releases.map((one) => [one.month, `${one.published}`, one.refused.join('; ')]);
      print(options, releases, () => [
        ...table(
          ['month', 'tables', 'refused: the budget of the month is spent'],
          cells,
          'Every closed month is published already.',
        ),
        ...(releases.length === 0 ? [] : doneOr(options, 'This would be published.', [])),
      ]);
    });
  metrics
    .command('read')
    .description('published figures of one metric')
    .argument('<name>', 'active-clients, revenue, average-basket, churn-rate... `ficha metrics list` shows all')
    .requiredOption('--from <month>', 'first month, YYYY-MM')
    .requiredOption('--to <month>', 'last month, YYYY-MM')
    .option('--by <dimensions>', 'dimensions, separated by commas', '')
    .option('--json', 'print JSON')
    .action(read);
  metrics
    .command('list')
    .description('the declared metrics and what each is published by')
    .option('--json', 'print JSON')
    .action(list);
  metrics
    .command('budget')
    .description('the privacy budget of each published month')
    .option('--json', 'print JSON')
    .action(budget);
}

/** A metric or a dimension that there is not, in place of what GraphQL says of its enums. */
function sayWhatThereIs(error: unknown): never {
  const [, what] = /does not exist in "Metric(Name|Dimension)" enum/.exec(error instanceof Error ? error.message : '') ?? [];
  if (what === undefined) throw error;
  throw new CommandFailed(
    what === 'Name'
      ? 'unknown-metric: no metric has this name; `ficha metrics list` shows those there are'
      : 'unknown-dimension: nothing is published by that; `ficha metrics list` says by what each metric is',
    exitCodes.nothing,
  );
}

async function read(name: string, options: ReadOptions): Promise<void> {
  const by = options.by.split(',').filter((one) => one !== '');
  const { metric: told } = await query<{ readonly metric: Answer }>('analyst', figures, {
    name: enumName(name),
    from: options.from,
    to: options.to,
    by: by.map(enumName),
  }).catch(sayWhatThereIs);
  const shownFields = ['month', ...by.map(fieldName), 'rest', 'value', 'low', 'high'];
  const fieldsOf = (cell: Cell): Cell => Object.fromEntries(shownFields.map((name) => [name, cell[name] ?? null])) as Cell; // of a cell
  const metric = { ...told, cells: told.cells.map(fieldsOf) };
  // one accuracy for a figure and its band: the digits behind the point of a large one are noise
  const digits = metric.cells.some(({ high }) => high !== null && high >= 100) ? 0 : 2;
  const shown = (value: number): string => value.toFixed(digits);
  const rows = metric.cells.map((cell) => [
    cell.month,
    ...by.map((one) => (cell.rest ? '(rest)' : String(cell[fieldName(one)] ?? ''))),
    cell.value === null ? 'not shown' : shown(cell.value),
    cell.low === null || cell.high === null ? '' : `${shown(cell.low)} to ${shown(cell.high)}`,
  ]);
  print(options, metric, () => [
    `${metric.title} (${metric.unit}). ${metric.explanation}`,
    ...table(['month', ...by, 'value', 'in 95 of 100 cases'], rows, 'No published month here.'),
    ...(metric.missing.length > 0 ? [`not published: ${metric.missing.join(', ')}`] : []),
  ]);
}

async function list(options: Output): Promise<void> {
  const { metrics } = await query<{ readonly metrics: readonly { readonly name: string; readonly explanation: string }[] }>(
    'analyst',
    declared,
    {},
  );
  const found = metrics.map(({ name, explanation }) => ({ name: name.toLowerCase().replaceAll('_', '-'), explanation }));
  print(options, found, () => found.flatMap(({ name, explanation }) => [name, `  ${explanation}`]));
}

async function budget(options: Output): Promise<void> {
  const { metricBudgets: months } = await query<{
    readonly metricBudgets: readonly {
      readonly month: string;
      readonly budget: number;
      readonly spent: number;
      readonly advantageBound: number;
      readonly tables: number;
    }[];
  }>('dpo', budgets, {});
  const rows = months.map((one) => [one.month, `${one.tables}`, `${one.spent}`, `${one.budget}`, one.advantageBound.toFixed(2)]);
  print(options, months, () =>
    table(['month', 'tables', 'spent', 'budget', 'best guess beats a coin by'], rows, 'No month is published yet.'),
  );
}
