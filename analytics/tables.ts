import { readFileSync } from 'node:fs';
import type { Analytics } from './clickhouse.ts';

const kinds = ['client_event', 'client_profile'] as const;

export type TableKind = (typeof kinds)[number];

/** Name of a table of one epoch. */
export const tableOf = (kind: TableKind, epoch: number): string => `${kind}_${epoch}`;

const ddl = (kind: TableKind, epoch: number): string =>
  readFileSync(new URL(`tables/${kind.replace('_', '-')}.sql`, import.meta.url), 'utf8').replaceAll('{epoch}', `${epoch}`);

/** Makes the tables of an epoch that are missing. */
export async function ensureTables(analytics: Analytics, epoch: number): Promise<void> {
  for (const kind of kinds) await analytics.command(ddl(kind, epoch));
}

/** Drops the tables of every epoch but one, and that of the time before there were epochs. */
export async function dropOtherEpochs(analytics: Analytics, epoch: number): Promise<void> {
  const kept = new Set(kinds.map((kind) => tableOf(kind, epoch)));
  const found = await analytics.query<{ readonly name: string }>(
    `select name from system.tables where database = currentDatabase() and match(name, '^client_(event|profile)(_[0-9]+)?$')`,
  );
  for (const { name } of found) if (!kept.has(name)) await analytics.command(`drop table if exists ${name} sync`);
}
