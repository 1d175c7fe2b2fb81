import { createHash } from 'node:crypto';
import type { PullPage } from '../../connectors/kit/contract.ts';
import { canonicalJson } from '../../domain/record/canonical-json.ts';
import type { SourceRecordDraft } from '../../domain/record/source-record.ts';
import { type Problem, problemsInWords, validatorFor } from '../../platform/validate.ts';
import type { RejectedRecord } from '../../store/write/rejected-records.ts';
import type { StoredRecord } from '../../store/write/source-records.ts';

/** A page parted into what can be stored and what is kept aside. */
export interface SortedPage {
  readonly valid: readonly StoredRecord[];
  readonly rejected: readonly RejectedRecord[];
}

/** U+0000 and halves of characters, which PostgreSQL's jsonb refuses, as JSON text shows them. */
const unstorable = /\\u(?:0000|d[89a-f][0-9a-f]{2})/;

/** A replacement character stands for what cannot be stored; texts are otherwise as they were. */
function cleaned<Value>(value: Value): Value {
  const text = JSON.stringify(value);
  if (text === undefined || !unstorable.test(text)) return value;
  const clean = (one: string): string => Buffer.from(one, 'utf8').toString('utf8').replaceAll('\u0000', '\ufffd');
  return JSON.parse(text, (_, inner: unknown) => {
    if (typeof inner === 'string') return clean(inner);
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).map(([key, one]) => [clean(key), one as unknown]));
  }) as Value; // the same shape
}

const digestOf = (value: unknown): string => createHash('sha256').update(canonicalJson(value)).digest('hex');

/** What makes a record another one: everything, except the time of a state that the system does not date. */
function contentHash(draft: SourceRecordDraft, canonical: Readonly<Record<string, unknown>>): string {
  const undated = draft.kind === 'consent' && canonical['atKnown'] === false;
  const { at: _, ...rest } = canonical;
  return digestOf(undated ? { canonical: rest } : { canonical, raw: draft.raw ?? null });
}

function stored(draft: SourceRecordDraft, canonical: Readonly<Record<string, unknown>>): StoredRecord {
  const owner = canonical['clientExternalId'];
  const dated = draft.changedAt !== undefined && !Number.isNaN(Date.parse(draft.changedAt));
  return {
    kind: draft.kind,
    externalId: draft.externalId,
    raw: draft.raw,
    canonical,
    contentHash: contentHash(draft, canonical),
    clientExternalId: typeof owner === 'string' ? owner : null,
    changedAt: dated ? (draft.changedAt ?? null) : null,
  };
}

/** What the schemas allow and the store cannot hold: amounts beyond 2^53, the year 0. */
function beyond(canonical: unknown): Problem[] {
  const { amountCents, at } = canonical as { readonly amountCents?: unknown; readonly at?: unknown }; // the schema of every kind says: an object
  const problem = (path: string, message: string): Problem => ({ path, rule: 'range', message });
  return [
    ...(typeof amountCents === 'number' && !Number.isSafeInteger(amountCents) ? [problem('amountCents', 'is too large')] : []),
    ...(typeof at === 'string' && at.startsWith('0000') ? [problem('at', 'is no year')] : []),
  ];
}

/** Records without an id are told apart by their content, so that the same one is kept aside once. */
const asideId = (externalId: string | undefined, raw: unknown): string =>
  externalId ?? `unnamed-${digestOf(raw ?? null).slice(0, 24)}`;

/** Parts what the schemas allow from what is kept aside with its reason; of two records of one id the later one counts. */
export function sortPage(page: Pick<PullPage, 'records' | 'rejected'>): SortedPage {
  const rejected: RejectedRecord[] = page.rejected.map((one) => {
    const { externalId, reasonCode, reason, raw } = cleaned(one);
    return { externalId: asideId(externalId, raw), reasonCode, reason, raw };
  });
  const valid = new Map<string, StoredRecord>();
  for (const given of page.records) {
    const draft = cleaned(given);
    const bySchema = validatorFor(`record/${draft.kind}`)(draft.canonical);
    const problems = bySchema.length > 0 ? bySchema : beyond(draft.canonical);
    if (problems.length === 0) {
      // the schema of every kind says that the canonical form is an object
      valid.set(`${draft.kind}:${draft.externalId}`, stored(draft, draft.canonical as Readonly<Record<string, unknown>>));
      continue;
    }
    rejected.push({
      externalId: draft.externalId,
      reasonCode: 'invalid-record',
      reason: problemsInWords(problems),
      raw: draft.raw,
    });
  }
  return { valid: [...valid.values()], rejected };
}
