import type { RedactPart, RedactRule, TextInPieces } from '../../../schemas/types.ts';
import type { RecordRef, RedactOrder, RedactResult } from '../contract.ts';
import { ruleOf } from '../record-id.ts';
import { runSteps } from '../run-steps.ts';
import type { Scope } from '../template.ts';
import { textAt, valueAt } from '../value-path.ts';
import { asList, type Opened, readRecord, scopeOf } from './read-record.ts';

/** What stands where a text was. */
export const redactionMark = '[…]';

const longestFirst = (texts: readonly string[]): readonly string[] =>
  texts.filter((one) => one.trim() !== '').sort((one, other) => other.length - one.length);

/** A text without the given texts, longest first so that a name inside a name leaves nothing. */
export const blotted = (text: string, texts: readonly string[]): string =>
  longestFirst(texts).reduce((left, one) => left.replaceAll(one, redactionMark), text);

const escaped = (text: string): string => text.replaceAll(/[.*+?^$()|[\]\\{}]/g, '\\$&');

/** A text with the given texts between two marks; a name inside a name is marked once. */
function marked(text: string, texts: readonly string[], { before, after }: NonNullable<RedactPart['marks']>): string {
  const wanted = longestFirst(texts).map(escaped);
  return wanted.length === 0 ? text : text.replaceAll(new RegExp(wanted.join('|'), 'g'), `${before}$&${after}`);
}

const holdsAny = (text: string, texts: readonly string[]): boolean => longestFirst(texts).some((one) => text.includes(one));

/** A text of a record; pieces are put together as they stand, so that a name in two of them is found. */
function textOf(record: unknown, at: string | TextInPieces): unknown {
  if (typeof at === 'string') return valueAt(record, at);
  const pieces = valueAt(record, at.each);
  return Array.isArray(pieces) ? pieces.map((piece) => textAt(piece, at.take) ?? '').join('') : undefined;
}

/** The texts of a record that a rule blots, by name; a rule for one text gives it the name `text`. */
function textsIn(record: unknown, { text }: RedactRule): ReadonlyMap<string, string> {
  if (text === undefined) return new Map();
  const paths = typeof text === 'string' ? { text } : text;
  return new Map(
    Object.entries(paths).flatMap(([name, path]): [string, string][] => {
      const found = textOf(record, path); // a vendor's false for an empty text is no text
      return typeof found === 'string' ? [[name, found]] : [];
    }),
  );
}

/** What {redacted} and `changed` say of these texts. */
function redactedScope(rule: RedactRule, before: ReadonlyMap<string, string>, texts: readonly string[]): Scope {
  const after = Object.fromEntries([...before].map(([name, text]) => [name, blotted(text, texts)]));
  const changed = Object.fromEntries([...before].map(([name, text]) => [name, after[name] !== text]));
  return { redacted: typeof rule.text === 'string' ? after['text'] : after, changed, mark: redactionMark };
}

/** Parts of the record whose text holds one of the texts, as the system lists them now. */
async function partsToRedact(
  { context }: Opened,
  { list, text }: RedactPart,
  scope: Scope,
  texts: readonly string[],
): Promise<readonly unknown[]> {
  const { saved } = await runSteps([{ ...list, collect: 'parts' }], context.send, scope, { signal: context.signal });
  return asList(saved['parts']).filter((item) => holdsAny(textAt(item, text) ?? '', texts));
}

interface Work {
  readonly opened: Opened;
  readonly rule: RedactRule;
  readonly scope: Scope;
  readonly texts: readonly string[];
}

/** Everything of the record that still holds one of the texts. */
async function whatIsLeft({ opened, rule, scope, texts }: Work, record: unknown) {
  const own = textsIn(record, rule);
  const parts: { readonly part: RedactPart; readonly items: readonly unknown[] }[] = [];
  for (const part of rule.parts ?? [])
    parts.push({ part, items: await partsToRedact(opened, part, { ...scope, record }, texts) });
  const inRecord = [...own.values()].some((text) => holdsAny(text, texts));
  return { own, parts, inRecord, any: inRecord || parts.some(({ items }) => items.length > 0) };
}

async function blot(work: Work, record: unknown, left: Awaited<ReturnType<typeof whatIsLeft>>): Promise<number | undefined> {
  const { opened, rule, texts } = work;
  const { send, signal } = opened.context;
  const scope = { ...work.scope, record };
  let status: number | undefined;
  const run = async (steps: RedactPart['steps'], more: Scope): Promise<void> => {
    const { answer } = await runSteps(steps, send, { ...scope, ...more }, { onAbsent: 'continue', signal });
    status = answer?.status ?? status;
  };
  if (rule.steps !== undefined && (rule.text === undefined || left.inRecord))
    await run(rule.steps, redactedScope(rule, left.own, texts));
  for (const { part, items } of left.parts)
    for (const item of items) {
      const text = textAt(item, part.text) ?? '';
      const redacted = part.marks === undefined ? blotted(text, texts) : marked(text, texts, part.marks);
      await run(part.steps, { item, redacted, mark: redactionMark });
    }
  return status;
}

/** Blots texts of one record that stays, and of its parts, and reads back that they are gone. */
export async function redactRecord(opened: Opened, ref: RecordRef, order: RedactOrder): Promise<RedactResult> {
  const rule = ruleOf(opened.manifest.redact, opened.manifest, ref);
  if (rule === undefined) return { result: 'unsupported', code: 'verb-unsupported' };
  const record = await readRecord(opened, ref);
  if (record === undefined) return { result: 'absent' };
  const work: Work = { opened, rule, scope: { ...scopeOf(opened, ref), key: order.key }, texts: order.texts };
  const isBlind = rule.text === undefined && rule.parts === undefined;
  const left = await whatIsLeft(work, record);
  if (!isBlind && !left.any) return { result: 'done', code: 'nothing-to-redact' };
  if (order.dryRun === true) return { result: 'would-redact' };
  const status = await blot(work, record, left);
  const said = status === undefined ? {} : { status };
  if (isBlind) return { result: 'done', ...said };
  const after = await readRecord(opened, ref);
  const still = after !== undefined && (await whatIsLeft(work, after)).any;
  return still ? { result: 'partial', code: 'read-back-differs', ...said } : { result: 'done', ...said };
}
