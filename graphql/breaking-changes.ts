import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { buildSchema, findBreakingChanges, type GraphQLSchema } from 'graphql';

/** Where breaking changes that were meant are listed, word for word, until the release that carries them. */
const accepted = new URL('accepted-breaking-changes.txt', import.meta.url);

/** The schema as it last landed: of the commit in SCHEMA_BASE, else of the one before this. Undefined where there is no history. */
export function landedSchema(): string | undefined {
  const base = process.env['SCHEMA_BASE'] ?? 'HEAD^';
  try {
    const folder = new URL('..', import.meta.url);
    return execFileSync('git', ['show', `${base}:graphql/schema.graphql`], {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch {
    return undefined; // a shallow clone or a package: there is nothing to compare with, and the caller says so
  }
}

/** What a caller of the old schema would lose, without what is listed as meant. */
export function breakingChanges(landed: string, now: GraphQLSchema, meant: readonly string[] = meantChanges()): string[] {
  return findBreakingChanges(buildSchema(landed), now)
    .map(({ type, description }) => `${type}: ${description}`)
    .filter((change) => !meant.includes(change));
}

const meantChanges = (): string[] =>
  readFileSync(accepted, 'utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
