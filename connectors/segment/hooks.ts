import { FichaError } from '../../domain/record/error.ts';
import type {
  ConsentReading,
  EraseResult,
  RecordRef,
  SuppressionOrder,
  SuppressResult,
  UnsuppressionOrder,
  VerifyResult,
  WriteOptions,
} from '../kit/contract.ts';
import { dayAfter } from '../kit/duration.ts';
import type { HookContext, Hooks } from '../kit/hooks.ts';
import { destinationsLeft, isRunning, isSuppressed, latestRegulation, regulate, standingDeletion } from './regulations.ts';

const channels = ['email', 'sms', 'messaging'] as const;
/** Segment's own promise: "Segment deletes within 30 days", read 2026-11-29. */
const deletesWithin = '30d';
const everything = 'Segment: sources, warehouses and profiles';

const purposesOf = ({ config }: HookContext): readonly string[] => config['purposes'] as readonly string[]; // the manifest's schema and default

const concerns = (context: HookContext, { channel, purpose }: SuppressionOrder): boolean =>
  channels.some((one) => one === channel) && (purpose === '*' || purposesOf(context).includes(purpose));

async function readConsent(context: HookContext, { externalId }: RecordRef): Promise<readonly ConsentReading[]> {
  const answer: ConsentReading['answer'] = (await isSuppressed(context.send, externalId)) ? 'denied' : 'unknown';
  return channels.flatMap((channel) => purposesOf(context).map((purpose) => ({ channel, purpose, answer })));
}

/** One change of the suppression list; it is a job, so what is not there yet is due again later and never ordered twice. */
async function change(
  context: HookContext,
  { externalId }: RecordRef,
  order: SuppressionOrder,
  wanted: boolean,
): Promise<SuppressResult> {
  const { send } = context;
  if (!concerns(context, order)) return { result: 'unsupported', code: 'purpose-not-used' };
  if ((await isSuppressed(send, externalId)) === wanted) return { result: 'already' };
  if (order.dryRun === true) return { result: 'would-apply' };
  const [type, opposite] = wanted ? (['SUPPRESS_ONLY', 'UNSUPPRESS'] as const) : (['UNSUPPRESS', 'SUPPRESS_ONLY'] as const);
  const [last, undone] = [await latestRegulation(send, type, externalId), await latestRegulation(send, opposite, externalId)];
  const current = last !== undefined && (undone === undefined || last.createdAt > undone.createdAt) ? last : undefined;
  if (current === undefined || !isRunning(current)) await regulate(send, type, externalId);
  if ((await isSuppressed(send, externalId)) === wanted) return { result: 'applied' };
  const code = 'regulation-running';
  const now = await latestRegulation(send, type, externalId);
  if (now !== undefined && isRunning(now))
    throw new FichaError(code, `${context.systemId}: Segment works on its suppression list; it is read back later`, {
      retry: 'later',
    });
  return { result: 'refused', code: 'read-back-differs' };
}

async function unsuppress(context: HookContext, ref: RecordRef, order: UnsuppressionOrder): Promise<SuppressResult> {
  if (order.consentEventId === '') return { result: 'refused', code: 'no-consent-proof' };
  return await change(context, ref, order, false);
}

/** Deletes and suppresses the user by one regulation; one that runs or has finished is not ordered again. */
async function erase(context: HookContext, ref: RecordRef, options: WriteOptions): Promise<EraseResult> {
  if (ref.kind !== 'person') return { result: 'refused', code: 'verb-unsupported', residue: [] };
  const residue = [{ where: everything, due: dayAfter(context.now(), deletesWithin) }];
  if (options.dryRun === true) return { result: 'would-erase', residue };
  const before = await standingDeletion(context.send, ref.externalId);
  if (before?.status === 'FINISHED') return { result: 'done', residue: [] };
  if (before === undefined || (!isRunning(before) && before.status !== 'PARTIAL_SUCCESS'))
    await regulate(context.send, 'SUPPRESS_WITH_DELETE', ref.externalId);
  return { result: 'accepted', residue };
}

/** What the regulation has come to. Without one Segment does not tell whether it knows the user. */
async function verify(context: HookContext, ref: RecordRef): Promise<VerifyResult> {
  const found = ref.kind === 'person' ? await standingDeletion(context.send, ref.externalId) : undefined;
  if (found === undefined) return { result: 'unknowable', residue: [], count: 0 };
  const vendorRequestId = found.id;
  const due = dayAfter(new Date(found.createdAt), deletesWithin);
  if (found.status === 'FINISHED') return { result: 'gone', residue: [], count: 0, vendorRequestId };
  if (isRunning(found)) return { result: 'pending', residue: [{ where: everything, due }], count: 1, vendorRequestId };
  const names = found.status === 'PARTIAL_SUCCESS' ? await destinationsLeft(context.send, found.id) : [];
  const residue =
    names.length === 0
      ? [{ where: `Segment: regulation ${found.status.toLowerCase().replaceAll('_', ' ')}`, due: null }]
      : names.map((name) => ({ where: `Segment destination: ${name}`, due: null }));
  return { result: 'present', residue, count: residue.length, vendorRequestId };
}

/** What a manifest cannot say of Segment: its writes are jobs, found again by whom they are about. */
export const hooks: Hooks = {
  verbs: (context) => ({
    readConsent: (ref) => readConsent(context, ref),
    suppress: (ref, order) => change(context, ref, order, true),
    unsuppress: (ref, order) => unsuppress(context, ref, order),
    erase: (ref, options) => erase(context, ref, options),
    verify: (ref) => verify(context, ref),
  }),
};
