import { activityInfo } from '@temporalio/activity';
import type { EraseResult, LinkedSystem, RecordRef, VerifyResult } from '../../connectors/kit/contract.ts';
import { FichaError } from '../../domain/record/error.ts';
import { type EraseAnswer, judgeLine, type LineState, type Place } from '../../domain/privacy/line-state.ts';
import { lastResult } from '../../store/read/evidence.ts';
import { type WorkLine, workLines } from '../../store/read/plan-lines.ts';
import { requiredRequest } from '../../store/read/privacy-requests.ts';
import { beginEffect, effectKey } from '../../store/write/effects.ts';
import { addEvidence } from '../../store/write/evidence.ts';
import { type LineStep, saveLine, saveStep } from '../../store/write/plan-lines.ts';
import { openPrivacyTask } from '../../store/write/privacy-questions.ts';
import { moveRequest } from '../../store/write/privacy-requests.ts';
import type { Deps } from '../deps.ts';
import { asLineNeeds } from './blot.ts';
import { digestOf, queryOf, refOf, requiredLine, withSystem } from './line-work.ts';

/** A place that the act itself named stays until a later act; what a read-back named, until the next read-back. */
interface NamedPlace extends Place {
  readonly by?: 'erase' | 'verify';
}

const named = (residue: readonly Place[], by: 'erase' | 'verify'): NamedPlace[] =>
  residue.map(({ where, due }) => ({ where, due, by }));

/** What judging the lines of one request in one system needs, read once for all of them. */
export interface Judging {
  readonly dueAt: string;
  /** Kinds of record that the law keeps there. */
  readonly keptKinds: readonly WorkLine['kind'][];
}

export const judgingOf = async (
  deps: Deps,
  { requestId, systemId }: Pick<WorkLine, 'requestId' | 'systemId'>,
): Promise<Judging> => {
  const { dueAt } = await requiredRequest(deps.db, requestId);
  const today = deps.now().toISOString().slice(0, 10);
  const keptKinds = (await workLines(deps.db, requestId, systemId)).flatMap(({ kind, action, until }) =>
    action === 'keep-until' && until !== null && until >= today ? [kind] : [],
  );
  return { dueAt, keptKinds };
};

/** What an act came to: what it answered, and its step where that is not saved yet. */
interface Acted {
  readonly line: WorkLine;
  readonly answered?: EraseAnswer;
  readonly unsaved?: LineStep;
}

/** Keeps a read-back as evidence, with the act before it, and says what the line has come to. */
const judgeRead = async (
  deps: Deps,
  { line, answered, unsaved }: Acted,
  { read, query }: { readonly read: VerifyResult; readonly query: string | undefined },
  { dueAt, keptKinds }: Judging,
): Promise<LineState> => {
  const at = deps.now();
  const { id: lineId, requestId, systemId } = line;
  const digest = digestOf({ result: read.result, count: read.count, residue: named(read.residue, 'verify') });
  const { result, status, vendorRequestId, count: countAfter } = read;
  const acted = (line.residue as readonly NamedPlace[]).filter(({ by }) => by === 'erase'); // written by this file only
  const readPlaces = named(read.residue, 'verify');
  const residue = [...readPlaces, ...acted.filter(({ where }) => !readPlaces.some((place) => place.where === where))];
  const erased = answered ?? (await lastResult(deps.db, lineId, 'erase'));
  const { state, recheckAt } = judgeLine({ erased, verified: read.result, residue, keptKinds, now: at.toISOString(), dueAt });
  const evidence = {
    requestId,
    lineId,
    systemId,
    verb: 'verify',
    query,
    result,
    status,
    vendorRequestId,
    countAfter,
    digest,
    at,
  } as const;
  await saveStep(deps.db, lineId, { change: { state, residue, recheckAt }, evidence }, unsaved);
  return state;
};

type ActAnswer = Omit<EraseResult, 'result'> & { readonly result: EraseResult['result'] | 'already-gone' };

/** What a look says in place of an act: gone is gone, and what is on its way out after an earlier try is not pushed again. */
const withoutActing = ({ result, residue }: VerifyResult, tried: 'new' | 'started' | 'done'): ActAnswer | undefined => {
  if (result === 'gone') return { result: 'already-gone', residue: [] };
  return result === 'pending' && tried !== 'new' ? { result: 'accepted', residue } : undefined;
};

/**
 * Acts once under the effect's key, unless looking shows that it is not needed or not safe.
 * @returns the line with the places that the act itself named, which stay until the next act. A plain `done` is not saved yet: it goes
 * with the read-back, and a worker that dies between the two finds the record gone
 */
export const eraseOnce = async (deps: Deps, line: WorkLine, opened: LinkedSystem, ref: RecordRef): Promise<Acted> => {
  const system = await asLineNeeds(deps, line, opened);
  const { id: lineId, requestId, systemId } = line;
  const key = effectKey({ requestId, systemId, recordHash: line.recordHash, verb: 'erase' });
  queryOf(system); // what was asked before is not of this line
  const before = await system.verify(ref);
  const tried = await beginEffect(deps.db, key, deps.now(), lineId);
  if (tried !== 'new' && before.result === 'unknowable') return { line };
  const answer = withoutActing(before, tried) ?? (await system.erase(ref, { key: key.toString('hex') }));
  const residue = named(answer.residue, 'erase');
  const { result, status, vendorRequestId } = answer;
  const digest = digestOf({ result, code: answer.code ?? null, residue });
  const [query, countBefore, at] = [queryOf(system), before.count, deps.now()];
  const step: LineStep = {
    change: { state: 'acted', residue },
    evidence: { requestId, lineId, systemId, verb: 'erase', query, result, status, vendorRequestId, countBefore, digest, at },
    ...(result === 'refused' ? {} : { done: key }),
  };
  const acted: Acted = { line: { ...line, residue }, ...(result === 'would-erase' ? {} : { answered: result }) };
  if (result === 'done' && residue.length === 0 && before.result === 'present') return { ...acted, unsaved: step };
  await saveStep(deps.db, lineId, step);
  return acted;
};

/** Lines that a system still has to be worked on for; those that wait for a vendor's purge are read again when it is due. */
export const isOpen = ({ state }: WorkLine): boolean => state !== 'verified' && state !== 'kept' && state !== 'grace';

/** Reads one record back, keeps the answer as evidence, and says what the line has come to. What an act did is kept whatever the read says. */
export const readBack = async (
  deps: Deps,
  acted: Acted,
  opened: LinkedSystem,
  { ref, judging }: { readonly ref: RecordRef; readonly judging: Judging },
) => {
  const { line, unsaved } = acted;
  const read = async () => {
    const system = await asLineNeeds(deps, line, opened);
    queryOf(system);
    return { read: await system.verify(ref), query: queryOf(system) };
  };
  const answer = await read().catch(async (error: unknown) => {
    if (unsaved !== undefined) await saveStep(deps.db, line.id, unsaved);
    throw error;
  });
  return { state: await judgeRead(deps, acted, answer, judging), answer: answer.read.result };
};

const mostTries = 4;

/**
 * The code under which a line is given up after this error; undefined while trying again can help. What is no error of ours is a record
 * that some code chokes on: after some tries it stops the others no more.
 */
export const givenUpAs = (error: unknown): string | undefined => {
  if (error instanceof FichaError) return error.retry === 'never' ? error.code : undefined;
  return activityInfo().attempt >= mostTries ? 'unexpected' : undefined;
};

/** Writes down that a line could not be worked on, and why. */
export const giveUp = async (deps: Deps, line: WorkLine, code: string): Promise<void> => {
  const { id: lineId, requestId, systemId, action } = line;
  const verb = action === 'export' ? 'export' : 'erase';
  await deps.db.transaction(async (tx) => {
    await addEvidence(tx, { requestId, lineId, systemId, verb, result: `failed-${code}`, at: deps.now() });
    await saveLine(tx, lineId, { state: 'needs-attention' });
  });
};

export const actActivities = (deps: Deps) => ({
  /** The open lines of one system, children first. From here on the request is acting. */
  openLines: async ({ requestId, systemId }: { readonly requestId: string; readonly systemId: string }) => {
    await deps.db.transaction(async (tx) => {
      const { state } = await requiredRequest(tx, requestId);
      if (state === 'approved' || state === 'verifying') await moveRequest(tx, requestId, { to: 'acting', at: deps.now() });
    });
    return (await workLines(deps.db, requestId, systemId)).filter(isOpen).map(({ id, action }) => ({ lineId: id, action }));
  },

  /** Reads one record back and writes down what the line has come to. A read that fails decides nothing: it is tried again. */
  verifyLine: async ({ lineId }: { readonly lineId: string }) => {
    const line = await requiredLine(deps, lineId);
    const ref = await refOf(deps, line);
    const judging = await judgingOf(deps, line);
    return await withSystem(deps, line.systemId, (system) => readBack(deps, { line }, system, { ref, judging }));
  },

  /** Writes down that a line could not be worked on, and why: a system that refuses, a credential that is gone. */
  giveUpLine: async ({ lineId, code }: { readonly lineId: string; readonly code: string }): Promise<void> =>
    await giveUp(deps, await requiredLine(deps, lineId), code),

  /** Puts on a person's desk what no connector can do. */
  askForHand: async ({ lineId }: { readonly lineId: string }): Promise<void> => {
    const { id, requestId, systemId, kind } = await requiredLine(deps, lineId);
    if ((await lastResult(deps.db, id, 'manual')) === 'done') {
      await deps.db.transaction((tx) => saveLine(tx, id, { state: 'verified' }));
      return;
    }
    const subject = { lineId: id, systemId, kind };
    await deps.db.transaction(async (tx) => {
      await openPrivacyTask(tx, { requestId, reason: 'manual-task', about: id, subject, at: deps.now() });
      await saveLine(tx, id, { state: 'needs-attention' });
    });
  },
});
