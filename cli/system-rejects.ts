import type { Command } from 'commander';
import { query } from './connection.ts';
import { type Output, print, table } from './print.ts';
import { wholeNumber } from './whole-number.ts';

interface Reject {
  readonly linkedSystemId: string;
  readonly stream: string;
  readonly externalId: string | null;
  readonly reasonCode: string;
  readonly reason: string;
  readonly at: string;
}

const asked = `query ($id: String, $first: Int) { rejectedRecords(linkedSystemId: $id, first: $first) { edges { node {
  linkedSystemId stream externalId reasonCode reason at } } } }`;

/** `ficha system rejects [id]`: records that are kept aside, each with its reason. */
export function addSystemRejects(system: Command): void {
  system
    .command('rejects')
    .description(
      'records that could not be read and are kept aside, each with its reason; the next sync that reads them takes them in',
    )
    .argument('[system-id]')
    .option('--first <n>', 'how many at most', wholeNumber(1, 100), 20)
    .option('--json', 'print JSON')
    .action(async (id: string | undefined, options: Output & { readonly first: number }) => {
      const { rejectedRecords } = await query<{
        readonly rejectedRecords: { readonly edges: readonly { readonly node: Reject }[] };
      }>('data-team', asked, { id: id ?? null, first: options.first });
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
