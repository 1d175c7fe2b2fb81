import type { Command } from 'commander';
import { CommandFailed, exitCodes, query, type Trying } from './connection.ts';
import { question } from './question.ts';
import { refuseUnknown } from './known-system.ts';
import { type Output, print, table } from './print.ts';
import { refuseFailed, runSync } from './run-sync.ts';
import { wholeNumber } from './whole-number.ts';

interface Reject {
  readonly linkedSystemId: string;
  readonly stream: string;
  readonly externalId: string | null;
  readonly reasonCode: string;
  readonly reason: string;
  readonly at: string;
}

const asked =
  question(`query ($id: String, $first: Int) { linkedSystems { id } rejectedRecords(linkedSystemId: $id, first: $first) { edges { node {
  linkedSystemId stream externalId reasonCode reason at } } } }`);

interface Answer {
  readonly linkedSystems: readonly { readonly id: string }[];
  readonly rejectedRecords: { readonly edges: readonly { readonly node: Reject }[] };
}

interface Options extends Output, Trying {
  readonly first: number;
  readonly replay?: boolean;
}

/** Reads anew what is kept aside of one system, and says what came of it. */
async function replay(id: string | undefined, options: Options): Promise<void> {
  if (id === undefined)
    throw new CommandFailed('system-missing: of which system? ficha system rejects SYSTEM --replay', exitCodes.usage);
  const run = await runSync(id, 'replay', options);
  print(options, run, () => [
    `${id}: ${run.state}, ${run.pulled} read anew, ${run.changed} taken in, ${run.rejected} still aside`,
  ]);
  refuseFailed(run);
}

/** `ficha system rejects [id]`: records that are kept aside, each with its reason; `--replay` reads them anew. */
export function addSystemRejects(system: Command): void {
  system
    .command('rejects')
    .description(
      'records that could not be read and are kept aside, each with its reason; the next sync that reads them, or --replay, takes them in',
    )
    .argument('[system-id]')
    .option('--first <n>', 'how many at most', wholeNumber(1, 100), 20)
    .option('--replay', 'read what is kept aside of the system anew, as its connector and settings are now')
    .option('--dry-run', 'with --replay: list what would be read anew; read nothing')
    .option('--json', 'print JSON')
    .action(async (id: string | undefined, options: Options) => {
      if (options.replay === true && options.dryRun !== true) return await replay(id, options);
      const { linkedSystems, rejectedRecords } = await query<Answer>('data-team', asked, {
        id: id ?? null,
        first: options.first,
      });
      refuseUnknown(id, linkedSystems);
      const found = rejectedRecords.edges.map(({ node }) => node);
      const cells = found.map((one) => [
        one.linkedSystemId,
        one.stream,
        one.externalId ?? '',
        one.at,
        `${one.reasonCode}: ${one.reason}`,
      ]);
      print(options, found, () => table(['system', 'stream', 'record', 'since', 'why'], cells, 'Nothing is kept aside.'));
    });
}
