import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Verdict } from './run.ts';

/** `npm run chaos` sets it: full counts, a report that a run that was broken off goes on with. */
const report = process.env['FICHA_CHAOS_REPORT'];

export const fullCounts = report !== undefined;

/** `--minutes`: from this time on nothing is begun; what is left, the next run does. */
const until = Number(process.env['FICHA_CHAOS_UNTIL'] ?? Number.POSITIVE_INFINITY);

/** What earlier runs judged, read once. */
const judged = new Set(
  report === undefined || !existsSync(report)
    ? []
    : readFileSync(report, 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Pick<Verdict, 'fault' | 'seed'>)
        .map(({ fault, seed }) => `${fault} ${seed}`),
);

/** Whether a run was judged before, or is left for the next time. */
export const isDone = (fault: string, seed: number): boolean =>
  report !== undefined && (Date.now() > until || judged.has(`${fault} ${seed}`));

export function keep(verdict: Verdict): void {
  if (report === undefined) return;
  mkdirSync(dirname(report), { recursive: true });
  appendFileSync(report, `${JSON.stringify(verdict)}\n`);
}
