import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Verdict } from './run.ts';

/** `npm run chaos` sets it: full counts, a report that a run that was broken off goes on with. */
const report = process.env['FICHA_CHAOS_REPORT'];

export const fullCounts = report !== undefined;

/** `--minutes`: from this time on nothing is begun; what is left, the next run does. */
const until = Number(process.env['FICHA_CHAOS_UNTIL'] ?? Number.POSITIVE_INFINITY);

/** Whether a run was judged before, or is left for the next time. */
export const isDone = (fault: string, seed: number): boolean =>
  report !== undefined && (Date.now() > until || isJudged(report, fault, seed));

const isJudged = (file: string, fault: string, seed: number): boolean =>
  existsSync(file) &&
  readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Pick<Verdict, 'fault' | 'seed'>)
    .some((one) => one.fault === fault && one.seed === seed);

export function keep(verdict: Verdict): void {
  if (report === undefined) return;
  mkdirSync(dirname(report), { recursive: true });
  appendFileSync(report, `${JSON.stringify(verdict)}\n`);
}
