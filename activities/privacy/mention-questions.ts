import type { Db } from '../../store/database.ts';
import { openPrivacyTask } from '../../store/write/privacy-questions.ts';
import { type FoundMention, saveMentions } from '../../store/write/privacy-mentions.ts';

/** Puts places that may speak of the person before a reviewer, one task each; an answer that was given stays. */
export async function askAboutMentions(
  tx: Db,
  found: readonly { readonly systemId: string; readonly mention: FoundMention }[],
  at: Date,
): Promise<void> {
  for (const { systemId, mention } of found) {
    const [saved] = await saveMentions(tx, [mention]);
    if (saved === undefined || saved.answered) continue;
    const subject = { systemId, recordHash: mention.recordHash.toString('hex'), mentionId: saved.id };
    await openPrivacyTask(tx, { requestId: mention.requestId, reason: 'mention', about: saved.id, subject, at });
  }
}
