import { randomUUID } from 'node:crypto';
import type { RecordRef } from '../../connectors/kit/contract.ts';
import type { SourceRecordDraft } from '../../domain/record/source-record.ts';
import type { KeyRing } from '../../platform/keys.ts';
import type { ConsentPolicy } from '../../schemas/types.ts';
import type { Db, Tx } from '../../store/database.ts';
import { type HeldRecord, heldRecords } from '../../store/write/held-records.ts';
import { holdArrivalsOf, type PageSource } from '../../store/write/source-records.ts';
import { endSyncRun, startSyncRun } from '../../store/write/sync-runs.ts';
import type { OpenEvent, ReceivedRecords } from '../../store/write/webhook-events.ts';
import { linkedSystemById } from '../../store/read/linked-systems.ts';
import { readmitByForm } from './readmit-by-form.ts';
import { storePrepared } from '../sync/page.ts';
import { preparePage } from '../sync/prepare-page.ts';

/** What came of one stream, by event or from what was kept aside. */
export interface CameRecords extends Omit<ReceivedRecords, 'stream'> {
  readonly deleted?: readonly RecordRef[];
}

type Fields = Readonly<Record<string, unknown>>;

const mostDeep = 8;

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The fields of both; what `over` says wins, in nested objects too. */
function mergedFields(under: unknown, over: unknown, deep = 0): unknown {
  if (!isFields(under) || !isFields(over) || deep === mostDeep) return over ?? under;
  const merged: Record<string, unknown> = { ...under };
  for (const [name, value] of Object.entries(over)) merged[name] = mergedFields(under[name], value, deep + 1);
  return merged;
}

const keyOf = ({ kind, externalId }: Pick<SourceRecordDraft, 'kind' | 'externalId'>): string => `${kind}:${externalId}`;

const isOlder = (draft: SourceRecordDraft, { changedAt }: HeldRecord): boolean =>
  changedAt !== null && draft.changedAt !== undefined && Date.parse(draft.changedAt) < Date.parse(changedAt);

/**
 * What a record is after one more of it came. Events come in any order: an older one never takes the place of a newer one, and of a
 * partial one only the fields count that the newer did not say.
 */
function joined(held: HeldRecord | undefined, draft: SourceRecordDraft, partial: boolean): SourceRecordDraft | undefined {
  if (held === undefined) return draft;
  const older = isOlder(draft, held);
  if (!partial) return older ? undefined : draft;
  const [under, over] = older ? [draft, held] : [held, draft];
  const changedAt = older ? held.changedAt : draft.changedAt;
  return {
    kind: draft.kind,
    externalId: draft.externalId,
    raw: mergedFields(under.raw, over.raw),
    canonical: mergedFields(under.canonical, over.canonical),
    ...(changedAt === undefined || changedAt === null ? {} : { changedAt }),
  };
}

/** The records of one stream after all that came of them, in the order in which they came. */
async function after(tx: Db, systemId: string, came: readonly CameRecords[]): Promise<readonly SourceRecordDraft[]> {
  const drafts = came.flatMap(({ records, partial }) => records.map((draft) => ({ draft, partial })));
  const refs = drafts.map(({ draft: { kind, externalId } }) => ({ kind, externalId }));
  const held = new Map((await heldRecords(tx, systemId, refs)).map((one) => [keyOf(one), one]));
  const changed = new Map<string, SourceRecordDraft>();
  for (const { draft, partial } of drafts) {
    const key = keyOf(draft);
    const next = joined(held.get(key), draft, partial);
    if (next === undefined) continue;
    changed.set(key, next);
    held.set(key, { ...next, changedAt: next.changedAt ?? null });
  }
  return [...changed.values()];
}

/** Stores the records that webhooks and forms brought, as a pull would: tombstones first, what cannot be read aside with its reason. */
export async function storeReceived(
  tx: Tx,
  keys: KeyRing,
  systemId: string,
  events: readonly OpenEvent[],
  at: Date,
  policy?: Pick<ConsentPolicy, 'specialFields'>,
): Promise<void> {
  const came = events.flatMap(({ received }) => received ?? []);
  if (came.length === 0) return;
  holdArrivalsOf(tx, systemId);
  const { connector = '' } = (await linkedSystemById(tx, systemId)) ?? {};
  await readmitByForm(tx, keys, { systemId, connector }, events, at);
  const runId = randomUUID();
  await startSyncRun(tx, runId, systemId, 'incremental');
  for (const stream of new Set(came.map((one) => one.stream))) {
    const ofStream = came.filter((one) => one.stream === stream);
    await storeCame(tx, keys, { systemId, runId, stream }, ofStream, at, policy);
  }
  await endSyncRun(tx, runId, 'done', null);
}

/** Stores records of one stream that came outside a listing, over what is held of them. Call it after `holdArrivalsOf`. */
export async function storeCame(
  tx: Tx,
  keys: KeyRing,
  from: PageSource,
  came: readonly CameRecords[],
  at: Date,
  policy?: Pick<ConsentPolicy, 'specialFields'>,
): Promise<void> {
  const records = await after(tx, from.systemId, came);
  const rejected = came.flatMap((one) => one.rejected);
  const deleted = came.flatMap((one) => one.deleted ?? []);
  const drafts = { records, rejected, deleted, last: false, partial: true };
  await storePrepared(tx, keys, from, await preparePage(drafts, from.systemId, policy), at);
}
