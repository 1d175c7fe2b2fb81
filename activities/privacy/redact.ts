import { mentionsIn, type Subject } from '../../domain/privacy/mentions.ts';
import { type MentionRow, mentionsOf, recordOfMention } from '../../store/read/privacy-mentions.ts';
import { requiredRequest } from '../../store/read/privacy-requests.ts';
import { handDone } from '../../store/read/privacy-questions.ts';
import { addEvidence } from '../../store/write/evidence.ts';
import { mentionRedacted, replaceTexts } from '../../store/write/privacy-mentions.ts';
import { openPrivacyTask } from '../../store/write/privacy-questions.ts';
import type { Deps } from '../deps.ts';
import { subjectOf } from './find-mentions.ts';
import { withSystem } from './line-work.ts';

const MARK = '[…]';

/** A text with every mention of the person blotted out. */
const blotted = (text: string, subject: Subject): string =>
  mentionsIn(text, subject).reduceRight((left, { start, end }) => left.slice(0, start) + MARK + left.slice(end), text);

const deepTexts = (value: unknown): string[] => {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(deepTexts);
};

type Owned = NonNullable<Awaited<ReturnType<typeof recordOfMention>>>;

/** How many places the system itself still holds; undefined when it cannot say. */
const leftInSystem = (deps: Deps, { systemId, kind, externalId }: Owned, subject: Subject): Promise<number | undefined> =>
  withSystem(deps, systemId, async (system) => {
    if (!system.capabilities.export) return undefined;
    const exported = await system.export({ kind, externalId });
    return exported === null ? 0 : deepTexts(exported.fields).flatMap((text) => mentionsIn(text, subject)).length;
  });

const redactOne = async (deps: Deps, requestId: string, mention: MentionRow, subject: Subject): Promise<void> => {
  const record = await recordOfMention(deps.db, mention.id);
  const left = record === undefined ? 0 : await leftInSystem(deps, record, subject);
  const byHand = left === undefined && (await handDone(deps.db, requestId, mention.id));
  await deps.db.transaction(async (tx) => {
    const at = deps.now();
    if (left !== 0 && !byHand) {
      const about = { systemId: record?.systemId ?? '', recordHash: mention.recordHash, mentionId: mention.id };
      await openPrivacyTask(tx, { requestId, reason: 'redact-by-hand', about: mention.id, subject: about, at });
      return;
    }
    if (record !== undefined) {
      const texts = Object.entries(record.canonical).flatMap(([field, value]) =>
        typeof value === 'string' && mentionsIn(value, subject).length > 0 ? [[field, blotted(value, subject)] as const] : [],
      );
      if (texts.length > 0) await replaceTexts(tx, record.id, Object.fromEntries(texts));
      const result = byHand ? 'done-by-hand' : 'gone';
      await addEvidence(tx, { requestId, systemId: record.systemId, verb: 'redact', result, countAfter: 0, at });
    }
    await mentionRedacted(tx, mention.id, at);
  });
};

export const redactActivities = (deps: Deps) => ({
  /**
   * Brings the places that a reviewer wants redacted to their end: the system is read, what it still holds goes to a person's hand,
   * and only a text that no longer speaks of the person counts. Ficha's own copy is blotted with it.
   */
  redactMentions: async ({ requestId }: { readonly requestId: string }): Promise<void> => {
    const open = (await mentionsOf(deps.db, requestId)).filter(
      ({ answer, redactedAt }) => answer === 'redact' && redactedAt === null,
    );
    if (open.length === 0) return;
    const subject = await subjectOf(deps, await requiredRequest(deps.db, requestId));
    for (const mention of open) await redactOne(deps, requestId, mention, subject);
  },
});
