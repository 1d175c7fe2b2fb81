import type { Command } from 'commander';
import { type Output, print, table } from './print.ts';
import { refuseFailed, runSync, runs } from './run-sync.ts';

/** `ficha sync [system]`: pulls one linked system now and shows how far it is; without a system, the last runs. */
export function addSync(program: Command): void {
  program
    .command('sync')
    .description('pull a linked system now, or list the last runs')
    .argument('[system]', 'id of the linked system')
    .option('--full', 'list everything again instead of only what changed')
    .option('--json', 'print JSON')
    .action(async (system: string | undefined, options: Output & { readonly full?: boolean }) => {
      if (system === undefined) return await listRuns(options);
      const run = await runSync(system, options.full ? 'full' : 'incremental', options);
      print(options, run, () => [
        `${run.linkedSystemId}: ${run.state}, ${run.pulled} pulled, ${run.changed} changed, ${run.deleted} gone, ${run.rejected} kept aside`,
      ]);
      refuseFailed(run);
    });
}

async function listRuns(options: Output): Promise<void> {
  const found = await runs(undefined);
  const cells = found.map((run) => [
    run.linkedSystemId,
    run.state,
    `${run.pulled}`,
    `${run.changed}`,
    `${run.deleted}`,
    `${run.rejected}`,
    run.startedAt,
  ]);
  print(options, found, () =>
    table(
      ['system', 'state', 'pulled', 'changed', 'gone', 'aside', 'started'],
      cells,
      'No run yet. Start one: ficha sync <system>',
    ),
  );
}
