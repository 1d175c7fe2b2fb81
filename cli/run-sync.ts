import { command, CommandFailed, query } from './connection.ts';
import { question } from './question.ts';
import type { Output } from './print.ts';
import { createSyncBar } from './sync-bar.ts';

/** One run of one linked system. */
export interface Run {
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

const runsOf = question(`query ($id: String) { syncRuns(linkedSystemId: $id, first: 20, consentLooks: false) { edges { node {
  id linkedSystemId state pulled changed deleted rejected errorCode startedAt } } } }`);

/** The last runs of one system, or of all, newest first; without the looks at what people allow, which go on beside them all the time. */
export async function runs(system: string | undefined): Promise<readonly Run[]> {
  const data = await query<{ readonly syncRuns: { readonly edges: readonly { readonly node: Run }[] } }>('data-team', runsOf, {
    id: system ?? null,
  });
  return data.syncRuns.edges.map(({ node }) => node);
}

const recordsHeld = question('{ linkedSystems { id records } }');

/** How many records the system held when it was last listed: what a full run will list, about. */
async function recordsOf(system: string): Promise<number> {
  const { linkedSystems } = await query<{ readonly linkedSystems: readonly { readonly id: string; readonly records: number }[] }>(
    'data-team',
    recordsHeld,
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

/** Orders a run of a linked system and follows it to its end. @param mode `replay`: only what is kept aside */
export async function runSync(system: string, mode: 'full' | 'incremental' | 'replay', options: Output): Promise<Run> {
  const before = (await runs(system))[0]?.id;
  await command('data-team', 'POST', '/v1/syncs', { systemId: system, mode });
  return await followed(system, before, mode === 'full' ? await recordsOf(system) : 0, options);
}

/** @throws CommandFailed with the code of a run that failed */
export function refuseFailed({ state, errorCode }: Run): void {
  if (state === 'failed')
    throw new CommandFailed(`sync-failed: ${errorCode ?? 'unknown'}; \`ficha doctor\` and the log say more`);
}
