import { FichaError } from '../../../domain/record/error.ts';
import type { CheckResult } from '../contract.ts';
import { callOf } from '../request-step.ts';
import { holds } from '../run-steps.ts';
import { type Opened } from './read-record.ts';
import { accountIn } from './verify.ts';

type Problem = CheckResult['problems'][number];

const skewMs = 5 * 60_000;

const asProblem = (verb: string, error: unknown, say?: string): Problem => {
  if (!(error instanceof FichaError)) throw error;
  return { verb, code: error.code, say: say ?? error.message };
};

/** The vendor's clock against ours: signatures and cursors suffer when they differ by much. */
function skewProblem(headers: Readonly<Record<string, string>>, now: Date): readonly Problem[] {
  const date = Date.parse(headers['date'] ?? '');
  if (Number.isNaN(date) || Math.abs(date - now.getTime()) <= skewMs) return [];
  return [{ verb: 'pull', code: 'clock-differs', say: "this computer's clock and the system's differ by more than 5 minutes" }];
}

/** Reads the account and tries what each scope allows. A missing one is told by verb, with where to grant it. Never writes. */
export async function checkSystem({ manifest, context }: Opened): Promise<CheckResult> {
  const { check, scopes = [] } = manifest;
  const scope = { config: context.config };
  const problems: Problem[] = [];
  let account: string | undefined;
  if (check !== undefined) {
    try {
      const answer = await context.send(callOf({ ...check, reads: true }, scope));
      account = accountIn(answer.body, manifest.account);
      problems.push(...skewProblem(answer.headers, context.now()).filter(() => answer.headers['date'] !== undefined));
    } catch (error) {
      return { ok: false, problems: [asProblem('check', error)] };
    }
  }
  for (const { scope: name, verbs, grant, probe } of scopes) {
    if (probe === undefined || !holds(probe, scope)) continue;
    try {
      await context.send(callOf({ ...probe, reads: true, expect: [404, ...(probe.expect ?? [])] }, scope));
    } catch (error) {
      const missing = error instanceof FichaError && error.code === 'right-missing';
      const say = missing ? `${context.systemId}: the right "${name}" is missing; grant it: ${grant}` : undefined;
      problems.push(...verbs.map((verb) => asProblem(verb, error, say)));
    }
  }
  const ok = problems.every(({ code }) => code === 'clock-differs');
  return { ok, ...(account === undefined ? {} : { account }), problems };
}
