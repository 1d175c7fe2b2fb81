import { randomUUID } from 'node:crypto';
import { GraphQLError } from 'graphql';
import { FichaError } from '../domain/record/error.ts';
import type { Log } from '../platform/log.ts';

/** Errors of ours that tell the caller what to do otherwise; they hold no value. */
const forTheCaller: ReadonlySet<string> = new Set(['bad-argument', 'not-allowed', 'unknown-record', 'ambiguous-record']);

/** Errors made for the caller pass; any other becomes an id that the log explains. */
export function maskError(error: unknown, log: Log): GraphQLError {
  const original = error instanceof GraphQLError ? (error.originalError ?? error) : error;
  if (original instanceof GraphQLError) return error instanceof GraphQLError ? error : original;
  if (original instanceof FichaError && forTheCaller.has(original.code)) {
    return new GraphQLError(original.message, { extensions: { code: original.code } });
  }
  const errorId = randomUUID();
  log.error({ errorId, err: original }, 'a read failed');
  return new GraphQLError(`internal: something failed here, not in your query; give this id to the data team: ${errorId}`, {
    extensions: { code: 'internal', errorId },
  });
}
