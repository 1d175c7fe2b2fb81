import { matchKeys } from '../domain/identity/match-keys.ts';
import { type Matchable, type MatchRecord, matchRecord } from '../domain/identity/match-record.ts';
import { defaultPolicy, type ResolutionPolicy, resolve } from '../domain/identity/resolve.ts';
import type { KeyRing } from '../platform/keys.ts';
import type { Db } from '../store/database.ts';
import { carriersOf, constraintsAmong, leadingKeys, type ResolvableRecord, resolvableRecords } from '../store/read/match.ts';
import { holdResolution, queuedRecords, replaceDecisions, replaceKeys, unqueue } from '../store/write/match.ts';
import { measureQuality } from '../store/write/quality.ts';
import { setMatchReviews } from '../store/write/match-reviews.ts';
import { beating } from './beating.ts';
import type { Deps } from './deps.ts';
import { applyClusters, type Changes, type Decided } from './resolve/apply-clusters.ts';
import { goldenOf } from './resolve/golden.ts';
import type { RecordPair } from './resolve/membership-changes.ts';
import { explore } from './resolve/neighbourhood.ts';

const keyOf = ({ systemId, kind, externalId }: ResolvableRecord): string => `${systemId}:${kind}:${externalId}`;
const asMatchRecord = (record: ResolvableRecord): MatchRecord =>
  // stored canonical forms passed the schema of their kind
  matchRecord(keyOf(record), record.kind, record.canonical as Matchable);

/** Hashes and stores the keys of the records that changed. */
async function writeKeys(
  tx: Db,
  keys: KeyRing,
  records: readonly ResolvableRecord[],
  { largestBlock }: ResolutionPolicy,
): Promise<void> {
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

/** Runs the engine over a neighbourhood; its answer by record ids. */
async function decide(tx: Db, ids: readonly string[], policy: ResolutionPolicy): Promise<Omit<Decided, 'changed'>> {
  const records = await resolvableRecords(tx, ids);
  const living = records.filter(({ deleted }) => !deleted);
  const byKey = new Map(living.map((record) => [keyOf(record), record]));
  const keyOfId = new Map(living.map((record) => [record.id, keyOf(record)]));
  const constraints = await constraintsAmong(tx, ids);
  const inside = new Set(ids);
  const carriers = (await carriersOf(tx, ids, policy.largestBlock)).filter((id) => !inside.has(id));
  const others = carriers.length === 0 ? [] : await resolvableRecords(tx, carriers);
  const leading = await leadingKeys(tx, ids, policy.largestBlock);
  const keysOf = ({ key }: MatchRecord) => leading.get(byKey.get(key)?.id ?? '') ?? [];
  const { clusters, decisions } = resolve(
    [...living, ...others].map(asMatchRecord),
    constraints.flatMap(({ one, other, kind }) => {
      const [a, b] = [keyOfId.get(one), keyOfId.get(other)];
      return a !== undefined && b !== undefined ? [{ one: a, other: b, kind }] : [];
    }),
    { policy, keysOf },
  );
  return {
    records,
    constraints,
    clusters: clusters.map((members) => members.flatMap((key) => byKey.get(key) ?? [])).filter((members) => members.length > 0),
    pairs: oncePerPair(
      decisions.flatMap(({ one, other, outcome, rule, weight, evidence }) => {
        const [a, b] = [byKey.get(one), byKey.get(other)];
        return a !== undefined && b !== undefined ? [{ one: a.id, other: b.id, outcome, rule, weight, evidence }] : [];
      }),
    ),
  };
}

/** Activities of `resolveRecords`. @param policy another than the default only where its edges are tested */
export const resolveActivities = ({ db, keys, now, survivorship }: Deps, policy: ResolutionPolicy = defaultPolicy) => {
  const golden = goldenOf(survivorship);
  const resolveBatch = async (tx: Db, limit: number): Promise<{ readonly taken: number } & Changes> => {
    await holdResolution(tx);
    const queued = await queuedRecords(tx, limit);
    if (queued.length === 0) return { taken: 0, merges: 0, splits: 0 };
    const changed = [...new Set(queued.map(({ recordId }) => recordId))];
    const known = new Set<string>();
    const load = async (ids: readonly string[]) =>
      new Map((await resolvableRecords(tx, ids)).flatMap((one) => (one.deleted ? [] : [[one.id, asMatchRecord(one)] as const])));
    await explore(tx, changed, known, policy.largestBlock, load); // what they touched until now
    await writeKeys(tx, keys, await resolvableRecords(tx, changed), policy);
    await explore(tx, changed, known, policy.largestBlock, load); // what they touch from now on
    const decided = await decide(tx, [...known], policy);
    const { clientIds, ...changes } = await applyClusters(tx, { ...decided, changed: new Set(changed) }, golden, now());
    await replaceDecisions(tx, [...known], decided.pairs);
    await setMatchReviews(tx, [...known], clientIds);
    await unqueue(
      tx,
      queued.map(({ queueId }) => queueId),
    );
    return { taken: queued.length, ...changes };
  };
  return {
    /**
     * Decides again the clients of up to `limit` queued records and of all that they touch, in one transaction; 0 when the queue is
     * empty. The result is what deciding everything at once would give (rule 2).
     */
    resolveBatch: async ({ limit }: { readonly limit: number }): Promise<{ readonly taken: number } & Changes> =>
      await beating(() => db.transaction((tx) => resolveBatch(tx, limit))),

    /** Measures the data of every linked system, at most once an hour: the figures of the day. */
    measureDataQuality: async (): Promise<{ readonly systems: number }> =>
      await beating(async () => ({ systems: await db.transaction((tx) => measureQuality(tx, now())) })),
  };
};

export type ResolveActivities = ReturnType<typeof resolveActivities>;
