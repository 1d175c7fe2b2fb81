import { resemblesFrom } from '../../domain/identity/clusters.ts';
import { matchKeys } from '../../domain/identity/match-keys.ts';
import type { MatchModel } from '../../domain/identity/match-model.ts';
import type { MatchRecord } from '../../domain/identity/match-record.ts';
import { learningPolicy, type PairDecision, resolve, type Resolution } from '../../domain/identity/resolve.ts';

/** Records that arrive together. */
const usualBatch = 1_000;

/** What is known of the records that have arrived. */
class Arrived {
  readonly #blocks = new Map<string, number[]>();
  readonly #keysOf: string[][] = [];
  /** The pairs of each record, as last decided. */
  readonly #decided = new Map<string, Map<string, PairDecision>>();
  readonly #records: readonly MatchRecord[];
  readonly #placeOf = new Map<string, number>();
  readonly clusterOf = new Map<string, readonly string[]>();

  constructor(records: readonly MatchRecord[]) {
    this.#records = records;
  }

  /** Takes in records; returns them with all that share a key with them, and those of a block that has just grown too large. */
  take(from: number, batch: readonly MatchRecord[]): Set<number> {
    const touched = new Set<number>();
    for (const [offset, record] of batch.entries()) {
      const place = from + offset;
      this.#placeOf.set(record.key, place);
      const keys = matchKeys(record).map(({ kind, text }) => `${kind}:${text}`);
      this.#keysOf.push(keys);
      for (const key of keys)
        this.#blocks.set(key, [...(this.#blocks.get(key) ?? []), place].slice(0, learningPolicy.largestBlock + 2));
    }
    for (let place = from; place < from + batch.length; place += 1) {
      touched.add(place);
      for (const key of this.#keysOf[place] ?? []) {
        const block = this.#blocks.get(key) ?? [];
        if (block.length <= learningPolicy.largestBlock + 1) for (const other of block) touched.add(other);
      }
    }
    return touched;
  }

  /** Adds everything that these records decide together with, over clusters and pairs that touch. */
  close(touched: Set<number>): void {
    const open = [...touched];
    for (let place = open.pop(); place !== undefined; place = open.pop()) {
      const key = this.#records[place]?.key ?? '';
      for (const other of [...(this.clusterOf.get(key) ?? []), ...this.#resembling(key)]) {
        const at = this.#placeOf.get(other);
        if (at === undefined || touched.has(at)) continue;
        touched.add(at);
        open.push(at);
      }
    }
  }

  /** Records that decide together with one: pairs that are one client, are in doubt, or resemble each other. */
  #resembling(key: string): string[] {
    const pairs = [...(this.#decided.get(key) ?? [])];
    return pairs.flatMap(([other, { outcome, weight }]) =>
      outcome !== 'different' || (weight ?? 0) >= resemblesFrom ? [other] : [],
    );
  }

  /** Who else carries a mailbox or telephone of these records, so that what is shared is known. */
  carriers(touched: ReadonlySet<number>): number[] {
    const found = new Set<number>();
    for (const place of touched) {
      for (const key of this.#keysOf[place] ?? []) {
        if (!key.startsWith('email:') && !key.startsWith('phone:')) continue;
        for (const other of this.#blocks.get(key) ?? []) if (!touched.has(other)) found.add(other);
      }
    }
    return [...found];
  }

  /** Keys that lead somewhere: of blocks that are not too large. */
  keysOf = (record: MatchRecord): string[] =>
    (this.#keysOf[this.#placeOf.get(record.key) ?? -1] ?? []).filter(
      (key) => (this.#blocks.get(key)?.length ?? 0) <= learningPolicy.largestBlock,
    );

  settle(touched: ReadonlySet<number>, { clusters, decisions }: Resolution): void {
    const keys = new Set([...touched].map((place) => this.#records[place]?.key ?? ''));
    for (const members of clusters) for (const key of members) if (keys.has(key)) this.clusterOf.set(key, members);
    for (const key of keys) {
      const pairs = this.#decided.get(key);
      for (const other of pairs?.keys() ?? []) if (keys.has(other)) pairs?.delete(other);
    }
    for (const decision of decisions) {
      const { one, other } = decision;
      if (!keys.has(one) || !keys.has(other)) continue;
      this.#keep(one, other, decision);
      this.#keep(other, one, decision);
    }
  }

  #keep(key: string, other: string, decision: PairDecision): void {
    const pairs = this.#decided.get(key);
    if (pairs === undefined) this.#decided.set(key, new Map([[other, decision]]));
    else pairs.set(other, decision);
  }

  decisions(): PairDecision[] {
    return [...this.#decided].flatMap(([key, pairs]) => [...pairs.values()].filter(({ one }) => one === key));
  }
}

/**
 * Resolves records as they would arrive: batch after batch in file order, deciding again only what a batch touches: what shares a key with
 * it, and what hangs together with that over clusters and pairs in doubt. The result is that of `resolve` on all records with the same
 * model (design, rule 2).
 */
export function resolveInBatches(
  records: readonly MatchRecord[],
  model: MatchModel,
  at: (done: number) => void,
  batchSize = usualBatch,
): Resolution {
  const arrived = new Arrived(records);
  let skipped = 0;
  for (let from = 0; from < records.length; from += batchSize) {
    const batch = records.slice(from, from + batchSize);
    const touched = arrived.take(from, batch);
    arrived.close(touched);
    const taking = [...touched, ...arrived.carriers(touched)].flatMap((place) => records[place] ?? []);
    const resolution = resolve(taking, [], { model, policy: learningPolicy, keysOf: arrived.keysOf });
    arrived.settle(touched, resolution);
    skipped = Math.max(skipped, resolution.skipped);
    at(Math.min(from + batchSize, records.length));
  }
  const clusters = [...new Set(arrived.clusterOf.values())].sort((one, other) => ((one[0] ?? '') < (other[0] ?? '') ? -1 : 1));
  return { clusters, decisions: arrived.decisions(), skipped };
}
