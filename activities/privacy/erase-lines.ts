import { FichaError } from '../../domain/record/error.ts';
import type { Deps } from '../deps.ts';
import { eraseOnce, giveUp, isOpen, readBack } from './act.ts';
import { refOf, requiredLine, withSystem } from './line-work.ts';

export const eraseLinesActivities = (deps: Deps) => ({
  /**
   * Erases located records of one system in their order and reads each back, over one connection. Each record has its own effect, so that
   * a try that broke off goes on where it was (rule 5). A fault that passes ends the try, and what follows waits: the person goes last. A
   * record that is refused for good is written down, and the others go on.
   * @returns records that still answer: they are looked at again, a moment later
   */
  eraseLines: async ({
    systemId,
    lineIds,
  }: {
    readonly systemId: string;
    readonly lineIds: readonly string[];
  }): Promise<{ readonly lookAgain: readonly string[] }> =>
    await withSystem(deps, systemId, async (system) => {
      const lookAgain: string[] = [];
      for (const lineId of lineIds) {
        const line = await requiredLine(deps, lineId);
        if (!isOpen(line)) continue;
        try {
          const ref = await refOf(deps, line);
          await eraseOnce(deps, line, system, ref);
          const { state, answer } = await readBack(deps, line, system, ref);
          if (state === 'needs-attention' && answer === 'present') lookAgain.push(lineId);
        } catch (error) {
          if (!(error instanceof FichaError) || error.retry !== 'never') throw error;
          await giveUp(deps, line, error.code);
        }
      }
      return { lookAgain };
    }),
});
