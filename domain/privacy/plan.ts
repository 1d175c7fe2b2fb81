import { createHash } from 'node:crypto';
import type { RetentionPolicy } from '../../schemas/types.ts';
import type { Day } from '../record/calendar.ts';
import { canonicalJson } from '../record/canonical-json.ts';
import { type RecordFacts, type Verdict, verdictOn } from './retention-policy.ts';

export type LineAction = Verdict['action'];

/** One record that was found, with what the plan must know of it and nothing of the person. */
export interface LocatedRecord extends RecordFacts {
  /** Keyed hash of system, kind and external id, hex. */
  readonly recordHash: string;
  readonly systemId: string;
  /** Whether the system has a way to erase; without one a person has to do it. */
  readonly erasable: boolean;
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
  /** Order inside the system: what hangs from a person goes before the person. */
  readonly position: number;
}

export interface PlanTerms {
  readonly type: 'erasure' | 'portability';
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

const verdictFor = (record: LocatedRecord, terms: PlanTerms): Verdict => {
  if (terms.type === 'portability') return { action: record.exportable ? 'export' : 'manual' };
  const verdict = verdictOn(record, terms.policy, terms.country, terms.today);
  const acts = verdict.action === 'delete' || verdict.action === 'anonymise';
  return acts && !record.erasable ? { action: 'manual' } : verdict;
};

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
      return { recordHash, systemId, kind, action: verdict.action, ...kept, position: positions[kind] };
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
