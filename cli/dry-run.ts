import { Option } from 'commander';
import type { Trying } from './connection.ts';

/** `--dry-run` of a command that Ficha itself tries. */
export const dryRunOption = (): Option =>
  new Option('--dry-run', 'let Ficha check it and say what would come of it; nothing is kept, told or sent');

/** The words of what was done; in a dry run, of what would be. */
export const doneOr = ({ dryRun = false }: Trying, would: string, done: readonly string[]): readonly string[] =>
  dryRun ? [`${would} Nothing was changed.`] : done;
