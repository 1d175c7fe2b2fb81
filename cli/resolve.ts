import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { CommandFailed, exitCodes } from './connection.ts';
import { counted } from './counted.ts';
import { type Output, print } from './print.ts';
import { evaluationLines } from './resolve/evaluate.ts';

interface Options extends Output {
  readonly input?: readonly string[];
  readonly map?: string;
  readonly output?: string;
  readonly reviews?: string;
  readonly explain?: string;
  readonly mode: string;
  readonly evaluate?: string;
}

/** The matching itself, loaded only when something is resolved. */
const job = () => import('./resolve/job.ts');

/** Where the review candidates go when nothing else is said: clusters.csv -> clusters.review.csv. */
export const reviewsBeside = (output: string): string => `${output.replace(/\.csv$/i, '')}.review.csv`;

/** `ficha resolve`: finds out offline which records of a file are one client; needs no server. */
export function addResolve(program: Command): void {
  program
    .command('resolve')
    .description('find which records of a file are one client, offline, and how right that is')
    .option('--input <file...>', 'CSV or JSON Lines files of people and companies, resolved together')
    .option('--map <file>', 'YAML file that says which column is what')
    .option('--output <file>', 'CSV to write: record_id, cluster_id, decision')
    .option('--reviews <file>', 'CSV to write the pairs that a person should look at (default: beside the output, .review.csv)')
    .option('--explain <file>', 'JSON Lines to write: each compared pair, what agreed and what was decided')
    .option('--mode <mode>', 'batch, or incremental: in file order, deciding again only what each batch touches', 'batch')
    .option('--evaluate <key>', 'CSV with record_id and cluster: print precision and recall against it')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Columns: record_id, system, kind (person or company), given_name, family_name, full_name, company_name, birth_date, email, phone,
tax_id, street, city, postcode, country. All but record_id may be missing; common other names are known, a map file names the rest.

  ficha resolve --input people.csv --output clusters.csv
  ficha resolve --input people.csv --map map.yaml --output clusters.csv --explain why.jsonl
  ficha resolve --input people.csv --evaluate key.csv          resolve and judge, write nothing
  ficha resolve --output clusters.csv --evaluate key.csv       judge what was written before

How maps look: docs/how-to/resolve-offline.md`,
    )
    .action(async (options: Options) => {
      const mode = options.mode;
      if (mode !== 'batch' && mode !== 'incremental')
        throw new CommandFailed(`mode-unknown: --mode takes batch or incremental.`, exitCodes.usage);
      if (options.input === undefined) return await judgeWritten(options);
      if (options.output === undefined && options.evaluate === undefined)
        throw new CommandFailed(
          'nothing-asked: say where to write (--output) or what to judge by (--evaluate).',
          exitCodes.usage,
        );
      const { resolveFiles } = await job();
      const { summary, evaluation } = await resolveFiles({
        inputs: options.input,
        map: options.map,
        output: options.output,
        reviews: options.reviews ?? (options.output === undefined ? undefined : reviewsBeside(options.output)),
        explain: options.explain,
        mode,
        evaluate: options.evaluate,
      });
      print(options, { ...summary, ...(evaluation === undefined ? {} : { evaluation }) }, () => [
        `${counted(summary.records, 'record')} of ${counted(summary.clusters, 'client')}; for a person to decide: ${counted(summary.reviews, 'pair')}`,
        ...summary.written.map((path) => `written: ${path}`),
        ...(evaluation === undefined ? [] : ['', ...evaluationLines(evaluation)]),
      ]);
    });
}

async function judgeWritten(options: Options): Promise<void> {
  if (options.evaluate === undefined || options.output === undefined)
    throw new CommandFailed(
      'nothing-asked: give --input and --output to resolve, or --evaluate with --input or a written --output to judge. See ficha resolve --help',
      exitCodes.usage,
    );
  const reviews = options.reviews ?? reviewsBeside(options.output);
  const { evaluateFiles } = await job();
  const evaluation = await evaluateFiles(options.output, existsSync(reviews) ? reviews : undefined, options.evaluate);
  print(options, evaluation, () => evaluationLines(evaluation));
}
