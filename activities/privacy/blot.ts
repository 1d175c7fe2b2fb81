import type {
  EraseResult,
  ExportedRecord,
  LinkedSystem,
  RecordRef,
  VerifyResult,
  WriteOptions,
} from '../../connectors/kit/contract.ts';
import { mentionsIn, type Subject } from '../../domain/privacy/mentions.ts';
import { blots } from '../../domain/privacy/plan.ts';
import type { WorkLine } from '../../store/read/plan-lines.ts';
import { requiredRequest } from '../../store/read/privacy-requests.ts';
import type { Deps } from '../deps.ts';
import { subjectOf } from './find-mentions.ts';

const deepTexts = (value: unknown): string[] => {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(deepTexts);
};

const placesOf = (exported: ExportedRecord | null, subject: Subject): readonly string[] =>
  deepTexts(exported?.fields).flatMap((text) => mentionsIn(text, subject).map(({ start, end }) => text.slice(start, end)));

/** The places of the person in what the system still holds, as written; undefined when it cannot say. */
export const placesIn = async (system: LinkedSystem, ref: RecordRef, subject: Subject): Promise<readonly string[] | undefined> =>
  system.capabilities.export ? placesOf(await system.export(ref), subject) : undefined;

const isNobody = ({ names, emails, phones, taxIds }: Subject): boolean =>
  names.length + emails.length + phones.length + taxIds.length === 0;

/** Reads a record that stays: `gone` when it says nothing of the person. Files that hang from it are for a person's eyes. */
async function read(system: LinkedSystem, ref: RecordRef, subject: Subject): Promise<VerifyResult> {
  const unknowable = { result: 'unknowable', residue: [], count: 0 } as const;
  if (isNobody(subject)) return unknowable; // the person is gone from here: nobody knows any more what to look for
  const exported = await system.export(ref);
  if (exported !== null && exported.attachments.length > 0) return unknowable;
  const count = placesOf(exported, subject).length;
  return { result: count === 0 ? 'gone' : 'present', residue: [], count };
}

async function blot(system: LinkedSystem, ref: RecordRef, subject: Subject, options: WriteOptions): Promise<EraseResult> {
  const places = (await placesIn(system, ref, subject)) ?? [];
  if (places.length === 0) return { result: options.dryRun === true ? 'would-erase' : 'done', residue: [] };
  if (system.redact === undefined) return { result: 'refused', code: 'verb-unsupported', residue: [] };
  const whole = subject.names.map(({ given, family }) => `${given} ${family}`); // a mention may end before the second surname
  const { result, code, status } = await system.redact(ref, { ...options, texts: [...new Set([...whole, ...places])] });
  const said = { ...(code === undefined ? {} : { code }), ...(status === undefined ? {} : { status }), residue: [] };
  if (result === 'would-redact') return { result: 'would-erase', ...said };
  return { result: result === 'unsupported' ? 'refused' : result === 'partial' ? 'partial' : 'done', ...said };
}

/**
 * The system as a line works on it. A line that leaves its record there, about nobody, erases by blotting every mention of the person and
 * reads back that none is left; every other line works on the system as it is.
 */
export async function asLineNeeds(deps: Deps, line: WorkLine, system: LinkedSystem): Promise<LinkedSystem> {
  if (!blots(line)) return system;
  const subject = await subjectOf(deps, await requiredRequest(deps.db, line.requestId));
  return {
    ...system,
    erase: (ref, options) => blot(system, ref, subject, options),
    verify: (ref) => read(system, ref, subject),
  };
}
