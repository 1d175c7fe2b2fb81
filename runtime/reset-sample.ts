import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { FichaError } from '../domain/record/error.ts';
import type { Settings } from '../platform/settings.ts';
import { lockHome } from './home-lock.ts';

/** What a sample workspace makes in its folder. Policies and connectors of somebody's own are not among it, and stay. */
const made = ['address', 'clickhouse', 'ficha.log', 'keys', 'outbox', 'postgres', 'sample', 'temporal', 'tokens'];

/**
 * Empties the folder of a sample workspace, so that the next start begins again. Data that is not sample data is never touched.
 * @returns the paths that are deleted; in a dry run, that would be
 * @throws FichaError `already-running`, `sample-needs-all` (production, or servers of yours), `no-sample`
 */
export function resetSample(
  { home, mode, databaseUrl, temporal, clickhouse }: Settings,
  { dryRun = false }: { readonly dryRun?: boolean } = {},
): readonly string[] {
  if (mode === 'production' || databaseUrl !== undefined || temporal.address !== undefined || clickhouse.url !== undefined)
    throw new FichaError('sample-needs-all', 'the sample workspace lives in embedded servers, in FICHA_MODE=development only');
  if (!existsSync(home)) return [];
  const unlock = lockHome(home);
  try {
    if (existsSync(join(home, 'postgres')) && !existsSync(join(home, 'sample')))
      throw new FichaError('no-sample', `${home} holds data that is no sample workspace; set FICHA_HOME to another folder`);
    const there = made.map((name) => join(home, name)).filter((path) => existsSync(path));
    for (const path of dryRun ? [] : there) rmSync(path, { recursive: true, force: true });
    return there;
  } finally {
    unlock();
  }
}
