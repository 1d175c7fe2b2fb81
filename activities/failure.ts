import { ApplicationFailure, type Next } from '@temporalio/common';
import type { ActivityExecuteInput, ActivityInboundCallsInterceptor } from '@temporalio/worker';
import { FichaError } from '../domain/record/error.ts';
import { errorFacts, type Log } from '../platform/log.ts';

/**
 * The one place where an error of an activity becomes a failure of Temporal: ours keep their code, and never retry when that cannot
 * help; of any other only its class is told, since its message may repeat what it choked on (rule 9).
 */
export const failuresOf = (log: Log): ActivityInboundCallsInterceptor => ({
  async execute(input: ActivityExecuteInput, next: Next<ActivityInboundCallsInterceptor, 'execute'>): Promise<unknown> {
    try {
      return await next(input);
    } catch (error) {
      if (isTemporals(error)) throw error;
      log.warn({ err: error }, 'an activity failed');
      throw asFailure(error);
    }
  },
});

/** Cancellation, and failures that already speak Temporal's language, pass as they are. */
const isTemporals = (error: unknown): boolean =>
  error instanceof ApplicationFailure ||
  (error instanceof Error && ['CancelledFailure', 'CompleteAsyncError'].includes(error.name));

function asFailure(error: unknown): ApplicationFailure {
  if (error instanceof FichaError) {
    return ApplicationFailure.create({ message: error.message, type: error.code, nonRetryable: error.retry === 'never' });
  }
  const { type } = errorFacts(error);
  return ApplicationFailure.create({
    message: `unexpected: ${String(type)}; the log of the worker has where`,
    type: 'unexpected',
  });
}
