import type { Client as TemporalClient } from '@temporalio/client';
import type { Context } from 'hono';
import { FichaError } from '../domain/record/error.ts';
import { type Database, sql } from '../store/database.ts';
import type { CommandDeps, CommandEnv } from './context.ts';

/** What can be tried dry: commands that write in one transaction, and tell a workflow only after it. */
export const triedDry: readonly string[] = [
  'POST /v1/consents',
  'POST /v1/exclusions',
  'POST /v1/exclusions/delist',
  'POST /v1/mail-reports',
  'POST /v1/special-data',
  'POST /v1/recipients',
  'POST /v1/retention',
  'POST /v1/consent-tasks',
  'POST /v1/client-splits',
  'POST /v1/client-merges',
  'POST /v1/record-links',
  'POST /v1/review-answers',
  'POST /v1/identity-undos',
  'POST /v1/requests',
  'POST /v1/requests/:id/extend',
  'POST /v1/requests/:id/cancel',
  'POST /v1/requests/:id/identity',
  'POST /v1/requests/:id/lift-restriction',
  'POST /v1/requests/:id/package-link',
  'POST /v1/requests/:id/transfer',
  'POST /v1/decisions',
  'POST /v1/privacy-tasks',
  'POST /v1/readmissions',
  'POST /v1/blocked-orders',
  'POST /v1/intakes/:id/settle',
  'PUT /v1/documents/:id/copy',
  'DELETE /v1/documents/:id/copy',
];

const patterns = triedDry.map((route) => new RegExp(`^${route.replaceAll(/:\w+/g, '[^/]+')}$`));

/** Carries the result of a transaction over its rollback. */
class RolledBack extends Error {
  readonly result: unknown;
  constructor(result: unknown) {
    super('rolled back: it was a dry run');
    this.result = result;
  }
}

/** A database on which every transaction does its whole work and is rolled back; a statement outside of one may only read. */
function rolledBack(db: Database): Database {
  const transaction: Database['transaction'] = async (work) => {
    try {
      return await db.transaction(async (tx) => {
        throw new RolledBack(await work(tx));
      });
    } catch (error) {
      if (error instanceof RolledBack) return error.result as Awaited<ReturnType<typeof work>>; // put there three lines above
      throw error;
    }
  };
  return {
    transaction,
    query: async (statement) =>
      await db.transaction(async (tx) => {
        await tx.query(sql`set transaction read only`);
        return await tx.query(statement);
      }),
    end: () => Promise.resolve(),
  };
}

/** Starts and tells nothing. */
const silent = {
  workflow: {
    start: () => Promise.resolve(),
    signalWithStart: () => Promise.resolve(),
    getHandle: () => ({ signal: () => Promise.resolve() }),
    execute: () => Promise.reject(new FichaError('no-dry-run', 'what a connector does in a worker has no dry run')),
  },
} as unknown as TemporalClient; // the commands that are tried dry use no more of it

/** What a command works with in a dry run: all that it checks is checked, nothing is kept, told or sent. */
export const dryDeps = (deps: CommandDeps): CommandDeps => ({
  ...deps,
  db: rolledBack(deps.db),
  temporal: silent,
  handPackageOver: () => Promise.resolve(200),
  mailer: { ...deps.mailer, send: () => Promise.resolve({ state: 'sent' as const, detail: null }) },
});

/**
 * Answers `?dryRun=true`: what the command would have answered, with `dryRun: true`; ids and links in it belong to nothing.
 * @throws FichaError `no-dry-run` for a command that cannot be tried
 */
export async function triedOnly(
  c: Context<CommandEnv>,
  dry: (request: Request) => Response | Promise<Response>,
): Promise<Response> {
  const asked = `${c.req.method} ${c.req.path}`;
  if (!patterns.some((pattern) => pattern.test(asked)))
    throw new FichaError('no-dry-run', 'this command has no dry run; docs/reference/commands.md says which have one');
  const answer = await dry(c.req.raw);
  const body = (await answer.json()) as object; // every one of these commands answers an object
  return c.json(answer.ok ? { ...body, dryRun: true } : body, answer.ok ? 200 : (answer.status as 400));
}
