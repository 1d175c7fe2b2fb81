import { WorkflowFailedError } from '@temporalio/client';
import { ActivityFailure, ApplicationFailure } from '@temporalio/common';
import { FichaError } from '../domain/record/error.ts';

/** What the worker said when it would not, or a system would not answer it. */
export function failureOf(error: unknown): unknown {
  if (!(error instanceof WorkflowFailedError)) return error;
  const inner = error.cause instanceof ActivityFailure ? error.cause.cause : error.cause;
  if (!(inner instanceof ApplicationFailure)) return error;
  return new FichaError(inner.type ?? 'unexpected', inner.message.replace(/^[a-z-]+: /, ''), { cause: error });
}
