import { randomUUID } from 'node:crypto';
import { FichaError } from '../domain/record/error.ts';
import { taskQueue } from '../workflows/messages.ts';
import type { CommandDeps } from './context.ts';

/**
 * Starts passing what is queued on to every linked system. What was said is in the ledger already: when Temporal does not answer, the
 * next run passes it on.
 */
export async function passConsentOn({
  temporal,
  log,
}: Pick<CommandDeps, 'temporal' | 'log'>): Promise<'started' | 'with-the-next-run'> {
  try {
    await temporal.workflow.start('propagateConsent', { workflowId: `consent-${randomUUID()}`, taskQueue, args: [] });
    return 'started';
  } catch (cause) {
    const error = new FichaError('consent-not-started', 'passing consent on could not be started', { cause });
    log.warn({ err: error }, 'what was said waits for the next run');
    return 'with-the-next-run';
  }
}
