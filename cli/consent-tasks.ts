import type { Command } from 'commander';
import { command, exitCodes, type Trying } from './connection.ts';
import { doneOr, dryRunOption } from './dry-run.ts';
import { type Output, print, table } from './print.ts';

interface Task {
  readonly taskId: string;
  readonly reason: string;
  readonly clientId: string;
  readonly linkedSystemId: string | null;
  readonly purpose: string | null;
  readonly channel: string | null;
  readonly openedAt: string;
}

/** `ficha consent tasks list|look-again|done`: what a system does not take, and who came of age. */
export function addTasks(consent: Command): void {
  const tasks = consent
    .command('tasks')
    .description('what a person must see to: systems that refuse or ignore a no, children who came of age');
  tasks
    .command('list')
    .description('open tasks, oldest first; exit code 4 when there is none')
    .option('--json', 'print JSON')
    .action(async (options: Output) => {
      const { tasks: open } = await command<{ readonly tasks: readonly Task[] }>('dpo', 'GET', '/v1/consent-tasks');
      const cells = open.map(({ taskId, openedAt, reason, linkedSystemId, purpose, channel, clientId }) => [
        taskId,
        openedAt.slice(0, 10),
        reason,
        linkedSystemId ?? '',
        purpose === null || channel === null ? '' : `${purpose}/${channel}`,
        clientId,
      ]);
      print(options, { tasks: open }, () => table(['id', 'since', 'why', 'system', 'of', 'client'], cells, 'None.'));
      if (open.length === 0) process.exitCode = exitCodes.nothing;
    });
  tasks
    .command('look-again')
    .description('tell the system once more and read it back; a new task opens if it does not obey')
    .argument('<id>', 'from `ficha consent tasks list`')
    .addOption(dryRunOption())
    .option('--json', 'print JSON')
    .action(async (taskId: string, options: Output & Trying) => {
      const settled = await command<object>('dpo', 'POST', '/v1/consent-tasks', { taskId, answer: 'look-again' }, options);
      print(options, settled, () => doneOr(options, 'The system would be told again.', ['The system is being told again.']));
    });
  tasks
    .command('done')
    .description('a person did it: the system was set by hand, the child was asked')
    .argument('<id>', 'from `ficha consent tasks list`')
    .requiredOption('--evidence <reference>', 'what was done and where the proof is; no personal data')
    .addOption(dryRunOption())
    .option('--json', 'print JSON')
    .action(async (taskId: string, { evidence, ...options }: Output & Trying & { readonly evidence: string }) => {
      const settled = await command<object>('dpo', 'POST', '/v1/consent-tasks', { taskId, answer: 'done', evidence }, options);
      print(options, settled, () => doneOr(options, 'It would be settled.', ['Settled.']));
    });
}
