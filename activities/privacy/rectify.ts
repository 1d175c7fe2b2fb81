import { rectified } from '../../domain/privacy/rectification.ts';
import { openWith } from '../../platform/subject-key.ts';
import { lastResult } from '../../store/read/evidence.ts';
import { requestDetails } from '../../store/read/privacy-requests.ts';
import { subjectKeyOf } from '../../store/read/subject-keys.ts';
import { addEvidence } from '../../store/write/evidence.ts';
import { saveLine } from '../../store/write/plan-lines.ts';
import { openPrivacyTask } from '../../store/write/privacy-questions.ts';
import type { Deps } from '../deps.ts';
import { refOf, requiredLine, withSystem } from './line-work.ts';

export const rectifyActivities = (deps: Deps) => ({
  /**
   * Reads whether a system holds the corrected values. A connector has no verb to write them, so a person does; what counts is the
   * read-back, not what the person says. Of a system that exports nothing the person's word is kept as such.
   */
  rectifyLine: async ({ lineId }: { readonly lineId: string }): Promise<void> => {
    const line = await requiredLine(deps, lineId);
    const { requestId, systemId, kind } = line;
    const key = await subjectKeyOf(deps.db, deps.keys, requestId);
    const sealed = await requestDetails(deps.db, requestId);
    const changes = JSON.parse(openWith(key, sealed).toString('utf8')) as Parameters<typeof rectified>[1]; // sealed by the command, which checked it
    const held = await withSystem(deps, systemId, async (system) =>
      system.capabilities.export ? ((await system.export(await refOf(deps, line)))?.fields ?? {}) : undefined,
    );
    const byHand = held === undefined && (await lastResult(deps.db, lineId, 'manual')) === 'done';
    const result =
      byHand || (held !== undefined && rectified(held, changes)) ? 'rectified' : held === undefined ? 'unknowable' : 'present';
    await deps.db.transaction(async (tx) => {
      const at = deps.now();
      await addEvidence(tx, { requestId, lineId, systemId, verb: 'verify', result, at });
      await saveLine(tx, lineId, { state: result === 'rectified' ? 'verified' : 'needs-attention' });
      if (result === 'rectified') return;
      const subject = { lineId, systemId, kind };
      await openPrivacyTask(tx, { requestId, reason: 'manual-task', about: lineId, subject, at });
    });
  },
});
