import { FichaError } from '../domain/record/error.ts';
import { loadSettings } from '../platform/settings.ts';
import { lockHome } from './home-lock.ts';
import { type JobSummary, runMainJob } from './main-job.ts';
import { say } from './progress.ts';
import { startSample } from './sample.ts';
import { openWorkspace, type Workspace } from './workspace.ts';

export interface UpOptions {
  /** Link the sample workspace and run the main job on it. */
  readonly sample: boolean;
  /** Stop after the main job. */
  readonly once: boolean;
}

/** Boots everything, runs the main job when asked, stays up until a signal unless `once`. */
export async function up({ sample, once }: UpOptions): Promise<void> {
  const settings = loadSettings(process.env);
  const unlock = lockHome(settings.home);
  const toStop: (() => Promise<unknown>)[] = [];
  const signal = new Promise<NodeJS.Signals>((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => resolve(name));
  });
  try {
    const start = Date.now();
    const workspace = await openWorkspace(settings, say);
    toStop.push(() => workspace.stop());
    say(`Ready in ${((Date.now() - start) / 1000).toFixed(1)} s`);
    const interrupted = signal.then(() => undefined);
    if (sample) {
      const systems = await startSample(settings.home, say);
      toStop.push(() => systems.stop());
      const summary = await Promise.race([runMainJob(workspace.access, systems, say), interrupted, workspace.failed]);
      if (summary) sayAll(summaryLines(summary));
    }
    if (!once) {
      sayAll(welcome(workspace));
      await Promise.race([interrupted, workspace.failed]);
    }
    say('Stopping');
  } finally {
    for (const end of toStop.reverse()) await end();
    unlock();
  }
}

const sayAll = (lines: readonly string[]): void => {
  for (const line of lines) say(line);
};

function summaryLines(summary: JobSummary): string[] {
  return [
    '',
    'Main job',
    `  records pulled       ${summary.recordsPulled} (${summary.rejected} kept aside)`,
    `  clients              ${summary.clients}`,
    `  merges               ${summary.merges}`,
    `  reviews              ${summary.reviews}`,
    `  opt-outs propagated  ${summary.optOutsPropagated}`,
    `  requests closed      ${summary.requestsClosed}, with ${summary.evidence} pieces of evidence`,
    ...summary.outcomes.map((outcome) => `    ${outcome}`),
  ];
}

function welcome({ access }: Workspace): string[] {
  return [
    '',
    `GraphQL      ${access.url}/graphql`,
    `Commands     ${access.url}/v1`,
    '',
    'Tokens of the sample users (12 hours):',
    ...Object.entries(access.tokens).map(([role, token]) => `  ${role.padEnd(13)} ${token}`),
    '',
    'Three things to try, in another terminal:',
    '  npm run -s ficha -- client find garcia',
    '  npm run -s ficha -- request list',
    '  npm run -s ficha -- sync mailer',
    '',
    'Ctrl-C stops everything; the data stays.',
  ];
}

/** What `up` says when it cannot start. */
export const inWords = (error: unknown): string =>
  error instanceof FichaError ? error.message : `unexpected: ${error instanceof Error ? error.message : 'unknown'}`;
