import type { Command } from 'commander';
import { type Confirming, confirmed } from './confirm.ts';
import { command, exitCodes, type Trying } from './connection.ts';
import { doneOr, dryRunOption } from './dry-run.ts';
import { type Output, print, table } from './print.ts';

interface Proposal {
  readonly taskId: string;
  readonly clientId: string;
  readonly category: string;
  readonly action: string;
  readonly lastHeardAt: string;
}

interface Settled {
  readonly requestId: string | null;
}

/** `ficha consent retention list|erase|anonymise|keep`: people who were not heard of for too long. */
export function addRetention(consent: Command): void {
  const retention = consent
    .command('retention')
    .description('people whose retention time is over, as the daily round proposes them, and your word on each');
  retention
    .command('list')
    .description('who is proposed, oldest first; exit code 4 when nobody is')
    .option('--json', 'print JSON')
    .action(async (options: Output) => {
      const { proposals } = await command<{ readonly proposals: readonly Proposal[] }>('dpo', 'GET', '/v1/retention');
      const cells = proposals.map((one) => [one.taskId, one.lastHeardAt.slice(0, 10), one.category, one.action, one.clientId]);
      print(options, { proposals }, () => table(['id', 'last heard', 'category', 'proposed', 'client'], cells, 'Nobody.'));
      if (proposals.length === 0) process.exitCode = exitCodes.nothing;
    });
  const opening = [
    ['erase', 'open an erasure request for one of them; its plan waits for approval as any other'],
    [
      'anonymise',
      'the same, with a plan that leaves, about nobody, what says nothing of them without them: sales, records emptied in place',
    ],
  ] as const;
  for (const [answer, says] of opening)
    retention
      .command(answer)
      .description(says)
      .argument('<id>', 'from `ficha consent retention list`')
      .option('--yes', 'do not ask')
      .addOption(dryRunOption())
      .option('--json', 'print JSON')
      .action(async (taskId: string, options: Output & Confirming & Trying) => {
        await confirmed('Open an erasure request for this client?', options);
        const { requestId } = await command<Settled>('dpo', 'POST', '/v1/retention', { taskId, answer }, options);
        if (options.dryRun) return print(options, { dryRun: true }, () => doneOr(options, 'An erasure would be opened.', []));
        print(options, { requestId }, () => [
          `Opened request ${requestId ?? ''}. See its plan: ficha request show ${requestId ?? ''}`,
        ]);
      });
  retention
    .command('keep')
    .description('keep one of them, with the reason, until the policy asks again')
    .argument('<id>', 'from `ficha consent retention list`')
    .requiredOption('--reason <text>', 'why; no personal data')
    .addOption(dryRunOption())
    .option('--json', 'print JSON')
    .action(async (taskId: string, { reason, ...options }: Output & Trying & { readonly reason: string }) => {
      await command<Settled>('dpo', 'POST', '/v1/retention', { taskId, answer: 'keep', reason }, options);
      const answer = options.dryRun ? { dryRun: true } : { taskId, kept: true };
      print(options, answer, () => doneOr(options, 'They would be kept.', ['Kept.']));
    });
}
