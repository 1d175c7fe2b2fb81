import type { Command } from 'commander';
import { command, type Trying } from './connection.ts';
import { type Output, print, table } from './print.ts';
import { refuseFailed, runSync, runs } from './run-sync.ts';

interface StreamPreview {
  readonly stream: string;
  readonly records: number;
  readonly more: boolean;
  readonly rejected: readonly { readonly code: string; readonly count: number }[];
  readonly trouble: { readonly code: string } | null;
}

/** `ficha sync [system]`: pulls one linked system now and shows how far it is; without a system, the last runs. */
export function addSync(program: Command): void {
  program
    .command('sync')
    .description('pull a linked system now, or list the last runs')
    .argument('[system]', 'id of the linked system')
    .option('--full', 'list everything again instead of only what changed')
    .option('--dry-run', 'read the first page of each list and say what would be kept and what put aside; keep nothing')
    .option('--json', 'print JSON')
    .action(async (system: string | undefined, options: Output & Trying & { readonly full?: boolean }) => {
      if (system === undefined) return await listRuns(options);
      if (options.dryRun) return await preview(system, options);
      const run = await runSync(system, options.full ? 'full' : 'incremental', options);
      print(options, run, () => [
        `${run.linkedSystemId}: ${run.state}, ${run.pulled} pulled, ${run.changed} changed, ${run.deleted} gone, ${run.rejected} kept aside`,
      ]);
      refuseFailed(run);
    });
}

/** The first page of each list, read as a run would read it. */
async function preview(system: string, options: Output): Promise<void> {
  const path = `/v1/systems/${encodeURIComponent(system)}/preview`;
  const { streams } = await command<{ readonly streams: readonly StreamPreview[] }>('data-team', 'POST', path, {});
  const cells = streams.map(({ stream, records, more, rejected, trouble }) => [
    stream,
    `${records}${more ? ', more follow' : ''}`,
    `${rejected.reduce((sum, { count }) => sum + count, 0)}`,
    trouble === null ? rejected.map(({ code, count }) => `${count} x ${code}`).join(', ') : trouble.code,
  ]);
  // the examples are people: the console shows them, a terminal keeps what it printed
  const told = streams.map(({ stream, records, more, rejected, trouble }) => ({ stream, records, more, rejected, trouble }));
  print(options, { streams: told, dryRun: true }, () => [
    ...table(['list', 'first page', 'aside', 'why'], cells, 'This system has no list to pull.'),
    'Nothing was kept.',
  ]);
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
