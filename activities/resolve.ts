import { randomUUID } from 'node:crypto';
import { assignClients, type Assignment } from '../domain/identity/assign-clients.ts';
import { type Matchable, type MatchRecord, matchKeys, matchRecord } from '../domain/identity/match-record.ts';
import { defaultPolicy, resolve } from '../domain/identity/resolve.ts';
import type { KeyRing } from '../platform/keys.ts';
import type { Db } from '../store/database.ts';
import { constraintsAmong, linkedByHand, neighboursOf, type ResolvableRecord, resolvableRecords } from '../store/read/match.ts';
import { appendAudits } from '../store/write/audit.ts';
import { leaveClients, moveOwned, projectAgain, removeEmptyClients, saveClients } from '../store/write/clients.ts';
import {
  holdResolution,
  queuedRecords,
  replaceDecisions,
  replaceKeys,
  setMatchReviews,
  unqueueRecords,
} from '../store/write/match.ts';
import { beating } from './beating.ts';
import type { Deps } from './deps.ts';
import { goldenClient } from './resolve/golden.ts';

const { largestBlock } = defaultPolicy;

const keyOf = ({ systemId, kind, externalId }: ResolvableRecord): string => `${systemId}:${kind}:${externalId}`;
const asMatchRecord = (record: ResolvableRecord): MatchRecord =>
  // stored canonical forms passed the schema of their kind
  matchRecord(keyOf(record), record.kind, record.canonical as Matchable);

/** Hashes and stores the keys of the records that changed. */
async function writeKeys(tx: Db, keys: KeyRing, records: readonly ResolvableRecord[]): Promise<void> {
  const hashed = records
    .filter(({ deleted }) => !deleted)
    .flatMap((record) =>
      matchKeys(asMatchRecord(record)).map(({ kind, text }) => ({
        recordId: record.id,
        kind,
        hash: keys.mac('match', `${kind}:${text}`),
      })),
    );
  await replaceKeys(
    tx,
    records.map(({ id }) => id),
    hashed,
    largestBlock,
  );
}

/** Everything that a decision about these records can touch: over shared keys, common clients and links made by hand. */
async function neighbourhood(tx: Db, start: readonly string[]): Promise<string[]> {
  const known = new Set(start);
  for (let frontier = [...start]; frontier.length > 0; ) {
    const found = [...(await neighboursOf(tx, frontier, largestBlock)), ...(await linkedByHand(tx, frontier))];
    frontier = [...new Set(found)].filter((id) => !known.has(id));
    for (const id of frontier) known.add(id);
  }
  return [...known];
}

interface Changes {
  readonly merges: number;
  readonly splits: number;
}

/** Writes what became of the clusters: clients, members, aliases, what hangs from them. */
async function applyClusters(
  tx: Db,
  records: readonly ResolvableRecord[],
  clusters: readonly (readonly ResolvableRecord[])[],
  at: Date,
): Promise<Changes> {
  const byId = new Map(records.map((record) => [record.id, record]));
  const assignments = assignClients(clusters.map((members) => members.map(({ id, clientId }) => ({ recordId: id, clientId }))));
  const known = new Set(records.flatMap(({ clientId }) => clientId ?? []));
  const clients = assignments.flatMap((assignment) => {
    const members = assignment.recordIds.flatMap((id) => byId.get(id) ?? []);
    const kind = members[0]?.kind;
    return kind === undefined ? [] : [goldenClient(assignment.clientId ?? randomUUID(), kind, members, assignment.absorbed)];
  });
  await leaveClients(
    tx,
    records.filter(({ deleted, clientId }) => deleted && clientId !== null).map(({ id }) => id),
  );
  await saveClients(tx, clients);
  await moveOwned(
    tx,
    records.map(({ id }) => id),
  );
  await projectAgain(
    tx,
    clients.map(({ id }) => id),
  );
  await removeEmptyClients(tx, [...known]);
  const splits = assignments.filter((assignment) => isSplit(assignment, byId));
  await appendAudits(tx, [
    ...clients.flatMap(({ id, absorbed }) =>
      absorbed.map((alias) => ({ actor: 'ficha', action: 'client-merged', subject: id, facts: { alias }, at })),
    ),
    ...splits.map(({ recordIds }) => ({
      actor: 'ficha',
      action: 'client-split',
      subject: byId.get(recordIds[0] ?? '')?.clientId ?? 'unknown',
      facts: { records: recordIds.length },
      at,
    })),
  ]);
  return { merges: assignments.reduce((sum, { absorbed }) => sum + absorbed.length, 0), splits: splits.length };
}

/** A cluster that got a new id although its records had a client: they were parted from it. */
const isSplit = ({ clientId, recordIds }: Assignment, byId: ReadonlyMap<string, ResolvableRecord>): boolean =>
  clientId === null && recordIds.some((id) => byId.get(id)?.clientId !== null);

/** Activities of `resolveRecords`. */
export const resolveActivities = ({ db, keys, now }: Deps) => ({
  /**
   * Decides again the clients of up to `limit` queued records and of all that they touch, in one transaction; 0 when the queue is empty.
   * The result is what deciding everything at once would give (rule 2).
   */
  resolveBatch: async ({ limit }: { readonly limit: number }): Promise<{ readonly taken: number } & Changes> =>
    await beating(() =>
      db.transaction(async (tx) => {
        await holdResolution(tx);
        const queued = await queuedRecords(tx, limit);
        if (queued.length === 0) return { taken: 0, merges: 0, splits: 0 };
        const before = await neighbourhood(tx, queued);
        await writeKeys(tx, keys, await resolvableRecords(tx, queued));
        const ids = [...new Set([...before, ...(await neighbourhood(tx, queued))])];
        const whole = await neighbourhood(tx, ids);
        const records = await resolvableRecords(tx, whole);
        const living = records.filter(({ deleted }) => !deleted);
        const idOf = new Map(living.map((record) => [keyOf(record), record.id]));
        const byKey = new Map(living.map((record) => [keyOf(record), record]));
        const keyOfId = new Map(living.map((record) => [record.id, keyOf(record)]));
        const constraints = (await constraintsAmong(tx, whole)).flatMap(({ one, other, kind }) => {
          const [a, b] = [keyOfId.get(one), keyOfId.get(other)];
          return a !== undefined && b !== undefined ? [{ one: a, other: b, kind }] : [];
        });
        const { clusters, decisions } = resolve(living.map(asMatchRecord), constraints);
        const changes = await applyClusters(
          tx,
          records,
          clusters.map((members) => members.flatMap((key) => byKey.get(key) ?? [])),
          now(),
        );
        await replaceDecisions(
          tx,
          whole,
          decisions.flatMap(({ one, other, outcome, rule, evidence }) => {
            const [a, b] = [idOf.get(one), idOf.get(other)];
            return a !== undefined && b !== undefined ? [{ one: a, other: b, outcome, rule, evidence }] : [];
          }),
        );
        await setMatchReviews(tx, whole);
        await unqueueRecords(tx, queued);
        return { taken: queued.length, ...changes };
      }),
    ),
});

export type ResolveActivities = ReturnType<typeof resolveActivities>;
