import type { ConnectorManifest, EraseRule } from '../../../schemas/types.ts';
import type { EraseResult, RecordRef, Residue, WriteOptions } from '../contract.ts';
import { dayAfter } from '../duration.ts';
import { ruleOf } from '../record-id.ts';
import { holds, requestIdOf, runSteps, type StepsDone } from '../run-steps.ts';
import { needsRecord, type Opened, readRecord, scopeOf } from './read-record.ts';

/** What stays behind; with `saved`, only what these steps truly left. */
const residueOf = ({ residue }: EraseRule, now: Date, saved?: StepsDone['saved']): readonly Residue[] =>
  residue
    .filter((one) => saved === undefined || holds(one, { saved }))
    .map(({ where, due }) => ({ where, due: due === undefined ? null : dayAfter(now, due) }));

/** A kind that the manifest keeps on a legal basis is never erased by it; undefined for every other. */
export function keptBy({ keep = [] }: ConnectorManifest, { kind }: RecordRef, now: Date): EraseResult | undefined {
  const rule = keep.find((one) => one.kind === kind);
  if (rule === undefined) return undefined;
  const due = rule.until === undefined ? null : dayAfter(now, rule.until);
  return { result: 'refused', code: 'kept-by-law', residue: [{ where: `kept: ${rule.basis}`, due }] };
}

function settled(rule: EraseRule, { answer, pending, failed, saved }: StepsDone, now: Date): EraseResult {
  const residue = residueOf(rule, now, saved);
  const vendorRequestId = answer === undefined ? undefined : requestIdOf(answer);
  const said = {
    ...(answer === undefined ? {} : { status: answer.status }),
    ...(vendorRequestId === undefined ? {} : { vendorRequestId }),
  };
  if (failed) return { result: 'refused', code: 'job-failed', residue, ...said };
  const blocked = rule.blockedBy?.find(({ status }) => answer !== undefined && status.includes(answer.status));
  if (blocked !== undefined) return { result: 'refused', code: blocked.code, residue, ...said };
  if (pending || rule.mode === 'job' || rule.mode === 'soft-aged') return { result: 'accepted', residue, ...said };
  return { result: residue.length === 0 ? 'done' : 'partial', residue, ...said };
}

/**
 * Erases one record as its vendor erases: children first, soft before hard, a job to its end or to `accepted`. What is not there any
 * more is passed over, so that a second run finishes what the first began.
 */
export async function eraseRecord(opened: Opened, ref: RecordRef, options: WriteOptions): Promise<EraseResult> {
  const { manifest, context } = opened;
  const now = context.now();
  const rule = ruleOf(manifest.erase, manifest, ref);
  if (rule === undefined) return keptBy(manifest, ref, now) ?? { result: 'refused', code: 'verb-unsupported', residue: [] };
  if (options.dryRun === true) return { result: 'would-erase', residue: residueOf(rule, now) };
  const record = rule.once === true || needsRecord(rule.steps) ? await readRecord(opened, ref) : {};
  if (record === undefined) return { result: 'done', residue: [] };
  const done = await runSteps(
    rule.steps,
    context.send,
    { ...scopeOf(opened, ref), record, key: options.key },
    {
      onAbsent: 'continue',
      signal: context.signal,
      expect: rule.blockedBy?.flatMap(({ status }) => status) ?? [],
    },
  );
  return settled(rule, done, now);
}
