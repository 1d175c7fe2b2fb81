import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { confirmed, type Confirming } from './confirm.ts';
import { counted } from './counted.ts';
import { type Output, print } from './print.ts';

const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

interface Restoring extends Output, Confirming {
  readonly ledger?: readonly string[];
  readonly dryRun?: boolean;
}

async function look(file: string, options: Output): Promise<void> {
  const { checkBackup } = await import('../runtime/backup.ts');
  const held = await checkBackup(file);
  print(options, { ...held, dryRun: true }, () => [
    `Whole: ${held.rows} rows, made ${held.madeAt.slice(0, 16).replace('T', ' ')} UTC. Nothing was restored.`,
  ]);
}

/** `ficha backup` and `ficha restore`. */
export function addBackup(program: Command): void {
  program
    .command('backup')
    .description('write an encrypted backup of the database; with the embedded one, stop Ficha first')
    .argument('<file>')
    .option('--ledger', 'only what says who was erased and what was done: small; take it often, and keep it beside every backup')
    .option('--yes', 'write over a file that is there without asking')
    .option('--json', 'print JSON')
    .action(async (file: string, options: Output & Confirming & { readonly ledger?: boolean }) => {
      if (existsSync(file)) await confirmed(`${file} is there already. Write over it?`, options);
      const { backup } = await import('../runtime/backup.ts');
      const bytes = await backup(file, options.ledger === true ? 'ledger' : 'all', say);
      print(options, { file, bytes }, () => [
        `Written: ${file}, ${bytes} bytes. It opens with your master key only: keep that elsewhere.`,
      ]);
    });
  program
    .command('restore')
    .description('put a backup in place of the database; who was erased since is erased again before anything is readable')
    .argument('<file>')
    .option('--ledger <file...>', 'ledgers taken after the backup, for a database that is lost')
    .option('--dry-run', 'look whether the backup is whole and opens with this master key; change nothing')
    .option('--yes', 'do it without asking')
    .option('--json', 'print JSON')
    .action(async (file: string, options: Restoring) => {
      if (options.dryRun === true) return await look(file, options);
      await confirmed(`Put ${file} in place of what the database holds now?`, options);
      const { restore } = await import('../runtime/backup.ts');
      const restored = await restore(file, options.ledger ?? [], say);
      print(options, restored, () => [
        `Restored ${counted(restored.rows, 'row')}. Erased again: ${counted(restored.records, 'record')}, ${counted(restored.clients, 'client')}, ${counted(restored.keysDestroyed, 'key')}.`,
        'Then: `ficha up`, a full sync of every system (texts that were redacted come back redacted), and rebuild the analytics.',
      ]);
    });
}
