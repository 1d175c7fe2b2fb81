import type { RecordRef, RedactOrder, RedactResult } from '../contract.ts';
import { ruleOf } from '../record-id.ts';
import { runSteps } from '../run-steps.ts';
import { textAt } from '../value-path.ts';
import { type Opened, readRecord, scopeOf } from './read-record.ts';

/** What stands where a text was. */
export const redactionMark = '[…]';

/** A text without the given texts, longest first so that a name inside a name leaves nothing. */
export function blotted(text: string, texts: readonly string[]): string {
  return [...texts]
    .filter((one) => one.trim() !== '')
    .sort((one, other) => other.length - one.length)
    .reduce((left, one) => left.replaceAll(one, redactionMark), text);
}

/** Blots texts of one record that stays, and reads back that they are gone. */
export async function redactRecord(opened: Opened, ref: RecordRef, order: RedactOrder): Promise<RedactResult> {
  const rule = ruleOf(opened.manifest.redact, opened.manifest, ref);
  if (rule === undefined) return { result: 'unsupported', code: 'verb-unsupported' };
  const record = await readRecord(opened, ref);
  if (record === undefined) return { result: 'absent' };
  const text = rule.text === undefined ? undefined : (textAt(record, rule.text) ?? '');
  const redacted = text === undefined ? undefined : blotted(text, order.texts);
  if (text !== undefined && redacted === text) return { result: 'done', code: 'nothing-to-redact' };
  if (order.dryRun === true) return { result: 'would-redact' };
  const scope = { ...scopeOf(opened, ref), record, redacted, mark: redactionMark, key: order.key };
  const { answer } = await runSteps(rule.steps, opened.context.send, scope, {
    onAbsent: 'continue',
    signal: opened.context.signal,
  });
  const status = answer === undefined ? {} : { status: answer.status };
  if (rule.text === undefined) return { result: 'done', ...status };
  const after = textAt(await readRecord(opened, ref), rule.text) ?? '';
  const left = order.texts.some((one) => one.trim() !== '' && after.includes(one));
  return left ? { result: 'partial', code: 'read-back-differs', ...status } : { result: 'done', ...status };
}
