import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { addAudit } from './audit.ts';
import { addAnalytics } from './analytics.ts';
import { addBackup } from './backup.ts';
import { addScrub } from './scrub.ts';
import { addClient } from './client.ts';
import { addCompletion } from './completion.ts';
import { addConfig } from './config.ts';
import { exitCodes } from './connection.ts';
import { addConsent } from './consent.ts';
import { addConnector } from './connector.ts';
import { addDemo } from './demo.ts';
import { addDoctor } from './doctor.ts';
import { addInit } from './init.ts';
import { addMetrics } from './metrics.ts';
import { addRequest } from './request.ts';
import { addResolve } from './resolve.ts';
import { addReview } from './review.ts';
import { addSync } from './sync.ts';
import { addSystem } from './system.ts';
import { addUp } from './up.ts';

const exitCodesInWords: Readonly<Record<number, string>> = {
  0: 'done',
  [exitCodes.failed]: 'refused or failed',
  [exitCodes.usage]: 'wrong usage',
  [exitCodes.unreachable]: 'no server or no token',
  [exitCodes.nothing]: 'found nothing',
};

/** What each exit code means, in the order of the codes. */
export const exitCodeLines = (): readonly string[] => Object.entries(exitCodesInWords).map(([code, words]) => `${code} ${words}`);

/** The whole command line; nothing runs until it parses. */
export function createProgram(): Command {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    readonly version: string;
  };
  const program = new Command('ficha')
    .description('One true record per client over every linked system, with consent, erasure and portability proven to the end.')
    .version(version)
    .showHelpAfterError('(add --help for what it takes)')
    .configureHelp({ sortSubcommands: true })
    .addHelpText(
      'after',
      `
Start here:
  ficha demo                    a sample workspace, everything running
  ficha init                    five questions, and a config file for your own
  ficha client find garcia      any client in a blink
  ficha request open erasure ID an erasure that ends with proof

Settings: environment variables or ficha.yaml; \`ficha config explain\` says what holds. FICHA_URL and FICHA_TOKEN say which Ficha and who
asks; without them, the one that runs in ./.ficha.
Exit codes: ${exitCodeLines().join(', ')}.`,
    )
    .exitOverride();
  const adders = [
    addUp,
    addInit,
    addDemo,
    addSync,
    addSystem,
    addConnector,
    addClient,
    addRequest,
    addConsent,
    addResolve,
    addAudit,
    addBackup,
    addScrub,
    addMetrics,
    addAnalytics,
    addDoctor,
    addConfig,
    addCompletion,
    addReview,
  ];
  for (const add of adders) add(program);
  return program;
}
