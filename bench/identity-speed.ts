import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Figure } from './figure.ts';
import { peerPython } from './peer-python.ts';
import { writePeople } from './people-generator.ts';

type Say = (line: string) => void;

/** What one whole job cost: from the CSV file to the file of clusters. */
interface Job {
  readonly seconds: number;
  /** Of all cores together: what it costs, whoever else uses the machine. */
  readonly processorSeconds: number;
  readonly peakMegabytes: number;
  readonly precision: number;
  readonly recall: number;
}

const seed = 20_261_123;
const peerVersion = '5.0.0';
const peerName = `splink ${peerVersion}`;
const root = fileURLToPath(new URL('..', import.meta.url));

/** `ficha resolve` in a process of its own, as a user runs it; its start is in the seconds. */
function runFicha(people: string, folder: string): Job {
  const began = performance.now();
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [join(root, 'bin/ficha.cjs'), 'resolve', '--input', people, '--output', join(folder, 'clusters.csv'), '--json'],
    { encoding: 'utf8', maxBuffer: 1 << 26 },
  );
  const seconds = (performance.now() - began) / 1_000;
  if (status !== 0) throw new Error(`ficha resolve ended with ${status}: ${stderr}`);
  const { peakMegabytes, processorSeconds } = JSON.parse(stdout) as Pick<Job, 'peakMegabytes' | 'processorSeconds'>;
  const judged = spawnSync(
    process.execPath,
    [join(root, 'bin/ficha.cjs'), 'resolve', '--output', join(folder, 'clusters.csv'), '--evaluate', people, '--json'],
    { encoding: 'utf8', maxBuffer: 1 << 26 },
  );
  const { all } = JSON.parse(judged.stdout) as { readonly all: { readonly pairwise: Pick<Job, 'precision' | 'recall'> } };
  return { seconds, processorSeconds, peakMegabytes, precision: all.pairwise.precision, recall: all.pairwise.recall };
}

function runPeer(python: string, people: string, folder: string, say: Say): Job | undefined {
  const script = fileURLToPath(new URL('peer-splink.py', import.meta.url));
  const { stdout, stderr, status } = spawnSync(python, [script, people, join(folder, 'peer.csv'), '0.999'], {
    encoding: 'utf8',
    timeout: 1_800_000,
  });
  const line = stdout.trim().split('\n').at(-1) ?? '';
  if (status === 0) return JSON.parse(line) as Job;
  say(`${peerName} ended with ${status}: ${stderr.slice(-2_000)}`);
  return undefined;
}

/**
 * The offline job as a user runs it, CSV in, clusters out, at growing sizes; and the peer's whole job on the largest, in the same run.
 * @param size records of the largest set; 1,000,000 is the question, less is a quick look
 */
export async function benchIdentitySpeed(say: Say, size = 1_000_000): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'ficha-bench-'));
  try {
    const jobs: { readonly records: number; readonly job: Job }[] = [];
    for (const records of [10_000, 100_000, 1_000_000].filter((one) => one < size).concat(size)) {
      const people = join(folder, `people-${records}.csv`);
      await writePeople(people, records, seed);
      say(`ficha resolve, ${records} records`);
      jobs.push({ records, job: runFicha(people, folder) });
    }
    const python = peerPython({ name: 'splink', version: peerVersion, beside: ['pandas'], modules: ['splink', 'pandas'] }, say);
    if (python === undefined) say(`${peerName} is left out: python3 with venv and PyPI are needed`);
    else say(`${peerName}, ${size} records`);
    const peer = python === undefined ? undefined : runPeer(python, join(folder, `people-${size}.csv`), folder, say);
    return figures(jobs, peer);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function figures(jobs: readonly { readonly records: number; readonly job: Job }[], peer: Job | undefined): Figure[] {
  const out: Figure[] = [];
  const add = (name: string, value: number, unit: string, of?: number): void => {
    const ratio = of === undefined || of === 0 ? null : Number((value / of).toFixed(3));
    out.push({ name, value: Number(value.toFixed(4)), unit, peer: ratio === null ? null : peerName, ratio });
  };
  for (const [place, { records, job }] of jobs.entries()) {
    const against = place === jobs.length - 1 ? peer : undefined;
    const name = `offline ${records}`;
    add(`${name}: whole job`, job.seconds, 's', against?.seconds);
    add(`${name}: processor`, job.processorSeconds, 's', against?.processorSeconds);
    add(`${name}: largest memory`, job.peakMegabytes, 'MB', against?.peakMegabytes);
    add(`${name}: pair precision`, job.precision, 'share', against?.precision);
    add(`${name}: pair recall`, job.recall, 'share', against?.recall);
    const before = jobs[place - 1];
    if (before === undefined) continue;
    for (const [what, of] of [
      ['seconds', 'seconds'],
      ['processor seconds', 'processorSeconds'],
    ] as const)
      add(
        `${name}: ${what} for a record, of those at ${before.records}`,
        job[of] / records / (before.job[of] / before.records),
        'times',
      );
  }
  if (peer !== undefined) {
    add(`${peerName}: whole job`, peer.seconds, 's');
    add(`${peerName}: processor`, peer.processorSeconds, 's');
    add(`${peerName}: largest memory`, peer.peakMegabytes, 'MB');
  }
  return out;
}
