import type { Command } from 'commander';
import { command, CommandFailed, type Trying } from './connection.ts';
import { doneOr } from './dry-run.ts';
import { type Output, print, table } from './print.ts';

interface Verification {
  readonly same: boolean;
  readonly epoch: number;
  readonly rebuilding: boolean;
  readonly waiting: number;
  readonly clients: { readonly expected: number; readonly held: number };
  readonly months: readonly {
    readonly month: string;
    readonly expected: number;
    readonly held: number;
    readonly sameAmount: boolean;
  }[];
}

interface Answer<Result> {
  readonly done: boolean;
  readonly result?: Result;
}

/** Orders work on the metrics and waits until it is done. */
export async function analyticsWork<Result>(work: 'release' | 'preview-release' | 'verify' | 'rebuild'): Promise<Result> {
  for (let turn = 0; ; turn += 1) {
    const { done, result } = await command<Answer<Result>>('data-team', 'POST', '/v1/analytics', { work });
    if (done && result !== undefined) return result;
    if (turn === 0) process.stderr.write(`${work}: still at work; Ctrl-C leaves it running\n`);
  }
}

/** `ficha analytics verify|rebuild`: whether ClickHouse holds what PostgreSQL says, and building it again. */
export function addAnalytics(program: Command): void {
  const analytics = program.command('analytics').description('the analytics database: compare it with the truth, build it again');
  analytics
    .command('verify')
    .description('compare ClickHouse with PostgreSQL: clients by count, events by month, count and amount')
    .option('--json', 'print JSON')
    .action(async (options: Output) => {
      const found = await analyticsWork<Verification>('verify');
      print(options, found, () => linesOf(found));
      if (!found.same)
        throw new CommandFailed('analytics-differ: ClickHouse does not hold what it should. Run: ficha analytics rebuild');
    });
  analytics
    .command('rebuild')
    .description('build ClickHouse again from PostgreSQL under new pseudonyms; published figures stay as they are')
    .option('--dry-run', 'say how much would be built again; change nothing')
    .option('--json', 'print JSON')
    .action(async (options: Output & Trying) => {
      if (options.dryRun) return await wouldRebuild(options);
      const { epoch, projected } = await analyticsWork<{ readonly epoch: number; readonly projected: number }>('rebuild');
      print(options, { epoch, projected }, () => [`rebuilt: ${projected} rows under the pseudonyms of epoch ${epoch}`]);
    });
}

async function wouldRebuild(options: Output): Promise<void> {
  const { clients, months } = await analyticsWork<Verification>('verify');
  const events = months.reduce((sum, { expected }) => sum + expected, 0);
  print(options, { clients: clients.expected, events, dryRun: true }, () =>
    doneOr({ dryRun: true }, `${clients.expected} clients and ${events} events would be built again.`, []),
  );
}

function linesOf({ same, epoch, waiting, clients, months }: Verification): string[] {
  const differ = months.filter(({ expected, held, sameAmount }) => expected !== held || !sameAmount);
  const events = months.reduce((sum, { held }) => sum + held, 0);
  return [
    `epoch ${epoch}: ${clients.held} of ${clients.expected} clients, ${events} events in ${months.length} months, ${waiting} changes on their way`,
    ...(same
      ? ['the same as in PostgreSQL']
      : table(
          ['month', 'expected', 'held', 'amount'],
          differ.map((one) => [one.month, `${one.expected}`, `${one.held}`, one.sameAmount ? 'same' : 'differs']),
          'the clients differ',
        )),
  ];
}
