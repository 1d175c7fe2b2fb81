import { hash } from 'node:crypto';
import { setImmediate as breath } from 'node:timers/promises';
import type { PullPage } from '../../connectors/kit/contract.ts';
import { canonicalJson } from '../../domain/record/canonical-json.ts';
import { FichaError } from '../../domain/record/error.ts';
import type { SourceRecordDraft } from '../../domain/record/source-record.ts';
import { type Problem, problemsInWords, validatorFor } from '../../platform/validate.ts';
import type { RejectedRecord } from '../../store/write/rejected-records.ts';
import type { StoredRecord } from '../../store/write/source-records.ts';

type Fields = Readonly<Record<string, unknown>>;

/** A record ready to be stored, with the values whose texts it holds. */
export interface SortedRecord extends StoredRecord {
  readonly raw: unknown;
  readonly canonical: Fields;
}

/** A page, or a part of it, parted into what can be stored and what is kept aside. */
export interface SortedPage {
  readonly valid: readonly SortedRecord[];
  readonly rejected: readonly RejectedRecord[];
}

/** Records of one part. */
const recordsAtOnce = 100;

/** U+0000 and halves of characters, which PostgreSQL's jsonb refuses, as JSON text shows them. */
const unstorable = /\\u(?:0000|d[89a-f][0-9a-f]{2})/;

/** The same as characters: with the flag `u` only halves are surrogates. */
const unstorableCharacter = /\0|\p{Surrogate}/u;

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

/** A draft that can be stored, with the texts of its two forms. */
interface Written {
  readonly draft: SourceRecordDraft;
  readonly rawText: string;
  readonly canonicalText: string;
}

const writtenOut = (draft: SourceRecordDraft): Written => ({
  draft,
  rawText: canonicalJson(draft.raw ?? null),
  canonicalText: canonicalJson(draft.canonical),
});

const holdsUnstorable = ({ draft: { externalId }, rawText, canonicalText }: Written): boolean =>
  [rawText, canonicalText].some((text) => text.includes('\\u') && unstorable.test(text)) || unstorableCharacter.test(externalId);

/** The draft without what cannot be stored. Nearly all hold no such thing, and their texts are needed anyway. */
function storable(draft: SourceRecordDraft): Written {
  try {
    const written = writtenOut(draft);
    if (!holdsUnstorable(written)) return written;
  } catch (error) {
    if (!(error instanceof FichaError) || error.code !== 'not-json') throw error; // a half of a character is mended
  }
  return writtenOut(cleaned(draft));
}

const digestOf = (text: string): string => hash('sha256', text, 'hex');

/** What makes a record another one: everything, except the time of a state that the system does not date. */
function contentHash({ draft, rawText, canonicalText }: Written, canonical: Fields): string {
  if (draft.kind === 'consent' && canonical['atKnown'] === false) {
    const { at: _, ...rest } = canonical;
    return digestOf(canonicalJson({ canonical: rest }));
  }
  return digestOf(`{"canonical":${canonicalText},"raw":${rawText}}`); // the canonical text of both
}

function stored(written: Written, canonical: Fields): SortedRecord {
  const { draft, rawText, canonicalText } = written;
  const owner = canonical['clientExternalId'];
  const dated = draft.changedAt !== undefined && !Number.isNaN(Date.parse(draft.changedAt));
  return {
    kind: draft.kind,
    externalId: draft.externalId,
    raw: draft.raw,
    canonical,
    rawText,
    canonicalText,
    contentHash: contentHash(written, canonical),
    clientExternalId: typeof owner === 'string' ? owner : null,
    changedAt: dated ? (draft.changedAt ?? null) : null,
  };
}

/** What the schemas allow and the store cannot hold: amounts beyond 2^53, the year 0. */
function beyond(canonical: unknown): Problem[] {
  const { amountCents, at } = canonical as { readonly amountCents?: unknown; readonly at?: unknown }; // the schema of every kind says: an object
  const problems: Problem[] = [];
  if (typeof amountCents === 'number' && !Number.isSafeInteger(amountCents))
    problems.push({ path: 'amountCents', rule: 'range', message: 'is too large' });
  if (typeof at === 'string' && at.startsWith('0000')) problems.push({ path: 'at', rule: 'range', message: 'is no year' });
  return problems;
}

/** Records without an id are told apart by their content, so that the same one is kept aside once. */
const asideId = (externalId: string | undefined, raw: unknown): string =>
  externalId ?? `unnamed-${digestOf(canonicalJson(raw ?? null)).slice(0, 24)}`;

function problemsIn({ kind, canonical }: SourceRecordDraft): readonly Problem[] {
  const bySchema = validatorFor(`record/${kind}`)(canonical);
  return bySchema.length > 0 ? bySchema : beyond(canonical);
}

function sorted(given: SourceRecordDraft): SortedRecord | RejectedRecord {
  let problems = problemsIn(given);
  if (problems.length === 0) {
    const written = storable(given);
    if (written.draft !== given) problems = problemsIn(written.draft);
    // the schema of every kind says that the canonical form is an object
    if (problems.length === 0) return stored(written, written.draft.canonical as Fields);
  }
  const { externalId, raw } = cleaned(given);
  return { externalId, reasonCode: 'invalid-record', reason: problemsInWords(problems), raw };
}

/** The id under which a record is stored. */
export const storableId = (externalId: string): string =>
  unstorableCharacter.test(externalId) ? cleaned(externalId) : externalId;

function sortedPart(drafts: readonly SourceRecordDraft[], rejected: RejectedRecord[]): SortedPage {
  const valid = new Map<string, SortedRecord>();
  for (const given of drafts) {
    const one = sorted(given);
    if ('kind' in one) valid.set(`${one.kind}:${one.externalId}`, one);
    else rejected.push(one);
  }
  return { valid: [...valid.values()], rejected };
}

/**
 * Parts what the schemas allow from what is kept aside with its reason, some records at a time, so that one part is stored while the next is
 * sorted. Of two records of one id the later one counts: a page that has such comes as one part.
 */
export async function* sortedParts({ records, rejected }: Pick<PullPage, 'records' | 'rejected'>): AsyncGenerator<SortedPage> {
  let aside: RejectedRecord[] = rejected.map((one) => {
    const { externalId, reasonCode, reason, raw } = cleaned(one);
    return { externalId: asideId(externalId, raw), reasonCode, reason, raw };
  });
  const ids = new Set(records.map(({ kind, externalId }) => `${kind}:${storableId(externalId)}`));
  const size = ids.size < records.length ? records.length : recordsAtOnce;
  for (let from = 0; from < records.length; from += size) {
    yield sortedPart(records.slice(from, from + size), aside);
    aside = [];
    await breath();
  }
  if (aside.length > 0) yield { valid: [], rejected: aside };
}
