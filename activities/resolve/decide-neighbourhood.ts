import type { MatchRecord } from '../../domain/identity/match-record.ts';
import { type PairDecision, type ResolutionPolicy, resolve } from '../../domain/identity/resolve.ts';
import type { Db } from '../../store/database.ts';
import { constraintsAmong, oversizeKeys } from '../../store/read/match.ts';
import type { Decided } from './apply-clusters.ts';
import { isContact, largestBlockOf } from './block-keys.ts';
import type { RecordPair } from './membership-changes.ts';
import { type Blocks, readBlocks } from './neighbourhood.ts';
import type { RecordsAtHand } from './records-at-hand.ts';

/** A pair that a person linked is tried first, and again on its evidence: what the person said stands, the evidence is kept with it. */
function oncePerPair(pairs: readonly RecordPair[]): RecordPair[] {
  const once = new Map<string, RecordPair>();
  for (const pair of pairs) {
    const key = `${pair.one} ${pair.other}`;
    const first = once.get(key);
    once.set(key, first === undefined ? pair : { ...first, evidence: first.evidence ?? pair.evidence });
  }
  return [...once.values()];
}

/** The keys that several of these records have, as they are stored: by record. */
function sharedKeys(ids: readonly string[], records: RecordsAtHand): ReadonlyMap<string, readonly string[]> {
  const carriers = new Map<string, number>();
  for (const id of ids) for (const key of records.keysOf(id)) carriers.set(key, (carriers.get(key) ?? 0) + 1);
  return new Map(ids.map((id) => [id, records.keysOf(id).filter((key) => (carriers.get(key) ?? 0) > 1)]));
}

/** What is known of a neighbourhood before it is decided. */
export interface Neighbourhood {
  readonly ids: readonly string[];
  /** All of them were read with their keys. */
  readonly records: RecordsAtHand;
  /** Of the keys of what changed: need not be read again. */
  readonly blocks: Blocks;
}

/** Which of the keys lead nowhere, and who else carries a mailbox or telephone that two of the neighbourhood have in common. */
async function surroundings(
  tx: Db,
  { blocks, records, ids }: Neighbourhood,
  keys: readonly string[],
  policy: ResolutionPolicy,
): Promise<{ readonly nowhere: ReadonlySet<string>; readonly others: readonly MatchRecord[] }> {
  const contacts = keys.filter(isContact);
  const read = await readBlocks(
    tx,
    contacts.filter((key) => !blocks.has(key)),
    policy,
  );
  const known = (key: string) => blocks.get(key) ?? read.get(key);
  const oversize = await oversizeKeys(
    tx,
    keys.filter((key) => known(key) === undefined),
    (key) => largestBlockOf(key, policy),
  );
  const inside = new Set(ids);
  const carriers = new Set(contacts.flatMap((key) => (known(key) ?? []).filter((id) => !inside.has(id))));
  await records.load(carriers);
  return {
    nowhere: new Set(keys.filter((key) => oversize.has(key) || (known(key)?.length ?? 0) > largestBlockOf(key, policy))),
    others: [...carriers].flatMap((id) => records.get(id)?.form ?? []),
  };
}

/** Runs the engine over a neighbourhood; its answer by record ids. */
export async function decideNeighbourhood(
  tx: Db,
  neighbourhood: Neighbourhood,
  policy: ResolutionPolicy,
): Promise<Omit<Decided, 'changed'>> {
  const { ids, records } = neighbourhood;
  await records.load(ids);
  const constraints = await constraintsAmong(tx, ids);
  const known = ids.flatMap((id) => records.get(id) ?? []);
  const living = known.flatMap(({ form }) => form ?? []);
  const rowOf = new Map(known.flatMap(({ row, form }) => (form === undefined ? [] : [[form.key, row] as const])));
  const keyOfId = new Map(known.flatMap(({ row, form }) => (form === undefined ? [] : [[row.id, form.key] as const])));
  const shared = sharedKeys([...keyOfId.keys()], records);
  const distinct = [...new Set([...shared.values()].flat())];
  const { nowhere, others } = await surroundings(tx, neighbourhood, distinct, policy);
  const keysOf = (form: MatchRecord) => (shared.get(rowOf.get(form.key)?.id ?? '') ?? []).filter((key) => !nowhere.has(key));
  const { clusters, decisions } = resolve(
    [...living, ...others],
    constraints.flatMap(({ one, other, kind }) => {
      const [a, b] = [keyOfId.get(one), keyOfId.get(other)];
      return a !== undefined && b !== undefined ? [{ one: a, other: b, kind }] : [];
    }),
    { policy, keysOf },
  );
  return {
    records: known.map(({ row }) => row),
    constraints,
    clusters: clusters.map((members) => members.flatMap((key) => rowOf.get(key) ?? [])).filter((members) => members.length > 0),
    pairs: oncePerPair([...decisions].flatMap((decision) => byRecordIds(decision, rowOf) ?? [])),
  };
}

function byRecordIds(
  { one, other, outcome, rule, weight, evidence }: PairDecision,
  rowOf: ReadonlyMap<string, { readonly id: string }>,
): RecordPair | undefined {
  const [a, b] = [rowOf.get(one), rowOf.get(other)];
  return a !== undefined && b !== undefined ? { one: a.id, other: b.id, outcome, rule, weight, evidence } : undefined;
}
