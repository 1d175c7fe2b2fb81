import { createHash } from 'node:crypto';
import type { Channel, ConsentReading, LinkedSystem, RecordRef, SuppressionOrder } from '../../connectors/kit/contract.ts';
import type { Database } from '../../store/database.ts';
import { endActs, isStillLifted, type SuppressionOutcome, type SuppressionWork } from '../../store/write/suppression-work.ts';
import { noteActs } from './begin-acts.ts';

/** What carrying out is done with. */
export interface Means {
  readonly db: Database;
  readonly system: LinkedSystem;
  readonly now: () => Date;
}

type RecordOutcome = { readonly state: SuppressionOutcome['state']; readonly detail: string | null };

const keyOf = (verb: string, suppressionId: string, recordId: string): string =>
  createHash('sha256').update(`${verb}|${suppressionId}|${recordId}`).digest('hex');

type Wanted = Pick<SuppressionOrder, 'channel' | 'purpose'>;

const about = (readings: readonly ConsentReading[], { channel, purpose }: Wanted): readonly ConsentReading[] =>
  readings.filter((said) => said.channel === channel && (purpose === '*' || [purpose, '*'].includes(said.purpose)));

/** Whether these readings say no to exactly this; to everything, when every purpose that the system knows says no. */
export function isDenied(readings: readonly ConsentReading[], order: Wanted): boolean {
  const own = about(readings, order);
  if (own.some(({ purpose, answer }) => purpose === '*' && answer === 'denied')) return true;
  return own.length > 0 && own.every(({ answer }) => answer === 'denied');
}

/** Looks, suppresses, reads back: only what the system then says counts (rule 5). */
async function suppressRecord(
  { db, system, now }: Means,
  ref: RecordRef,
  recordId: string,
  order: SuppressionOrder,
): Promise<RecordOutcome> {
  const act = { recordId, purpose: order.purpose, channel: order.channel };
  if (!isDenied(await system.readConsent(ref), order)) {
    await noteActs({ db, now }, [act]);
    const { result, code = null } = await system.suppress(ref, order);
    if (result === 'absent' || result === 'unsupported' || result === 'refused') return { state: result, detail: code };
    const after = await system.readConsent(ref);
    if (!isDenied(after, order)) {
      // a system without this purpose sends nothing for it; one that says "done" and shows nothing of it lies
      if (result === 'already' && about(after, order).length === 0)
        return { state: 'absent', detail: code ?? 'purpose-not-used' };
      return { state: 'refused', detail: 'silently-ignored' };
    }
  }
  await endActs(db, [act], false, now());
  return { state: 'applied', detail: null };
}

/** Allows contact again, with the consent event that proves it; looks before and after. */
async function allowRecord(
  means: Means,
  ref: RecordRef,
  recordId: string,
  order: SuppressionOrder,
  consentEventId: string,
): Promise<RecordOutcome> {
  const { db, system, now } = means;
  if (isDenied(await system.readConsent(ref), order)) {
    const { result, code = null } = await system.unsuppress(ref, { ...order, consentEventId });
    if (result === 'absent' || result === 'unsupported' || result === 'refused') return { state: result, detail: code };
    if (isDenied(await system.readConsent(ref), order)) return { state: 'refused', detail: 'silently-ignored' };
  }
  await endActs(db, [{ recordId, purpose: order.purpose, channel: order.channel }], true, now());
  return { state: 'applied', detail: null };
}

async function carryOutRecord(
  means: Means,
  work: SuppressionWork,
  record: SuppressionWork['records'][number],
): Promise<RecordOutcome> {
  const { system } = means;
  const { consentEventId } = work;
  const channel = system.capabilities.contacts.find((one) => one === work.channel);
  if (channel === undefined) return { state: 'absent', detail: 'channel-not-used' };
  if (!system.capabilities.suppress) return { state: 'unsupported', detail: 'no-way-to-suppress' };
  const ref = { kind: record.kind, externalId: record.externalId };
  const order = (verb: string): SuppressionOrder & { readonly channel: Channel } => ({
    channel,
    purpose: work.purpose,
    key: keyOf(verb, work.id, record.id),
  });
  if (consentEventId === null) return await suppressRecord(means, ref, record.id, order('suppress'));
  if (!(await isStillLifted(means.db, work.id))) return { state: 'due', detail: 'denied-again' };
  return await allowRecord(means, ref, record.id, order(`unsuppress|${consentEventId}`), consentEventId);
}

const severity: readonly SuppressionOutcome['state'][] = ['due', 'refused', 'failed', 'unsupported', 'applied', 'absent'];

/** One suppression, or taking it back, over all records that the system holds of the client; the worst answer stands for all. */
export async function carryOut(means: Means, work: SuppressionWork): Promise<SuppressionOutcome> {
  const outcomes: (RecordOutcome & { readonly recordId: string })[] = [];
  for (const record of work.records) outcomes.push({ recordId: record.id, ...(await carryOutRecord(means, work, record)) });
  const worst = severity.find((state) => outcomes.some((one) => one.state === state)) ?? 'absent';
  return {
    state: worst,
    detail: outcomes.find(({ state }) => state === worst)?.detail ?? null,
    done: outcomes.filter(({ state }) => state === 'applied').map(({ recordId }) => recordId),
  };
}
