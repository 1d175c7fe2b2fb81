import type { Command } from 'commander';
import { command, query } from './connection.ts';
import { question } from './question.ts';
import { lookAt } from './connector-look.ts';
import { type Offered, offeredLines } from './offered.ts';
import { type Output, print, table } from './print.ts';
import { readYaml } from './read-file.ts';
import { addSystemQuality } from './system-quality.ts';
import { addSystemRejects } from './system-rejects.ts';

interface Linked {
  readonly id: string;
  readonly connector: string;
  readonly title: string;
  readonly state: string;
  readonly records: number;
  readonly openRejects: number;
  readonly lastDoneAt: string | null;
}

const listed = question('{ linkedSystems { id connector title state records openRejects lastDoneAt } }');

/** `ficha system list`, `ficha system link <file>` and `ficha system quality`. */
export function addSystem(program: Command): void {
  const system = program.command('system').description('linked systems: list them, link one');
  addSystemQuality(system);
  addSystemRejects(system);
  system
    .command('list')
    .description('every linked system, how many records, how fresh')
    .option('--json', 'print JSON')
    .action(async (options: Output) => {
      const { linkedSystems } = await query<{ readonly linkedSystems: readonly Linked[] }>('data-team', listed, {});
      const cells = linkedSystems.map((one) => [
        one.id,
        one.connector,
        one.state,
        `${one.records}`,
        `${one.openRejects}`,
        one.lastDoneAt ?? 'never',
        one.title,
      ]);
      print(options, linkedSystems, () =>
        table(
          ['id', 'connector', 'state', 'records', 'aside', 'last sync', 'title'],
          cells,
          'No system is linked yet. Link one: ficha system link FILE',
        ),
      );
    });
  system
    .command('link')
    .description('link a system, or change its settings, from a YAML or JSON file (schemas/command/link-system.schema.json)')
    .argument('<file>')
    .option('--dry-run', 'check the file and ask the account whether it answers; link nothing')
    .option('--json', 'print JSON')
    .action(async (file: string, options: Output & { readonly dryRun?: boolean }) => {
      if (options.dryRun === true) return await lookAt(file, options);
      const linked = await command<{ readonly id: string }>('data-team', 'PUT', '/v1/systems', readYaml(file));
      print(options, linked, () => [`Linked ${linked.id}. What it lists is pulled now by: ficha sync ${linked.id}`]);
    });
  system
    .command('discover')
    .description('what the account of a linked system offers: fields, lists, topics; writes nothing')
    .argument('<system>', 'id of the linked system')
    .option('--json', 'print JSON')
    .action(async (id: string, options: Output) => {
      const offered = await command<Offered>('data-team', 'POST', `/v1/systems/${encodeURIComponent(id)}/discover`, {});
      print(options, offered, () => offeredLines(offered));
    });
}
