import type { LinkedSystem } from '../connectors/kit/contract.ts';
import { FichaError } from '../domain/record/error.ts';
import { type WorkLine, workLines } from '../store/read/plan-lines.ts';
import { requiredRequest } from '../store/read/privacy-requests.ts';
import { subjectKeyOf } from '../store/read/subject-keys.ts';
import { effectKey } from '../store/write/effects.ts';
import type { Deps } from './deps.ts';
import { asLineNeeds } from './privacy/blot.ts';
import { refUnder, withSystem } from './privacy/line-work.ts';

/** What would become of one line: the planned action, and what its system says to it. */
export interface Rehearsed {
  readonly lineId: string;
  readonly systemId: string;
  readonly action: WorkLine['action'];
  /** `would-erase`; a code in place of it when the system would not; `no-call` for what no connector does. */
  readonly answer: string;
}

const erases: ReadonlySet<WorkLine['action']> = new Set(['delete', 'anonymise', 'block-until']);

const answerOf = async (deps: Deps, opened: LinkedSystem, line: WorkLine, key: Buffer): Promise<string> => {
  if (!erases.has(line.action)) return 'no-call';
  const { requestId, systemId, recordHash } = line;
  const effect = effectKey({ requestId, systemId, recordHash, verb: 'erase' }).toString('hex');
  try {
    const system = await asLineNeeds(deps, line, opened);
    const { result, code } = await system.erase(refUnder(key, line), { key: effect, dryRun: true });
    return code ?? result;
  } catch (error) {
    if (error instanceof FichaError && error.retry === 'never') return error.code;
    throw error;
  }
};

/** Activities of `rehearseErasure`. */
export const rehearseActivities = (deps: Deps) => ({
  /** Goes through the plan of an erasure in one system as its approval would, with every write left out. Nothing is kept of it. */
  rehearseIn: ({
    requestId,
    systemId,
  }: {
    readonly requestId: string;
    readonly systemId: string;
  }): Promise<readonly Rehearsed[]> =>
    withSystem(deps, systemId, async (system) => {
      const lines = await workLines(deps.db, requestId, systemId);
      const key = await subjectKeyOf(deps.db, deps.keys, requestId);
      const rehearsed: Rehearsed[] = [];
      for (const line of lines)
        rehearsed.push({ lineId: line.id, systemId, action: line.action, answer: await answerOf(deps, system, line, key) });
      return rehearsed;
    }),

  /** Systems in which the plan of an erasure would act. @throws what says that there is no such plan to try */
  systemsToRehearse: async ({ requestId }: { readonly requestId: string }): Promise<readonly string[]> => {
    const { type, state } = await requiredRequest(deps.db, requestId);
    if (type !== 'erasure')
      throw new FichaError('not-erasure', `a request of type ${type} erases nothing: there is nothing to rehearse`);
    if (state !== 'planned') throw new FichaError('not-ready', `there is no plan that waits to be approved (${state})`);
    return [...new Set((await workLines(deps.db, requestId)).map(({ systemId }) => systemId))];
  },
});

export type RehearseActivities = ReturnType<typeof rehearseActivities>;
