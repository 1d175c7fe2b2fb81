import type { VerifyRule } from '../../../schemas/types.ts';
import type { RecordRef, Residue, VerifyResult } from '../contract.ts';
import { dayAfter } from '../duration.ts';
import { ruleOf } from '../record-id.ts';
import { callOf } from '../request-step.ts';
import { isStatement } from '../sql/statement.ts';
import { textAt, valueAt } from '../value-path.ts';
import { asList, type Opened, scopeOf } from './read-record.ts';

type Place = Pick<VerifyRule, 'request' | 'query' | 'json' | 'headers' | 'select' | 'absent'>;

interface Found {
  readonly status: number;
  readonly items: readonly unknown[];
}

async function lookAt({ context }: Opened, place: Place, scope: Readonly<Record<string, unknown>>): Promise<Found> {
  const absent = place.absent ?? [404];
  const answer = await context.send({ ...callOf(place, scope), reads: true, expect: [...absent, 404, 410] });
  if (absent.includes(answer.status)) return { status: answer.status, items: [] };
  const whole = place.select === undefined && !isStatement(place.request);
  const items = whole ? [answer.body ?? {}] : asList(valueAt(answer.body, place.select ?? '.'));
  return { status: answer.status, items };
}

const says = (item: unknown, rule: VerifyRule['gone']): boolean =>
  rule !== undefined && rule.values.some((value) => value === (valueAt(item, rule.path) ?? null));

/** Reads whether a record is still there, by the path of `verify` and of every other place that may hold it. */
export async function verifyRecord(opened: Opened, ref: RecordRef): Promise<VerifyResult> {
  const { manifest, context } = opened;
  const rule = ruleOf(manifest.verify, manifest, ref);
  if (rule === undefined) return { result: 'unknowable', residue: [], count: 0 };
  const scope = scopeOf(opened, ref);
  const { status, items } = await lookAt(opened, rule, scope);
  const there = items.filter((item) => !says(item, rule.gone));
  const leaving = there.filter((item) => says(item, rule.pending));
  const where = rule.where ?? `${manifest.name}: ${ref.kind}`;
  if (there.length > leaving.length) return { result: 'present', residue: [{ where, due: null }], count: there.length, status };
  const due = (text: string | undefined): string | null => (text === undefined ? null : dayAfter(context.now(), text));
  const residue: Residue[] = leaving.length > 0 ? [{ where, due: due(rule.pending?.due) }] : [];
  let present = false;
  let count = leaving.length;
  for (const other of rule.also ?? []) {
    const found = await lookAt(opened, other, scope);
    if (found.items.length === 0) continue;
    count += found.items.length;
    residue.push({ where: other.where, due: due(other.due) });
    if (other.due === undefined) present = true;
  }
  if (residue.length === 0) return { result: 'gone', residue, count: 0, status };
  return { result: present ? 'present' : 'pending', residue, count, status };
}

/** The account that `check` answers for. */
export const accountIn = (body: unknown, path: string | undefined): string | undefined =>
  path === undefined ? undefined : textAt(body, path);
