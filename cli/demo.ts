import type { Command } from 'commander';
import { loadSettings } from '../platform/settings.ts';
import { confirmed, type Confirming } from './confirm.ts';
import type { Trying } from './connection.ts';
import { doneOr } from './dry-run.ts';
import { type Output, print } from './print.ts';

/** `ficha demo`: the sample workspace as on its first day. */
export function addDemo(program: Command): void {
  program
    .command('demo')
    .description('reset the sample workspace to its first day and start it; what you tried in it is gone')
    .option('--once', 'run the main job once, print its summary and stop')
    .option('--dry-run', 'say what would be deleted; delete and start nothing')
    .option('--yes', 'do it without asking')
    .option('--json', 'print JSON, as `ficha up --json` does')
    .action(async ({ once = false, ...options }: Output & Confirming & Trying & { readonly once?: boolean }) => {
      const settings = loadSettings(process.env);
      const { resetSample } = await import('../runtime/reset-sample.ts');
      if (options.dryRun) {
        const deleted = resetSample(settings, options);
        return print(options, { deleted, dryRun: true }, () =>
          doneOr(options, deleted.length === 0 ? 'There is nothing to delete.' : `To be deleted: ${deleted.join(', ')}.`, []),
        );
      }
      await confirmed(`Delete the sample workspace in ${settings.home} and begin again?`, options);
      resetSample(settings);
      const { up } = await import('../runtime/up.ts');
      await up({ sample: true, once, json: options.json === true });
    });
}
