import { FichaError } from '../domain/record/error.ts';
import { CommandFailed, exitCodes } from './connection.ts';
import { createProgram } from './program.ts';

try {
  await createProgram().parseAsync();
} catch (error) {
  if (error instanceof CommandFailed || error instanceof FichaError) {
    // both say what, where and the way out: a stack would hide it
    if (error.message !== '') process.stderr.write(`${error.message}\n`);
    process.exitCode = error instanceof CommandFailed ? error.exitCode : exitCodes.failed;
  } else if (error instanceof Error && 'code' in error && String(error.code).startsWith('commander.')) {
    const asked = ['commander.helpDisplayed', 'commander.help', 'commander.version'].includes(String(error.code));
    process.exitCode = asked ? 0 : exitCodes.usage;
  } else {
    throw error;
  }
}
