import { type DestinationStream, pino } from 'pino';
import { FichaError } from '../domain/record/error.ts';
import type { LogLevel } from './settings.ts';

/**
 * The only keys that are logged: ids that are opaque, counts, codes and names of our own things. Anything else is dropped and
 * counted, so that personal data that strays into a call does not reach the log (rule 9). Add a key here only if its values
 * can never be about a person.
 */
// biome-ignore format: one subject a line
const loggable = [
  'service', 'version', 'mode', 'pid', 'signal', 'host', 'port', 'database', 'migration', 'task', 'step', 'role',
  'systemId', 'connector', 'stream', 'kind', 'verb', 'runId', 'requestId', 'lineId', 'clientId', 'taskId', 'errorId', 'seq',
  'workflowId', 'workflowType', 'workflowRunId', 'activityType', 'attempt', 'taskQueue', 'namespace', 'schedule',
  'code', 'rule', 'state', 'outcome', 'result', 'reasonCode', 'status', 'method', 'route', 'operation', 'retry',
  'count', 'pulled', 'changed', 'deleted', 'rejected', 'tombstoned', 'pages', 'clients', 'merges', 'splits', 'reviews',
  'applied', 'located', 'acted', 'verified', 'queued', 'projected', 'durationMs', 'waitMs', 'bytes', 'lagSeconds',
] as const;

export type LoggableKey = (typeof loggable)[number];

/** What a line says beside its message. `err` is any error: see `errorFacts` for what is kept of it. */
export type LogFacts = { readonly [Key in LoggableKey]?: string | number | boolean | null } & { readonly err?: unknown };

/** The message is a constant text; what varies goes into the facts. */
export interface Log {
  debug(facts: LogFacts, message: string): void;
  info(facts: LogFacts, message: string): void;
  warn(facts: LogFacts, message: string): void;
  error(facts: LogFacts, message: string): void;
  /** The same log with these facts on every line. */
  child(facts: LogFacts): Log;
}

const MAX_TEXT = 200;
const MAX_CAUSES = 3;
const allowed: ReadonlySet<string> = new Set(loggable);

/** Where it happened. The first lines of a stack repeat the message, which may hold anything. */
const frames = (error: Error): readonly string[] =>
  (error.stack ?? '')
    .split('\n')
    .filter((line) => /^ {4}at /.test(line))
    .slice(0, 15)
    .map((line) => line.trim());

/**
 * What may be logged of an error: code and message of one of ours; of any other its class, its code when it looks like a code,
 * and where it happened. The message of a foreign error may repeat what it choked on.
 */
export function errorFacts(error: unknown, depth = 0): Readonly<Record<string, unknown>> {
  if (!(error instanceof Error)) return { type: typeof error };
  const cause = error.cause === undefined || depth >= MAX_CAUSES ? {} : { cause: errorFacts(error.cause, depth + 1) };
  if (error instanceof FichaError) {
    return { type: error.name, code: error.code, message: error.message, retry: error.retry, stack: frames(error), ...cause };
  }
  const code =
    'code' in error && typeof error.code === 'string' && /^[A-Z][A-Z0-9_]{2,40}$/.test(error.code) ? { code: error.code } : {};
  return { type: error.constructor.name, ...code, stack: frames(error), ...cause };
}

/** The loggable part of whatever a call passed, types or no types. */
export function loggablePart(facts: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  let dropped = 0;
  for (const [key, value] of Object.entries(facts)) {
    if (key === 'err') kept['err'] = errorFacts(value);
    else if (!allowed.has(key) || (typeof value === 'object' && value !== null)) dropped += 1;
    else kept[key] = typeof value === 'string' ? value.slice(0, MAX_TEXT) : value;
  }
  return dropped === 0 ? kept : { ...kept, dropped };
}

const wrapped = (logger: pino.Logger): Log => ({
  debug: (facts, message) => logger.debug(loggablePart(facts), '%s', message),
  info: (facts, message) => logger.info(loggablePart(facts), '%s', message),
  warn: (facts, message) => logger.warn(loggablePart(facts), '%s', message),
  error: (facts, message) => logger.error(loggablePart(facts), '%s', message),
  child: (facts) => wrapped(logger.child(loggablePart(facts))),
});

/** A log of JSON lines with UTC times. `to` is the standard output unless it is given. */
export function createLog(options: { readonly level?: LogLevel; readonly service?: string } = {}, to?: DestinationStream): Log {
  const settings: pino.LoggerOptions = {
    level: options.level ?? 'info',
    base: { service: options.service ?? 'ficha' },
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: (facts: unknown) => facts },
    formatters: { level: (label) => ({ level: label }) },
  };
  return wrapped(to === undefined ? pino(settings) : pino(settings, to));
}
