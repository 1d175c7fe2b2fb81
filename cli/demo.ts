import type { Command } from 'commander';
import { loadSettings } from '../platform/settings.ts';
import { confirmed, type Confirming } from './confirm.ts';

/** `ficha demo`: the sample workspace as on its first day. */
export function addDemo(program: Command): void {
  program
    .command('demo')
    .description('reset the sample workspace to its first day and start it; what you tried in it is gone')
    .option('--once', 'run the main job once, print its summary and stop')
    .option('--yes', 'do it without asking')
    .action(async ({ once = false, ...confirming }: Confirming & { readonly once?: boolean }) => {
      const settings = loadSettings(process.env);
      await confirmed(`Delete the sample workspace in ${settings.home} and begin again?`, confirming);
      const { resetSample } = await import('../runtime/reset-sample.ts');
      resetSample(settings);
      const { up } = await import('../runtime/up.ts');
      await up({ sample: true, once });
    });
}
