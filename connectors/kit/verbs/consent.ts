import type { ConsentRule } from '../../../schemas/types.ts';
import type { ConsentReading, RecordRef, SuppressionOrder, SuppressResult } from '../contract.ts';
import { entityOf } from '../record-id.ts';
import { callOf } from '../request-step.ts';
import { requestIdOf, runSteps } from '../run-steps.ts';
import { textAt, valueAt } from '../value-path.ts';
import { asList, type Opened, readRecord, scopeOf } from './read-record.ts';

type AnswerWord = ConsentReading['answer'];

const wordAt = (
  record: unknown,
  path: string,
  values: Readonly<Record<string, AnswerWord>>,
  absent: AnswerWord = 'unknown',
): AnswerWord => {
  const said = textAt(record, path);
  return said === undefined || said === '' ? absent : (values[said] ?? 'unknown');
};

/** What one rule reads: by the vendor's own state call when there is one, else in the record. */
async function readingOf(opened: Opened, ref: RecordRef, rule: ConsentRule, record: unknown): Promise<ConsentReading> {
  const { channel, purpose, state } = rule;
  if (state === undefined) return { channel, purpose, answer: wordAt(record, rule.read, rule.values, rule.absent) };
  const call = callOf(state, { ...scopeOf(opened, ref), record });
  const answer = await opened.context.send({ ...call, reads: true, expect: [404] });
  const said = answer.status === 404 ? [] : asList(valueAt(answer.body, state.select ?? '.'));
  const one = said.find((item) => Object.entries(state.where ?? {}).every(([path, value]) => valueAt(item, path) === value));
  return { channel, purpose, answer: wordAt(one, state.read, state.values, state.absent) };
}

/** Rules of the record's own stream: another stream of people counts its ids on its own. */
const rulesOf = ({ manifest }: Opened, ref: RecordRef): readonly ConsentRule[] => {
  const stream = entityOf(manifest, ref)?.name;
  return (manifest.consent ?? []).filter(({ entity }) => stream === undefined || entity === stream);
};

const rulesFor = (opened: Opened, ref: RecordRef, order: SuppressionOrder): readonly ConsentRule[] =>
  rulesOf(opened, ref).filter(
    ({ channel, purpose }) => channel === order.channel && (order.purpose === '*' || purpose === order.purpose),
  );

export async function readConsent(opened: Opened, ref: RecordRef): Promise<readonly ConsentReading[]> {
  const records = new Map<string, unknown>();
  const readings: ConsentReading[] = [];
  for (const rule of rulesOf(opened, ref)) {
    if (!records.has(rule.entity)) records.set(rule.entity, await readRecord(opened, ref, rule.entity));
    const record = records.get(rule.entity);
    if (record === undefined) readings.push({ channel: rule.channel, purpose: rule.purpose, answer: 'unknown' });
    else readings.push(await readingOf(opened, ref, rule, record));
  }
  return readings;
}

/** Whether the state is where the verb brings it. Nothing said is not a yes, and need not be taken back. */
const isReached = ({ answer }: ConsentReading, verb: 'suppress' | 'unsuppress'): boolean =>
  verb === 'suppress' ? answer === 'denied' : answer !== 'denied';

async function changeOne(
  opened: Opened,
  ref: RecordRef,
  order: SuppressionOrder,
  verb: 'suppress' | 'unsuppress',
  rule: ConsentRule,
): Promise<SuppressResult> {
  const before = await readRecord(opened, ref, rule.entity);
  if (before === undefined) return { result: 'absent' };
  if (isReached(await readingOf(opened, ref, rule, before), verb)) return { result: 'already' };
  if (order.dryRun === true) return { result: 'would-apply' };
  const { send, signal } = opened.context;
  const scope = { ...scopeOf(opened, ref), record: before, order, key: order.key };
  const { answer } = await runSteps(rule[verb] ?? [], send, scope, { signal });
  const vendorRequestId = answer === undefined ? undefined : requestIdOf(answer);
  const said = {
    ...(answer === undefined ? {} : { status: answer.status }),
    ...(vendorRequestId === undefined ? {} : { vendorRequestId }),
  };
  const after = await readRecord(opened, ref, rule.entity);
  if (after === undefined) return { result: 'absent', ...said };
  const reached = isReached(await readingOf(opened, ref, rule, after), verb);
  return reached ? { result: 'applied', ...said } : { result: 'refused', code: 'read-back-differs', ...said };
}

/** Changes one state and believes only what is read back. A purpose that is not asked for is not touched. */
export async function changeConsent(
  opened: Opened,
  ref: RecordRef,
  order: SuppressionOrder,
  verb: 'suppress' | 'unsuppress',
): Promise<SuppressResult> {
  const rules = rulesFor(opened, ref, order).filter((rule) => rule[verb] !== undefined);
  if (rules.length === 0) return { result: 'unsupported', code: 'channel-not-used' };
  let last: SuppressResult = { result: 'already' };
  for (const rule of rules) {
    const result = await changeOne(opened, ref, order, verb, rule);
    if (result.result !== 'applied' && result.result !== 'already') return result;
    if (result.result === 'applied') last = result;
  }
  return last;
}
