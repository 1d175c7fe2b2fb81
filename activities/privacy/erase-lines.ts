import { FichaError } from '../../domain/record/error.ts';
import type { Deps } from '../deps.ts';
import { eraseOnce, giveUp, isOpen, readBack } from './act.ts';
import { refOf, requiredLine, withSystem } from './line-work.ts';

export const eraseLinesActivities = (deps: Deps) => ({
  /**
   * Erases located records of one system in their order and reads each back, over one connection. Each record has its own effect, so that
   * a try that broke off goes on where it was (rule 5). A fault that passes ends the try, and what follows waits: the person goes last. A
   * record that is refused for good is written down, and the others go on.
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
      let worked = 0;
      for (const [place, lineId] of lineIds.entries()) {
        const line = await requiredLine(deps, lineId);
        if (!isOpen(line)) continue;
        try {
          const ref = await refOf(deps, line);
          const acted = await eraseOnce(deps, line, system, ref);
          const { state, answer } = await readBack(deps, acted, system, ref);
          if (state === 'needs-attention' && answer === 'present') lookAgain.push(lineId);
        } catch (error) {
          if (!(error instanceof FichaError)) throw error;
          if (error.retry !== 'never' && worked > 0) return { lookAgain, left: lineIds.slice(place) };
          if (error.retry !== 'never') throw error;
          await giveUp(deps, line, error.code);
        }
        worked += 1;
      }
      return { lookAgain, left: [] };
    }),
});
