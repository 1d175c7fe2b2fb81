import type { Command } from 'commander';
import { command, CommandFailed, query } from './connection.ts';
import { type Output, print, table } from './print.ts';
import { createSyncBar } from './sync-bar.ts';

interface Run {
  readonly id: string;
  readonly linkedSystemId: string;
  readonly state: string;
  readonly pulled: number;
  readonly changed: number;
  readonly deleted: number;
  readonly rejected: number;
  readonly errorCode: string | null;
  readonly startedAt: string;
}

const runsOf = `query ($id: String) { syncRuns(linkedSystemId: $id, first: 20) { edges { node {
  id linkedSystemId state pulled changed deleted rejected errorCode startedAt } } } }`;

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
      const before = (await runs(system))[0]?.id;
      await command('data-team', 'POST', '/v1/syncs', { systemId: system, mode: options.full ? 'full' : 'incremental' });
      const run = await followed(system, before, options.full ? await recordsOf(system) : 0, options);
      print(options, run, () => [
        `${run.linkedSystemId}: ${run.state}, ${run.pulled} pulled, ${run.changed} changed, ${run.deleted} gone, ${run.rejected} kept aside`,
      ]);
      if (run.state === 'failed')
        throw new CommandFailed(`sync-failed: ${run.errorCode ?? 'unknown'}; \`ficha doctor\` and the log say more`);
    });
}

async function runs(system: string | undefined): Promise<readonly Run[]> {
  const data = await query<{ readonly syncRuns: { readonly edges: readonly { readonly node: Run }[] } }>('data-team', runsOf, {
    id: system ?? null,
  });
  return data.syncRuns.edges.map(({ node }) => node);
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

/** How many records the system held when it was last listed: what a full run will list, about. */
async function recordsOf(system: string): Promise<number> {
  const asked = '{ linkedSystems { id records } }';
  const { linkedSystems } = await query<{ readonly linkedSystems: readonly { readonly id: string; readonly records: number }[] }>(
    'data-team',
    asked,
    {},
  );
  return linkedSystems.find(({ id }) => id === system)?.records ?? 0;
}

const wait = async (ms: number): Promise<void> => {
  await new Promise((resolve) => setTimeout(resolve, ms));
};

/** Follows the run that began after `before`: a bar with rate and time left where somebody looks, a line now and then elsewhere. */
async function followed(system: string, before: string | undefined, expected: number, options: Output): Promise<Run> {
  const bar = options.json ? undefined : createSyncBar(process.stderr, expected, () => performance.now());
  for (;;) {
    const run = (await runs(system))[0];
    if (run && run.id !== before) {
      bar?.show(run);
      if (run.state !== 'running') {
        bar?.end();
        return run;
      }
    }
    await wait(300);
  }
}
