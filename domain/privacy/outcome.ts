import { type EraseAnswer, judgeLine, type Place, type VerifyAnswer } from './line-state.ts';
import type { LineAction } from './plan.ts';

/** A planned line as it is judged: the plan's words and what the systems said is left, never "no step raised". */
export interface SettledLine {
  readonly id: string;
  readonly systemId: string;
  readonly kind: string;
  readonly action: LineAction;
  readonly legalBasis: string | null;
  readonly until: string | null;
  readonly residue: readonly Place[];
}

export interface EvidenceFact {
  readonly lineId: string | null;
  readonly systemId: string;
  readonly verb: string;
  readonly result: string;
  /** For `locate`: how many records this run found. */
  readonly count: number | null;
}

export interface Circumstances {
  /** Every system that had to be asked. */
  readonly systemIds: readonly string[];
  /** Questions to a person that are still open (namesakes). */
  readonly openQuestions: number;
  /** Places in texts that nobody has answered, or that are still to be redacted. */
  readonly openMentions?: number;
  /** Records that a person called the same person's and that the plan does not hold. */
  readonly answeredUnplanned?: number;
  /** Systems in which a person still has to look where no call reaches. */
  readonly beyondReach?: number;
  /** Earlier erasures of this person that left something blocked, and how many of them nobody has answered for in this request. */
  readonly blockedBefore?: { readonly held: number; readonly open: number };
  /** Other controllers that were handed data of the person and that nobody has told yet. */
  readonly untoldRecipients?: number;
  readonly now: string;
  readonly dueAt: string;
}

export type Outcome = 'complete' | 'complete-with-exceptions' | 'needs-attention';

/** Why a request is not complete: a code, and where. */
export interface Shortfall {
  readonly code: string;
  readonly systemId: string | null;
  readonly lineId: string | null;
}

export interface Settlement {
  /** `waiting` while a vendor's grace period runs. */
  readonly outcome: Outcome | 'waiting';
  readonly shortfalls: readonly Shortfall[];
}

type LineEnd = 'done' | 'exception' | 'waiting' | { readonly code: string };

const lastOf = (evidence: readonly EvidenceFact[], verb: string): number => evidence.findLastIndex((fact) => fact.verb === verb);

const actedEnd = (
  line: SettledLine,
  own: readonly EvidenceFact[],
  keptKinds: readonly string[],
  given: Circumstances,
): LineEnd => {
  const erased = own[lastOf(own, 'erase')];
  const verified = own[lastOf(own, 'verify')];
  if (erased === undefined) return { code: 'not-acted' };
  if (verified === undefined || lastOf(own, 'verify') < lastOf(own, 'erase')) return { code: 'not-read-back' };
  const finishedByHand = lastOf(own, 'manual') > lastOf(own, 'erase') && verified.result === 'gone';
  if (finishedByHand) return 'done';
  const { state } = judgeLine({
    erased: erased.result as EraseAnswer, // written by act.ts only, from the connector contract's closed union
    verified: verified.result as VerifyAnswer, // the same
    residue: line.residue,
    keptKinds,
    now: given.now,
    dueAt: given.dueAt,
  });
  if (state === 'verified') return 'done';
  if (state === 'kept') return 'exception';
  return state === 'grace' ? 'waiting' : { code: `still-${verified.result}` };
};

const endOf = (line: SettledLine, own: readonly EvidenceFact[], keptKinds: readonly string[], given: Circumstances): LineEnd => {
  switch (line.action) {
    case 'keep-until':
      return line.until === null || line.legalBasis === null ? { code: 'kept-without-basis' } : 'exception';
    case 'block-until': {
      if (line.until === null || line.legalBasis === null) return { code: 'kept-without-basis' };
      if (!own.some(({ verb, result }) => verb === 'export' && result === 'blocked')) return { code: 'not-blocked' };
      const end = actedEnd(line, own, keptKinds, given);
      return end === 'done' ? 'exception' : end;
    }
    case 'rectify':
      return own[lastOf(own, 'verify')]?.result === 'rectified' ? 'done' : { code: 'not-rectified' };
    case 'restrict':
    case 'manual':
      return own.some(({ verb, result }) => verb === 'manual' && result === 'done') ? 'done' : { code: 'manual-open' };
    case 'export': {
      const exported = own[lastOf(own, 'export')];
      if (exported === undefined) return { code: 'not-exported' };
      if (exported.result === 'exported') return 'done';
      return exported.result === 'absent' ? 'exception' : { code: 'not-exported' };
    }
    case 'delete':
    case 'anonymise':
      return actedEnd(line, own, keptKinds, given);
  }
};

/** What speaks against a system as a whole: not asked, more records found than lines, or an act whose line is not in the plan. */
const shortfallOf = (systemId: string, lines: readonly SettledLine[], evidence: readonly EvidenceFact[]): string | undefined => {
  const own = evidence.filter((fact) => fact.systemId === systemId);
  const located = own.findLast(({ verb, result }) => verb === 'locate' && result !== 'failed');
  if (located === undefined) return 'not-located';
  const planned = lines.filter((line) => line.systemId === systemId);
  if (planned.length < (located.count ?? 0)) return 'located-more-than-planned';
  const lost = own.some(({ verb, lineId }) => verb === 'erase' && lineId !== null && !planned.some(({ id }) => id === lineId));
  return lost ? 'acted-without-plan' : undefined;
};

/**
 * What a request has come to, from its plan and its evidence alone (rule 4). `complete`: every line was acted on and then read
 * back absent. `complete-with-exceptions`: besides, lines kept or blocked with a basis and a date. Anything less, a system that
 * was not asked, fewer acts than finds or an open question about a namesake, needs attention. What an earlier request left blocked is
 * an exception too: it is there, apart.
 * @param evidence in order of time
 */
export function settleOutcome(
  lines: readonly SettledLine[],
  evidence: readonly EvidenceFact[],
  given: Circumstances,
): Settlement {
  const shortfalls: Shortfall[] = [];
  const ends = new Set<LineEnd>();
  const systemIds = new Set([...given.systemIds, ...lines.map((line) => line.systemId)]);
  if (systemIds.size === 0) shortfalls.push({ code: 'nobody-asked', systemId: null, lineId: null });
  for (const systemId of systemIds) {
    const code = shortfallOf(systemId, lines, evidence);
    if (code !== undefined) shortfalls.push({ code, systemId, lineId: null });
  }
  for (const line of lines) {
    const own = evidence.filter(({ lineId }) => lineId === line.id);
    const keepers = lines.filter(
      ({ systemId, action, until }) =>
        systemId === line.systemId && action === 'keep-until' && until !== null && until >= given.now.slice(0, 10),
    );
    const end = endOf(
      line,
      own,
      keepers.map(({ kind }) => kind),
      given,
    );
    ends.add(end);
    if (typeof end === 'object') shortfalls.push({ code: end.code, systemId: line.systemId, lineId: line.id });
  }
  if (given.openQuestions > 0) shortfalls.push({ code: 'namesake-question-open', systemId: null, lineId: null });
  if ((given.answeredUnplanned ?? 0) > 0) shortfalls.push({ code: 'answered-not-planned', systemId: null, lineId: null });
  if ((given.openMentions ?? 0) > 0) shortfalls.push({ code: 'mention-open', systemId: null, lineId: null });
  if ((given.beyondReach ?? 0) > 0) shortfalls.push({ code: 'hand-search-open', systemId: null, lineId: null });
  if ((given.blockedBefore?.open ?? 0) > 0) shortfalls.push({ code: 'blocked-not-answered', systemId: null, lineId: null });
  if ((given.untoldRecipients ?? 0) > 0) shortfalls.push({ code: 'recipient-not-told', systemId: null, lineId: null });
  if ((given.blockedBefore?.held ?? 0) > 0) ends.add('exception');
  if (shortfalls.length > 0) return { outcome: 'needs-attention', shortfalls };
  if (ends.has('waiting')) return { outcome: 'waiting', shortfalls };
  return { outcome: ends.has('exception') ? 'complete-with-exceptions' : 'complete', shortfalls };
}
