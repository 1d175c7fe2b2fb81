import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Verdict } from './run.ts';

/** `npm run chaos` sets it: full counts, a report that a run that was broken off goes on with. */
const report = process.env['FICHA_CHAOS_REPORT'];

export const fullCounts = report !== undefined;

/** Whether a run was judged before it was broken off. */
export const isDone = (fault: string, seed: number): boolean =>
  report !== undefined &&
  existsSync(report) &&
  readFileSync(report, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Pick<Verdict, 'fault' | 'seed'>)
    .some((one) => one.fault === fault && one.seed === seed);

export function keep(verdict: Verdict): void {
  if (report === undefined) return;
  mkdirSync(dirname(report), { recursive: true });
  appendFileSync(report, `${JSON.stringify(verdict)}\n`);
}
