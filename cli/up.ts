import { type Command, Option } from 'commander';

interface UpOptions {
  readonly sample?: boolean;
  readonly once?: boolean;
  readonly only?: 'worker' | 'api';
  readonly json?: boolean;
}

/** `ficha up`: boots everything and stays; `--sample` links the sample workspace, `--once` runs the main job and ends. */
export function addUp(program: Command): void {
  program
    .command('up')
    .description('start PostgreSQL, Temporal, ClickHouse (or use yours), the worker, GraphQL and the command API')
    .option('--sample', 'with the sample workspace: an ERP, a mailer, a helpdesk and a workbook that run in this process')
    .option('--once', 'run the main job once, print its summary and stop')
    .addOption(new Option('--only <part>', 'only one part, on servers of yours').choices(['worker', 'api']))
    .option('--json', 'once it is up (with --once, done), print one JSON document: addresses, tokens of sample users, the job')
    .action(async ({ sample = false, once = false, ...rest }: UpOptions) => {
      const { up } = await import('../runtime/up.ts');
      await up({ sample, once, ...rest });
    });
}
