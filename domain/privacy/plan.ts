import { createHash } from 'node:crypto';
import type { RetentionPolicy } from '../../schemas/types.ts';
import type { Day } from '../record/calendar.ts';
import { canonicalJson } from '../record/canonical-json.ts';
import { type RecordFacts, type Verdict, verdictOn } from './retention-policy.ts';

/** The rights of GDPR art. 15-18, 20 and 21. */
export type RequestType = 'access' | 'rectification' | 'erasure' | 'restriction' | 'portability' | 'objection';

export type LineAction = Verdict['action'] | 'rectify' | 'restrict';

/** One record that was found, with what the plan must know of it and nothing of the person. */
export interface LocatedRecord extends RecordFacts {
  /** Keyed hash of system, kind and external id, hex. */
  readonly recordHash: string;
  readonly systemId: string;
  /** Whether the system has a way to erase; without one a person has to do it. */
  readonly erasable: boolean;
  /** A field of the person's record: there is nothing to do before the person is gone. */
  readonly carried?: boolean;
  /** Only a copy of what another system keeps: no law keeps it here. */
  readonly copy?: boolean;
  /** Whether its system can leave it there about nobody: a person's record emptied in place, another one with every mention of them blotted. */
  readonly anonymisable?: boolean;
  /** Whether the system has a way to export. */
  readonly exportable: boolean;
}

export interface PlanLine {
  readonly recordHash: string;
  readonly systemId: string;
  readonly kind: string;
  readonly action: LineAction;
  readonly legalBasis: string | null;
  readonly until: Day | null;
  /** Order inside the system: what hangs from a person goes before the person, what the person's record carries goes with it. */
  readonly position: number;
}

export interface PlanTerms {
  readonly type: RequestType;
  /** What says nothing of a person without the person stays, about nobody; only of an erasure. */
  readonly anonymise?: boolean;
  readonly policy: RetentionPolicy;
  readonly country: string | undefined;
  readonly today: Day;
}

const positions: Readonly<Record<RecordFacts['kind'], number>> = {
  document: 10,
  consent: 20,
  interaction: 30,
  sale: 40,
  company: 80,
  person: 100,
};
const carriedPosition = 110;
const blottedPosition = 120;

/** Whether a line leaves its record where it is, about nobody. It is read once the person is gone: a display name goes with them. */
export const blots = ({ action, kind }: Pick<PlanLine, 'action' | 'kind'>): boolean =>
  action === 'anonymise' && kind !== 'person';

/**
 * The policy's word, or what the request wants, where the system can do it. Of what an anonymisation would delete the person's record and
 * sales stay, emptied; texts and documents are about the person and go. A person who cannot be emptied is deleted, which is more.
 */
const anonymisedOr = (verdict: Verdict, { kind, anonymisable, copy }: LocatedRecord, anonymise: boolean | undefined): Verdict => {
  if (verdict.action === 'anonymise' && anonymisable !== true) return { action: kind === 'person' ? 'delete' : 'manual' };
  const wanted = anonymise === true && verdict.action === 'delete' && (kind === 'person' || kind === 'sale') && copy !== true;
  return wanted && anonymisable === true ? { action: 'anonymise' } : verdict;
};

const erasureVerdict = (record: LocatedRecord, terms: PlanTerms): Verdict => {
  const verdict = anonymisedOr(verdictOn(record, terms.policy, terms.country, terms.today), record, terms.anonymise);
  const { action } = verdict;
  if (action === 'keep-until' && record.copy === true) return { action: record.erasable ? 'delete' : 'manual' };
  if ((action === 'delete' || (action === 'anonymise' && record.kind === 'person')) && !record.erasable)
    return { action: 'manual' };
  // blocking sets a copy apart and deletes the record: a system that can do only one of the two needs a hand
  return action === 'block-until' && !(record.erasable && record.exportable) ? { action: 'manual' } : verdict;
};

const verdictFor = (record: LocatedRecord, terms: PlanTerms): Verdict | { readonly action: 'rectify' | 'restrict' } => {
  switch (terms.type) {
    case 'erasure':
      return erasureVerdict(record, terms);
    case 'access':
    case 'portability':
      return { action: record.exportable ? 'export' : 'manual' };
    case 'rectification':
      return { action: 'rectify' };
    case 'restriction':
    case 'objection':
      return { action: 'restrict' };
  }
};

/** Whether a request of this type has to do with records of this kind; what it has not is no line of its plan. */
export const concerns = (type: RequestType, kind: RecordFacts['kind']): boolean =>
  type === 'erasure' || type === 'access' || type === 'portability' || kind === 'person';

/**
 * One line per located record: what will happen to it. The seed identity, the person, comes last in every system, so that a
 * half-done erasure can still be found and finished (rule 4).
 * @param located n >= 0, any order; a record found twice gives one line
 */
export function draftPlan(located: readonly LocatedRecord[], terms: PlanTerms): PlanLine[] {
  const byRecord = new Map(located.map((record) => [record.recordHash, record]));
  return [...byRecord.values()]
    .map((record): PlanLine => {
      const verdict = verdictFor(record, terms);
      const { recordHash, systemId, kind } = record;
      const kept =
        'until' in verdict ? { legalBasis: verdict.legalBasis, until: verdict.until } : { legalBasis: null, until: null };
      const { action } = verdict;
      const position = blots({ action, kind }) ? blottedPosition : record.carried === true ? carriedPosition : positions[kind];
      return { recordHash, systemId, kind, action, ...kept, position };
    })
    .sort(inOrder);
}

const inOrder = (a: PlanLine, b: PlanLine): number =>
  a.systemId < b.systemId
    ? -1
    : a.systemId > b.systemId
      ? 1
      : a.position - b.position || (a.recordHash < b.recordHash ? -1 : a.recordHash > b.recordHash ? 1 : 0);

/** The fingerprint of a plan, SHA-256 of its canonical JSON: what a person approves is exactly what is done. */
export function planHash(requestId: string, lines: readonly PlanLine[]): Buffer {
  const plain = [...lines].sort(inOrder).map(({ recordHash, systemId, kind, action, legalBasis, until, position }) => ({
    recordHash,
    systemId,
    kind,
    action,
    legalBasis,
    until,
    position,
  }));
  return createHash('sha256')
    .update(canonicalJson({ version: 1, requestId, lines: plain }))
    .digest();
}
