import type { MatchRecord } from '../../domain/identity/match-record.ts';
import { learnFrom, resolve } from '../../domain/identity/resolve.ts';
import { nameLanguages } from '../../domain/record/normalise/nickname.ts';
import { CommandFailed, exitCodes } from '../connection.ts';
import { readColumnMap } from './column-map.ts';
import { cellsOf, csvHeader, csvRows } from './csv-rows.ts';
import { type Evaluation, evaluate, readKey } from './evaluate.ts';
import { resolveInBatches } from './in-batches.ts';
import { outcomeOf, type Outcome, writeClusters, writeReasons, writeReviews } from './outcome.ts';
import { Progress } from './progress.ts';
import { type People, readPeople } from './read-records.ts';
import { writeTogether } from './safe-file.ts';

/** What to resolve and where to write; a path that is missing is not written. */
export interface Job {
  readonly inputs: readonly string[];
  readonly map: string | undefined;
  readonly output: string | undefined;
  readonly reviews: string | undefined;
  readonly explain: string | undefined;
  readonly mode: 'batch' | 'incremental';
  readonly evaluate: string | undefined;
}

/** What was done, in figures. */
export interface Summary {
  readonly records: number;
  readonly clusters: number;
  readonly reviews: number;
  readonly seconds: number;
  /** Of all cores together. */
  readonly processorSeconds: number;
  readonly peakMegabytes: number;
  readonly written: readonly string[];
}

/**
 * Reads, resolves and writes; the files appear together at the end, or not at all.
 * @throws CommandFailed when something cannot be read, understood or written
 */
export async function resolveFiles(job: Job): Promise<{ readonly summary: Summary; readonly evaluation?: Evaluation }> {
  const began = performance.now();
  refuseOverwriting(job);
  const key = job.evaluate === undefined ? undefined : await readKey(job.evaluate);
  const progress = new Progress();
  const people = await readPeople(job.inputs, job.map === undefined ? {} : readColumnMap(job.map), progress);
  progress.done(understood(people));
  progress.stage('resolving', people.records.length);
  const resolution =
    job.mode === 'batch'
      ? resolve(people.records, [], { model: 'learn' })
      : resolveInBatches(people.records, learnFrom(people.records), (done) => progress.at(done));
  const outcome = outcomeOf(resolution);
  const targets = [job.output, job.reviews, job.explain].filter((path) => path !== undefined);
  writeTogether(targets, (files) => {
    const byPath = new Map(files.map((file) => [file.path, file]));
    const file = (path: string | undefined) => (path === undefined ? undefined : byPath.get(path));
    const [clusters, reviews, reasons] = [file(job.output), file(job.reviews), file(job.explain)];
    if (clusters) writeClusters(clusters, idsOf(people.records), outcome);
    if (reviews) writeReviews(reviews, outcome);
    if (reasons) writeReasons(reasons, resolution, outcome);
  });
  const summary: Summary = {
    records: people.records.length,
    clusters: outcome.clusters,
    reviews: outcome.reviews.length,
    seconds: Number(((performance.now() - began) / 1_000).toFixed(2)),
    processorSeconds: Number(processorSeconds().toFixed(2)),
    peakMegabytes: Math.round(process.resourceUsage().maxRSS / 1_000),
    written: targets,
  };
  progress.done(`${summary.records} records in ${summary.seconds} s, at most ${summary.peakMegabytes} MB`);
  return key === undefined ? { summary } : { summary, evaluation: judged(people, outcome, key) };
}

/** What this process has used, its start included. */
function processorSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000_000;
}

function refuseOverwriting({ inputs, output, reviews, explain, map, evaluate: key }: Job): void {
  const written = [output, reviews, explain].filter((path) => path !== undefined);
  const read = new Set([...inputs, map, key]);
  const both = written.find((path) => read.has(path)) ?? written.find((path, place) => written.indexOf(path) !== place);
  if (both !== undefined)
    throw new CommandFailed(`output-is-input: ${both} is named twice. Each output needs a name of its own.`, exitCodes.usage);
}

function* idsOf(records: readonly MatchRecord[]): Generator<string> {
  for (const { key } of records) yield key;
}

/** What was made of the input, so that a wrong guess is seen: columns, ignored columns, encoding, country of telephones. */
function understood({ files, forms }: People): string {
  const lines = files.map(({ path, columns, placed, encoding }) => {
    const used = new Set([...placed.values()].flatMap(({ places }) => places));
    const ignored = columns.filter((_, place) => !used.has(place));
    const as = [...placed].map(([field, { places, areParts }]) => {
      const names = places.map((place) => columns[place]).join(areParts ? ' + ' : ', ');
      return names === field ? field : `${field} from ${names}`;
    });
    return `${path} (${encoding}): ${as.join(', ')}${ignored.length === 0 ? '' : `; not read: ${ignored.join(', ')}`}`;
  });
  if (forms.phoneCountry !== undefined) lines.push(`telephones without prefix are read as numbers of ${forms.phoneCountry}`);
  return lines.join('\n');
}

function judged({ records, systems, systemOf }: People, outcome: Outcome, key: ReadonlyMap<string, string>): Evaluation {
  const resolved = records.map((record, place) => {
    const language = languageOf(record);
    return {
      recordId: record.key,
      clusterId: outcome.clusterOf.get(record.key) ?? record.key,
      system: systems[systemOf[place] ?? 0] ?? '',
      ...(language === undefined ? {} : { language }),
    };
  });
  return evaluate(
    resolved,
    key,
    outcome.reviews.map(({ one, other }) => [one, other] as const),
  );
}

/** The language of a person's given name, where exactly one of the four has it. */
function languageOf({ kind, name }: MatchRecord): string | undefined {
  if (kind === 'company') return undefined;
  const languages = new Set((name?.given ?? []).flatMap((word) => nameLanguages(word)));
  return languages.size === 1 ? [...languages][0] : languages.size === 0 ? 'not known' : 'several';
}

/** Judges files that were written before. */
export async function evaluateFiles(clusters: string, reviews: string | undefined, key: string): Promise<Evaluation> {
  const found = await readKey(clusters);
  const resolved = [...found].map(([recordId, clusterId]) => ({ recordId, clusterId }));
  return evaluate(resolved, await readKey(key), reviews === undefined ? [] : await readReviews(reviews));
}

async function readReviews(path: string): Promise<(readonly [string, string])[]> {
  const width = cellsOf((await csvHeader(path, 'utf-8')) ?? '', ',').length;
  const pairs: (readonly [string, string])[] = [];
  for await (const batch of csvRows(path, 'utf-8', ',', width))
    for (const { cells } of batch) pairs.push([cells[0] ?? '', cells[1] ?? '']);
  return pairs;
}
