import type { Command } from 'commander';
import { confirmed, type Confirming } from './confirm.ts';
import { counted } from './counted.ts';
import { type Output, print } from './print.ts';

const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

/** `ficha scrub`. */
export function addScrub(program: Command): void {
  program
    .command('scrub')
    .description(
      'rewrite the files of the database, so that nothing of who was erased is left in them; with the embedded one, stop Ficha first',
    )
    .option('--yes', 'do it without asking')
    .option('--json', 'print JSON')
    .action(async (options: Output & Confirming) => {
      await confirmed('Write every table anew? Nobody can read a table meanwhile: about a minute for every 5 GB.', options);
      const { scrubFiles } = await import('../runtime/scrub-files.ts');
      const { tables, left, log } = await scrubFiles(say);
      print(options, { tables, left, log }, () => [
        `Written anew: ${counted(tables, 'table')}.`,
        ...(left.length === 0 ? [] : [`Somebody held ${left.join(', ')}: run it again.`]),
        log
          ? 'The write-ahead log was turned over.'
          : 'The write-ahead log keeps old rows until it turns over with use: `grant pg_checkpoint` and execute on `pg_switch_wal()` to the owner, and set wal_recycle=off.',
      ]);
    });
}
