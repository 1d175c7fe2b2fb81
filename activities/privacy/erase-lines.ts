import { FichaError } from '../../domain/record/error.ts';
import type { Deps } from '../deps.ts';
import { planLinesById } from '../../store/read/plan-lines.ts';
import { subjectKeyOf } from '../../store/read/subject-keys.ts';
import { eraseOnce, givenUpAs, giveUp, isOpen, judgingOf, readBack } from './act.ts';
import { refUnder, withSystem } from './line-work.ts';

/** Lines of one request in one system, the key that opens their ids, and what judging them needs. */
const atHand = async (deps: Deps, lineIds: readonly string[]) => {
  const lines = await planLinesById(deps.db, lineIds);
  const [first] = lines;
  if (first === undefined || lines.length < lineIds.length)
    throw new FichaError(
      'plan-line-unknown',
      `a plan line is not there: ${lineIds.find((id) => !lines.some((line) => line.id === id))}`,
    );
  return { lines, key: await subjectKeyOf(deps.db, deps.keys, first.requestId), judging: await judgingOf(deps, first) };
};

export const eraseLinesActivities = (deps: Deps) => ({
  /**
   * Erases located records of one system in their order and reads each back, over one connection. Each record has its own effect, so that
   * a try that broke off goes on where it was (rule 5). A fault that passes ends the try, and what follows waits: the person goes last. A
   * record that is refused for good is written down, and the others go on; so is, after some tries, one that our own code chokes on.
   * @returns `lookAgain`: records that still answer, to be looked at a moment later; `left`: what a fault kept from being worked on, after
   * others were. Without any progress the fault is thrown, so that only a system that does not move is asked ever more slowly
   */
  eraseLines: async ({
    systemId,
    lineIds,
  }: {
    readonly systemId: string;
    readonly lineIds: readonly string[];
  }): Promise<{ readonly lookAgain: readonly string[]; readonly left: readonly string[] }> =>
    await withSystem(deps, systemId, async (system) => {
      const lookAgain: string[] = [];
      const { lines, key, judging } = await atHand(deps, lineIds);
      let worked = 0;
      for (const [place, line] of lines.entries()) {
        if (!isOpen(line)) continue;
        try {
          const ref = refUnder(key, line);
          const acted = await eraseOnce(deps, line, system, ref);
          const { state, answer } = await readBack(deps, acted, system, { ref, judging });
          if (state === 'needs-attention' && answer === 'present') lookAgain.push(line.id);
        } catch (error) {
          const code = givenUpAs(error);
          if (code === undefined && worked > 0 && error instanceof FichaError) return { lookAgain, left: lineIds.slice(place) };
          if (code === undefined) throw error;
          await giveUp(deps, line, code);
        }
        worked += 1;
      }
      return { lookAgain, left: [] };
    }),
});
