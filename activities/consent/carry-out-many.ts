import type { ConsentOfMany, RecordRef } from '../../connectors/kit/contract.ts';
import { endActs, type Settled, type SuppressionOutcome, type SuppressionWork } from '../../store/write/suppression-work.ts';
import { noteActs } from './begin-acts.ts';
import type { Means } from './carry-out.ts';

/** Fewer are carried out one by one. */
const fewest = 5;

type One = SuppressionWork['records'][number];
const refOf = ({ kind, externalId }: One): RecordRef => ({ kind, externalId });
const recordOf = ({ records }: SuppressionWork): One | undefined => (records.length === 1 ? records[0] : undefined);

/** Those that the system can be told of together: of its channel and purpose, with one record each; none when they are few. */
export function togetherOf(many: ConsentOfMany | undefined, works: readonly SuppressionWork[]): readonly SuppressionWork[] {
  const together = works.filter(
    (work) =>
      work.consentEventId === null &&
      work.channel === many?.channel &&
      [many.purpose, '*'].includes(work.purpose) &&
      recordOf(work)?.kind === many.kind,
  );
  return together.length < fewest ? [] : together;
}

/**
 * Looks at many records, suppresses those that may still be contacted, and reads these back: only what the system then says counts
 * (rule 5).
 * @param works those of `togetherOf`, at most `many.size`
 */
export async function carryOutMany(
  { db, now }: Means,
  many: ConsentOfMany,
  works: readonly SuppressionWork[],
): Promise<readonly Settled[]> {
  const lines = works.flatMap((work) => {
    const record = recordOf(work);
    return record === undefined ? [] : [{ work, record }];
  });
  const acts = (of: typeof lines) =>
    of.map(({ work, record }) => ({ recordId: record.id, purpose: work.purpose, channel: work.channel }));
  const before = await many.read(lines.map(({ record }) => refOf(record)));
  const open = lines.filter(({ record }) => before.has(record.externalId) && before.get(record.externalId) !== 'denied');
  let after: typeof before = new Map();
  if (open.length > 0) {
    await noteActs({ db, now }, acts(open));
    await many.suppress(open.map(({ record }) => refOf(record)));
    after = await many.read(open.map(({ record }) => refOf(record)));
  }
  const said = ({ externalId }: One) => after.get(externalId) ?? before.get(externalId);
  const held = lines.filter(({ record }) => said(record) === 'denied');
  if (held.length > 0) await endActs(db, acts(held), false, now());
  return lines.map(({ work, record }) => ({ work, outcome: outcomeOf(record, said(record)) }));
}

function outcomeOf({ id }: One, said: string | undefined): SuppressionOutcome {
  if (said === undefined) return { state: 'absent', detail: null, done: [] };
  if (said !== 'denied') return { state: 'refused', detail: 'silently-ignored', done: [] };
  return { state: 'applied', detail: null, done: [id] };
}
