import { join } from 'node:path';
import { FichaError } from '../domain/record/error.ts';
import { loadSettings, type Settings } from '../platform/settings.ts';
import { giveWay } from './give-way.ts';
import { lockHome } from './home-lock.ts';
import { type JobSummary, runMainJob } from './main-job.ts';
import { createProgress, type Progress } from './progress.ts';
import { collectStops, type Stops } from './stops.ts';
import { openWorkspace, type Part, type Workspace } from './workspace.ts';

export interface UpOptions {
  /** Link the sample workspace and run the main job on it. */
  readonly sample: boolean;
  /** Stop after the main job. */
  readonly once: boolean;
  /** What this process is of Ficha; everything when left out. */
  readonly only?: Part;
  /** One JSON document on the standard output once everything is up (with `once`, once the job is done); what people read goes to the other. */
  readonly json?: boolean;
}

/** Exit code of a run that a signal ended before its job was done. */
const interruptedCode = 130;

/** How long after everything was stopped the process ends at the latest. */
const leaveAfterMs = 5_000;

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Boots everything, runs the main job when asked, stays up until a signal unless `once`. What was started is stopped on every way out.
 * @throws FichaError `already-running`, `parts-need-servers`, `sample-needs-all`, and those of the servers and settings
 */
export async function up({ sample, once, only, json = false }: UpOptions): Promise<void> {
  const settings = loadSettings(process.env);
  refuseHalves(settings, sample, only);
  if (only === 'worker') giveWay();
  const progress = createProgress(json ? process.stderr : process.stdout);
  const tell = (document: object): void => void (json && process.stdout.write(`${JSON.stringify(document, null, 2)}\n`));
  let job: JobSummary | undefined;
  const stops = collectStops();
  const interruption = listenForSignals(progress);
  stops.add(async () => interruption.stopListening());
  try {
    const unlock = lockHome(settings.home);
    stops.add(async () => unlock());
    const start = Date.now();
    const parts: readonly Part[] = only === undefined ? ['worker', 'api'] : [only];
    const workspace = await openWorkspace({ settings, parts, say: progress.say });
    stops.add(workspace.stop);
    progress.print([`Ready in ${((Date.now() - start) / 1000).toFixed(1)} s`]);
    const ending = Promise.race([interruption.came, workspace.failed]);
    if (sample && !interruption.heard()) {
      const done = await Promise.race([runSample(settings, workspace, progress, stops), ending]);
      if (done === undefined) process.exitCode = interruptedCode;
      else job = done;
    }
    if (once && job !== undefined) tell({ job });
    if (!once && !interruption.heard()) {
      tell(document(workspace, parts, settings, job));
      progress.print(welcome(workspace, parts, settings));
      await ending;
    }
  } catch (error) {
    await putAway(interruption, progress, stops).catch(() => undefined); // what went wrong first is what people need to read
    throw error;
  }
  await putAway(interruption, progress, stops);
}

async function putAway(interruption: Interruption, progress: Progress, stops: Stops): Promise<void> {
  if (!interruption.heard()) progress.print(['Stopping']);
  // unref'd, it fires only where something native that could not be put away keeps the process alive
  const leave = (): unknown => setTimeout(() => process.exit(), leaveAfterMs).unref();
  await stops.stop().finally(leave);
}

/** The main job on the sample workspace; its systems go before everything else, once the worker is at rest. */
async function runSample(settings: Settings, workspace: Workspace, { say, print }: Progress, stops: Stops): Promise<JobSummary> {
  const { tokens, url } = workspace;
  if (tokens === undefined) throw new FichaError('sample-needs-all', 'the sample workspace is for FICHA_MODE=development');
  const { startSample } = await import('./sample.ts');
  const systems = await startSample(settings.home, say);
  stops.add(async () => {
    await workspace.stop();
    await systems.stop();
  });
  const summary = await runMainJob({ url, tokens }, systems, say);
  print(summaryLines(summary));
  return summary;
}

/** Apart, worker and API meet in the servers: what one embeds, the other would not see. */
function refuseHalves(settings: Settings, sample: boolean, only: Part | undefined): void {
  if (only === undefined) return;
  if (sample) throw new FichaError('sample-needs-all', 'the sample workspace runs in one process: leave out --only');
  const missing = [
    settings.databaseUrl === undefined ? ['DATABASE_URL'] : [],
    settings.temporal.address === undefined ? ['TEMPORAL_ADDRESS'] : [],
    settings.clickhouse.url === undefined ? ['CLICKHOUSE_URL'] : [],
    settings.keys.masterKey === undefined && settings.keys.masterKeyFile === undefined ? ['FICHA_MASTER_KEY_FILE'] : [],
  ].flat();
  if (missing.length > 0) {
    throw new FichaError(
      'parts-need-servers',
      `--only ${only} shares servers and keys with the other part: set ${missing.join(', ')}`,
    );
  }
}

interface Interruption {
  readonly came: Promise<void>;
  readonly heard: () => boolean;
  readonly stopListening: () => void;
}

/** A signal during the start lets the start end first, so that everything it began is known and stopped. */
function listenForSignals(progress: Progress): Interruption {
  let hear: () => void = () => undefined;
  let heard = 0;
  const listener = (): void => {
    heard += 1;
    progress.print([heard === 1 ? 'Stopping' : 'Stopping: waiting for running work to be put away']);
    hear();
  };
  const came = new Promise<void>((resolve) => {
    hear = resolve;
  });
  for (const signal of signals) process.on(signal, listener);
  const stopListening = (): void => signals.forEach((signal) => process.off(signal, listener));
  return { came, heard: () => heard > 0, stopListening };
}

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
    ...metricLines(summary),
  ];
}

/** One figure about everybody that is about nobody. */
function metricLines({ activeClients }: JobSummary): string[] {
  if (activeClients === undefined) return ['  active clients       not shown: too few clients, or no month is closed yet'];
  const { month, value, low, high } = activeClients;
  const shown = (figure: number): string => Math.round(figure).toString();
  return [
    `  active clients       about ${shown(value)} in ${month} (in 95 of 100 cases ${shown(low)} to ${shown(high)}; \`ficha metrics list\`)`,
  ];
}

/** How this Ficha is called: from a checkout, or as an installed package. */
const command = import.meta.url.includes('/node_modules/') ? 'npx ficha' : 'npm run -s ficha --';

/** Where everything is, for a program. */
const document = ({ url, tokens }: Workspace, parts: readonly Part[], { home, mode }: Settings, job: JobSummary | undefined) => ({
  url,
  parts,
  ...(parts.includes('api') ? { console: `${url}/console`, graphql: `${url}/graphql`, commands: `${url}/v1` } : {}),
  ...(mode === 'production' ? {} : { log: join(home, 'ficha.log') }),
  ...(tokens === undefined ? {} : { tokens }),
  ...(job === undefined ? {} : { job }),
});

function welcome({ url, tokens }: Workspace, parts: readonly Part[], { home, mode }: Settings): string[] {
  if (!parts.includes('api')) return ['', `Worker: at work; ${url}/ready says whether its servers answer`];
  return [
    '',
    `Console      ${url}/console`,
    `GraphQL      ${url}/graphql`,
    `Commands     ${url}/v1`,
    ...(mode === 'production' ? [] : [`Log          ${join(home, 'ficha.log')}`]),
    ...(tokens === undefined ? [] : ['', 'Tokens of the sample users (12 hours):']),
    ...Object.entries(tokens ?? {}).map(([role, token]) => `  ${role.padEnd(13)} ${token}`),
    '',
    'Three things to try, in another terminal:',
    `  ${command} client find garcia`,
    `  ${command} request list`,
    `  ${command} sync mailer`,
    '',
    'Ctrl-C stops everything; the data stays.',
  ];
}
