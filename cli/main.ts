import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { FichaError } from '../domain/record/error.ts';
import { addAudit } from './audit.ts';
import { addAnalytics } from './analytics.ts';
import { addBackup } from './backup.ts';
import { addClient } from './client.ts';
import { addCompletion } from './completion.ts';
import { addConfig } from './config.ts';
import { addConsent } from './consent.ts';
import { CommandFailed, exitCodes } from './connection.ts';
import { addConnector } from './connector.ts';
import { addDoctor } from './doctor.ts';
import { addMetrics } from './metrics.ts';
import { addRequest } from './request.ts';
import { addResolve } from './resolve.ts';
import { addReview } from './review.ts';
import { addSync } from './sync.ts';
import { addSystem } from './system.ts';
import { addUp } from './up.ts';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { readonly version: string };

const program = new Command('ficha')
  .description('One true record per client over every linked system, with consent, erasure and portability proven to the end.')
  .version(version)
  .showHelpAfterError('(add --help for what it takes)')
  .configureHelp({ sortSubcommands: true })
  .addHelpText(
    'after',
    `
Start here:
  npm start                     a sample workspace, everything running
  ficha client find garcia      any client in a blink
  ficha request open erasure ID an erasure that ends with proof

Settings: FICHA_URL and FICHA_TOKEN say which Ficha and who asks; without them, the one that runs in ./.ficha.
Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 3 no server or no token, 4 found nothing.`,
  )
  .exitOverride();

for (const add of [
  addUp,
  addSync,
  addSystem,
  addConnector,
  addClient,
  addRequest,
  addConsent,
  addResolve,
  addAudit,
  addBackup,
  addMetrics,
  addAnalytics,
  addDoctor,
  addConfig,
  addCompletion,
  addReview,
])
  add(program);

try {
  await program.parseAsync();
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
