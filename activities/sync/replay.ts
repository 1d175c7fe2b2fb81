import type { LinkedSystem } from '../../connectors/kit/contract.ts';
import type { Redrafted } from '../../connectors/kit/redraft.ts';
import { type KeptRecord, keptRecords, settleKept } from '../../store/write/rejected-records.ts';
import { holdArrivalsOf, type PageSource } from '../../store/write/source-records.ts';
import type { Deps } from '../deps.ts';
import { storeCame } from '../webhooks/store-received.ts';

const batchSize = 500;

/** What is kept aside again stays under the name that it has: of a record without an id that name is made of its content. */
const underItsName = ({ externalId }: KeptRecord, { rejected, ...rest }: Redrafted): Redrafted => ({
  ...rest,
  rejected: rejected.map((one) => (externalId === null ? one : { ...one, externalId: one.externalId ?? externalId })),
});

/**
 * Reads everything of one stream that is kept aside anew, batch by batch, each its own transaction. What can be read now is stored as a
 * sync would store it, unless something newer of it is held; the rest stays aside with the reason that it has now. Safe to repeat.
 * @returns `read-whole` when only a new listing of the stream can read what is aside
 */
export async function replayKept(
  { db, keys, now, privacyPolicies }: Pick<Deps, 'db' | 'keys' | 'now' | 'privacyPolicies'>,
  system: Pick<LinkedSystem, 'redraft'>,
  from: PageSource,
): Promise<'done' | 'read-whole'> {
  for (let after = '0'; ; ) {
    const last = await db.transaction(async (tx) => {
      holdArrivalsOf(tx, from.systemId);
      const kept = await keptRecords(tx, from, after, batchSize);
      const redrafted = kept.map((one) => [one, system.redraft?.(from.stream, one.raw)] as const);
      if (redrafted.some(([, drafted]) => drafted === undefined)) return 'read-whole';
      const came = redrafted.flatMap(([one, drafted]) => (drafted === undefined ? [] : [underItsName(one, drafted)]));
      if (came.length > 0) await storeCame(tx, keys, from, came, now(), privacyPolicies?.consent);
      await settleKept(tx, from, kept);
      return kept.length < batchSize ? undefined : kept.at(-1)?.id;
    });
    if (last === 'read-whole') return last;
    if (last === undefined) return 'done';
    after = last;
  }
}
