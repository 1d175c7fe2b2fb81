import { assignClients } from '../../domain/identity/assign-clients.ts';
import type { Db, Tx } from '../../store/database.ts';
import { type ComparableRow, type ConstraintRow, type ResolvableRecord, resolvableRecords } from '../../store/read/match.ts';
import { formerClientsOf } from '../../store/read/membership.ts';
import { appendAudits } from '../../store/write/audit.ts';
import { type ClientToSave, moveOwned, projectAgain, saveClients } from '../../store/write/clients.ts';
import { leaveClients, removeEmptyClients } from '../../store/write/left-clients.ts';
import { appendMembershipChanges, settleSplits } from '../../store/write/membership.ts';
import { type Golden, goldenClient } from './golden.ts';
import { membershipChanges, pairsByRecord, type RecordPair, type WrittenCluster } from './membership-changes.ts';
import { timeOrderedIds } from './time-ordered-ids.ts';

/** What the engine decided of a neighbourhood, by record ids. */
export interface Decided {
  readonly records: readonly ComparableRow[];
  readonly clusters: readonly (readonly ComparableRow[])[];
  readonly pairs: readonly RecordPair[];
  readonly constraints: readonly ConstraintRow[];
  /** Records that were written since they were last decided. */
  readonly changed: ReadonlySet<string>;
}

export interface Changes {
  readonly merges: number;
  readonly splits: number;
}

/** What changed, and the clients that these records had: of new ones nothing was asked yet. */
interface Applied extends Changes {
  readonly clientIds: readonly string[];
}

interface Placed extends WrittenCluster {
  readonly records: readonly ComparableRow[];
  readonly absorbed: readonly string[];
  /** The client that its records were parted from. */
  readonly parent: string | null;
}

/** The id under which most of these records were a client of their own before they were merged into `parent`, if it is free. */
function formerId(
  records: readonly ComparableRow[],
  parent: string,
  former: Awaited<ReturnType<typeof formerClientsOf>>,
  taken: ReadonlySet<string>,
): string | undefined {
  const ids = new Set(records.map(({ id }) => id));
  const counts = new Map<string, number>();
  for (const { aliasId, recordId, clientId } of former) {
    if (clientId === parent && ids.has(recordId) && !taken.has(aliasId)) counts.set(aliasId, (counts.get(aliasId) ?? 0) + 1);
  }
  const [best] = [...counts].sort(([one, many], [other, more]) => more - many || (one < other ? -1 : 1));
  return best?.[0];
}

/** Gives every cluster its client: the larger part keeps the id, what is parted gets the id back that it had, or a new one. */
async function placed(tx: Db, clusters: Decided['clusters'], newId: () => string): Promise<Placed[]> {
  const assignments = assignClients(clusters.map((members) => members.map(({ id, clientId }) => ({ recordId: id, clientId }))));
  const parentOf = (members: readonly ComparableRow[]) => members.flatMap(({ clientId }) => clientId ?? [])[0] ?? null;
  const partedRecords = assignments.flatMap(({ clientId, recordIds }, place) =>
    clientId === null && parentOf(clusters[place] ?? []) !== null ? recordIds : [],
  );
  const former = partedRecords.length === 0 ? [] : await formerClientsOf(tx, partedRecords);
  const taken = new Set<string>();
  return assignments.map(({ clientId: kept, absorbed }, place) => {
    const records = clusters[place] ?? [];
    const parent = kept === null ? parentOf(records) : null;
    const clientId = kept ?? (parent === null ? undefined : formerId(records, parent, former, taken)) ?? newId();
    taken.add(clientId);
    const members = records.map((record) => ({ recordId: record.id, before: record.clientId }));
    return { clientId, parent, parted: parent !== null, members, records, absorbed };
  });
}

/** The first of two ids in the order in which pairs are kept. */
const pairOf = (one: string, other: string): string => (BigInt(one) < BigInt(other) ? `${one} ${other}` : `${other} ${one}`);

function writeHistory(tx: Tx, decided: Decided, clusters: readonly Placed[], at: Date): void {
  const decisions = new Map(
    decided.constraints.map(({ one, other, decisionId }) => [pairOf(one, other), decisionId ?? undefined]),
  );
  const kept = decided.constraints
    .filter(({ kind }) => kind === 'cannot-link')
    .map(
      ({ one, other }): RecordPair => ({
        one,
        other,
        outcome: 'different',
        rule: 'cannot-link',
        weight: null,
        evidence: undefined,
      }),
    );
  const left = decided.records.flatMap(({ id, deleted, clientId }) =>
    deleted && clientId !== null ? [{ recordId: id, before: clientId }] : [],
  );
  const pairs = pairsByRecord([...kept, ...decided.pairs]);
  const changes = membershipChanges(clusters, left, pairs, (one, other) => decisions.get(pairOf(one, other)));
  appendMembershipChanges(tx, changes, at);
}

/** Whether a cluster is the client that it was, of records that nobody wrote: then nothing about it is saved again. */
function isAsBefore(
  { clientId, parent, members, absorbed }: Placed,
  sizes: ReadonlyMap<string, number>,
  changed: Decided['changed'],
): boolean {
  return (
    parent === null &&
    absorbed.length === 0 &&
    sizes.get(clientId) === members.length &&
    members.every(({ recordId, before }) => before === clientId && !changed.has(recordId))
  );
}

/** How many records, living or just gone, each client had. */
function sizesBefore(records: readonly ComparableRow[]): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>();
  for (const { clientId } of records) if (clientId !== null) sizes.set(clientId, (sizes.get(clientId) ?? 0) + 1);
  return sizes;
}

/** The golden records of clusters, from what their records say in full. */
const goldenClients = (
  whole: ReadonlyMap<string, ResolvableRecord>,
  written: readonly Placed[],
  changed: Decided['changed'],
  golden: Golden,
): ClientToSave[] =>
  written.flatMap(({ clientId, records, absorbed }) => {
    const members = records.flatMap(({ id }) => whole.get(id) ?? []);
    const kind = members[0]?.kind;
    return kind === undefined ? [] : [goldenClient({ clientId, absorbed, changed }, kind, members, golden)];
  });

/** Whether a client is a company, or a contact of one. */
const isLinked = ({ kind, golden }: ClientToSave): boolean => kind === 'company' || 'companyExternalId' in golden;

/** Writes what became of the clusters: clients, members, aliases, history, what hangs from them, and the audit (rule 7). */
export async function applyClusters(tx: Tx, decided: Decided, golden: Golden, at: Date): Promise<Applied> {
  const { records, clusters } = decided;
  const sizes = sizesBefore(records);
  const everyCluster = await placed(tx, clusters, timeOrderedIds(at));
  const written = everyCluster.filter((cluster) => !isAsBefore(cluster, sizes, decided.changed));
  const gone = records.filter(({ deleted, clientId }) => deleted && clientId !== null).map(({ id }) => id);
  const moving = [...gone, ...written.flatMap(({ members }) => members.map(({ recordId }) => recordId))];
  const whole = new Map((await resolvableRecords(tx, moving)).map((record) => [record.id, record]));
  const clients = goldenClients(whole, written, decided.changed, golden);
  const splits = written.flatMap(({ clientId, parent, members }) => (parent === null ? [] : [{ clientId, parent, members }]));
  if (gone.length > 0) leaveClients(tx, gone);
  writeHistory(tx, decided, written, at);
  await saveClients(tx, clients, new Set(sizes.keys()));
  await settleSplits(
    tx,
    splits.map(({ clientId, parent }) => ({ clientId, fromClientId: parent })),
  );
  const own = [...whole.values()].some(({ owns }) => owns);
  const saved = clients.map(({ id }) => id);
  if (moving.length > 0) moveOwned(tx, moving, saved, { areLinked: clients.some(isLinked), own });
  const known = saved.filter((id) => sizes.has(id));
  if (known.length > 0) projectAgain(tx, known);
  const kept = new Set(everyCluster.map(({ clientId }) => clientId));
  const emptied = [...sizes.keys()].filter((id) => !kept.has(id));
  if (emptied.length > 0) removeEmptyClients(tx, emptied);
  await appendAudits(tx, [
    ...clients.flatMap(({ id, absorbed }) =>
      absorbed.map((alias) => ({ actor: 'ficha', action: 'client-merged' as const, subject: id, facts: { alias }, at })),
    ),
    ...splits.map(({ clientId, parent, members }) => ({
      actor: 'ficha',
      action: 'client-split' as const,
      subject: parent,
      facts: { records: members.length, to: clientId },
      at,
    })),
  ]);
  return {
    merges: clients.reduce((sum, { absorbed }) => sum + absorbed.length, 0),
    splits: splits.length,
    clientIds: [...sizes.keys()],
  };
}
