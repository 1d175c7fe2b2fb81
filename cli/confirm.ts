import { confirm, isCancel } from '@clack/prompts';
import { CommandFailed, exitCodes, type Trying } from './connection.ts';

/** `--yes`: do it without asking. */
export interface Confirming {
  readonly yes?: boolean;
}

/**
 * Asks before what cannot be taken back. In a script nobody answers: there `--yes` says it. A dry run takes nothing, and asks nothing.
 * @throws CommandFailed `not-confirmed` when the answer is no, or nobody is there to give one
 */
export async function confirmed(question: string, { yes = false, dryRun = false }: Confirming & Trying): Promise<void> {
  if (yes || dryRun) return;
  if (!process.stdin.isTTY)
    throw new CommandFailed(`not-confirmed: ${question} Nobody is there to answer; say --yes to do it.`, exitCodes.usage);
  const answer = await confirm({ message: question, initialValue: false, output: process.stderr });
  if (isCancel(answer) || !answer) throw new CommandFailed('not-confirmed: nothing was done.', exitCodes.failed);
}
