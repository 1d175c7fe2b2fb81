import { mentionsIn, type Subject } from '../../domain/privacy/mentions.ts';
import { type MentionRow, mentionsOf, recordOfMention } from '../../store/read/privacy-mentions.ts';
import { requiredRequest } from '../../store/read/privacy-requests.ts';
import { handDone } from '../../store/read/privacy-questions.ts';
import { subjectKeyOf } from '../../store/read/subject-keys.ts';
import { effectKey, type EffectName } from '../../store/write/effects.ts';
import { addEvidence } from '../../store/write/evidence.ts';
import { mentionRedacted, replaceTexts } from '../../store/write/privacy-mentions.ts';
import { openPrivacyTask } from '../../store/write/privacy-questions.ts';
import type { Deps } from '../deps.ts';
import { placesIn } from './blot.ts';
import { subjectOf } from './find-mentions.ts';
import { placesInFile } from './search-files.ts';
import { withSystem } from './line-work.ts';

const MARK = '[…]';

/** A text with every mention of the person blotted out. */
const blotted = (text: string, subject: Subject): string =>
  mentionsIn(text, subject).reduceRight((left, { start, end }) => left.slice(0, start) + MARK + left.slice(end), text);

type Owned = NonNullable<Awaited<ReturnType<typeof recordOfMention>>>;

/**
 * Blots what the system still holds, where its connector can; what was blotted before holds no place any more, so that a second try does
 * nothing. How many places are left then; undefined when the system cannot say.
 */
const redactInSystem = (
  deps: Deps,
  effect: Omit<EffectName, 'verb'>,
  record: Owned,
  subject: Subject,
): Promise<number | undefined> =>
  withSystem(deps, record.systemId, async (system) => {
    const ref = { kind: record.kind, externalId: record.externalId };
    const places = await placesIn(system, ref, subject);
    if (places === undefined || places.length === 0 || system.redact === undefined) return places?.length;
    const key = effectKey({ ...effect, verb: 'redact' }).toString('hex');
    const { result, status } = await system.redact(ref, { key, texts: [...new Set(places)] });
    const { requestId, systemId } = effect;
    await deps.db.transaction((tx) =>
      addEvidence(tx, { requestId, systemId, verb: 'redact', result, status, countBefore: places.length, at: deps.now() }),
    );
    return (await placesIn(system, ref, subject))?.length;
  });

/** How many places one mention's record, or file, still holds; undefined when the system cannot say. Only texts are blotted, no file is. */
const placesLeft = async (
  deps: Deps,
  {
    requestId,
    mention,
    record,
  }: { readonly requestId: string; readonly mention: MentionRow; readonly record: Owned | undefined },
  subject: Subject,
): Promise<number | undefined> => {
  const { systemId, file, recordHash } = mention;
  if (systemId !== null && file !== null) {
    const key = await subjectKeyOf(deps.db, deps.keys, requestId);
    return await placesInFile(deps, { systemId, sealedId: file, key }, subject);
  }
  return record === undefined
    ? 0
    : await redactInSystem(deps, { requestId, systemId: record.systemId, recordHash }, record, subject);
};

const redactOne = async (deps: Deps, requestId: string, mention: MentionRow, subject: Subject): Promise<void> => {
  const record = await recordOfMention(deps.db, mention.id);
  const systemId = record?.systemId ?? mention.systemId;
  const left = await placesLeft(deps, { requestId, mention, record }, subject);
  const byHand = left === undefined && (await handDone(deps.db, requestId, mention.id));
  await deps.db.transaction(async (tx) => {
    const at = deps.now();
    if (left !== 0 && !byHand) {
      const about = { systemId: systemId ?? '', recordHash: mention.recordHash, mentionId: mention.id };
      await openPrivacyTask(tx, { requestId, reason: 'redact-by-hand', about: mention.id, subject: about, at });
      return;
    }
    if (record !== undefined) {
      const texts = Object.entries(record.canonical).flatMap(([field, value]) =>
        typeof value === 'string' && mentionsIn(value, subject).length > 0 ? [[field, blotted(value, subject)] as const] : [],
      );
      if (texts.length > 0) await replaceTexts(tx, record.id, Object.fromEntries(texts));
    }
    if (systemId !== null) {
      const result = byHand ? 'done-by-hand' : 'gone';
      await addEvidence(tx, { requestId, systemId, verb: 'redact', result, countAfter: 0, at });
    }
    await mentionRedacted(tx, mention.id, at);
  });
};

const stillToRedact = async ({ db }: Deps, requestId: string): Promise<readonly MentionRow[]> =>
  (await mentionsOf(db, requestId)).filter(({ answer, redactedAt }) => answer === 'redact' && redactedAt === null);

export const redactActivities = (deps: Deps) => ({
  /** How many places a reviewer wants redacted that are not yet. */
  toRedact: async ({ requestId }: { readonly requestId: string }): Promise<{ readonly mentions: number }> => ({
    mentions: (await stillToRedact(deps, requestId)).length,
  }),

  /**
   * Brings the places that a reviewer wants redacted to their end: they are blotted where the connector can, the system is read, what it still holds goes to a person's hand,
   * and only a text that no longer speaks of the person counts. Ficha's own copy is blotted with it.
   */
  redactMentions: async ({ requestId }: { readonly requestId: string }): Promise<void> => {
    const open = await stillToRedact(deps, requestId);
    if (open.length === 0) return;
    const subject = await subjectOf(deps, await requiredRequest(deps.db, requestId));
    for (const mention of open) await redactOne(deps, requestId, mention, subject);
  },
});
