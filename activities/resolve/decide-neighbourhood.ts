import { forEachMatchKey, type MatchKey } from '../../domain/identity/match-keys.ts';
import type { MatchRecord } from '../../domain/identity/match-record.ts';
import { type PairDecision, type ResolutionPolicy, resolve } from '../../domain/identity/resolve.ts';
import type { Db } from '../../store/database.ts';
import { blocksOf, constraintsAmong, oversizeKeys } from '../../store/read/match.ts';
import type { Decided } from './apply-clusters.ts';
import { type HashedKeys, isContact } from './block-keys.ts';
import type { RecordPair } from './membership-changes.ts';
import type { Blocks } from './neighbourhood.ts';
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

/** Key texts that several records have, by record. */
interface SharedTexts {
  readonly of: ReadonlyMap<string, readonly string[]>;
  readonly kinds: ReadonlyMap<string, MatchKey['kind']>;
}

function sharedTexts(forms: readonly MatchRecord[]): SharedTexts {
  const of = new Map<string, Set<string>>();
  const carriers = new Map<string, number>();
  const kinds = new Map<string, MatchKey['kind']>();
  for (const form of forms) {
    const texts = new Set<string>();
    forEachMatchKey(form, (kind, part, behind) => {
      const text = behind === undefined ? `${kind}:${part}` : `${kind}:${part}|${behind}`;
      texts.add(text);
      kinds.set(text, kind);
    });
    for (const text of texts) carriers.set(text, (carriers.get(text) ?? 0) + 1);
    of.set(form.key, texts);
  }
  const isShared = (text: string) => (carriers.get(text) ?? 0) > 1;
  for (const text of kinds.keys()) if (!isShared(text)) kinds.delete(text);
  return { of: new Map([...of].map(([key, texts]) => [key, [...texts].filter(isShared)])), kinds };
}

/** What is known of a neighbourhood before it is decided. */
export interface Neighbourhood {
  readonly ids: readonly string[];
  readonly records: RecordsAtHand;
  readonly hashed: HashedKeys;
  /** Of the keys of what changed: need not be read again. */
  readonly blocks: Blocks;
}

/** Which of the key texts lead nowhere, and who else carries a mailbox or telephone that two of the neighbourhood have in common. */
async function surroundings(
  tx: Db,
  { hashed, blocks, records, ids }: Neighbourhood,
  { kinds }: SharedTexts,
  largestBlock: number,
): Promise<{ readonly nowhere: ReadonlySet<string>; readonly others: readonly MatchRecord[] }> {
  const contacts = [...kinds].flatMap(([text, kind]) => (isContact(kind) ? [hashed.of(text, kind)] : []));
  const unread = contacts.filter((key) => !blocks.has(key));
  const read = await blocksOf(tx, unread, largestBlock + 1);
  const known = (key: string) => blocks.get(key) ?? read.get(key);
  const keyOf = new Map([...kinds].map(([text, kind]) => [text, hashed.of(text, kind)] as const));
  const uncounted = [...keyOf.values()].filter((key) => known(key) === undefined);
  const oversize = await oversizeKeys(tx, uncounted, largestBlock);
  const isOversize = (key: string) => oversize.has(key) || (known(key)?.length ?? 0) > largestBlock;
  const inside = new Set(ids);
  const carriers = new Set(contacts.flatMap((key) => (known(key) ?? []).filter((id) => !inside.has(id))));
  await records.load(carriers);
  return {
    nowhere: new Set([...keyOf].flatMap(([text, key]) => (isOversize(key) ? [text] : []))),
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
  const shared = sharedTexts(living);
  const { nowhere, others } = await surroundings(tx, neighbourhood, shared, policy.largestBlock);
  const keysOf = ({ key }: MatchRecord) => (shared.of.get(key) ?? []).filter((text) => !nowhere.has(text));
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
