import { blockRecord, isBlocked } from '../../store/write/privacy-blocked.ts';
import { FichaError } from '../../domain/record/error.ts';
import { addEvidence } from '../../store/write/evidence.ts';
import type { Deps } from '../deps.ts';
import { digestOf, refOf, requiredLine, withSystem } from './line-work.ts';

export const blockActivities = (deps: Deps) => ({
  /**
   * Sets a record apart before it is erased in its system: a copy of all that the system holds, sealed under a key of its own, with
   * the digest and the time as evidence of integrity. Safe to repeat: what is set apart is not read again.
   * @see LOPDGDD art. 32(4), for systems that cannot block by themselves
   */
  blockLine: async ({ lineId }: { readonly lineId: string }): Promise<void> => {
    if (await isBlocked(deps.db, lineId)) return;
    const line = await requiredLine(deps, lineId);
    const { requestId, systemId, until, legalBasis } = line;
    if (until === null || legalBasis === null)
      throw new FichaError('kept-without-basis', `plan line ${lineId} blocks without a date`);
    const exported = await withSystem(deps, systemId, async (system) => system.export(await refOf(deps, line)));
    if (exported === null) throw new FichaError('nothing-to-block', `the record of plan line ${lineId} is gone from its system`);
    const { ref, fields, attachments } = exported;
    const files = attachments.map(({ name, mediaType, bytes }) => ({
      name,
      mediaType,
      base64: Buffer.from(bytes).toString('base64'),
    }));
    const text = JSON.stringify({ systemId, ref, fields, attachments: files });
    const digest = digestOf(JSON.parse(text));
    await deps.db.transaction(async (tx) => {
      const at = deps.now();
      await blockRecord(tx, deps.keys, { requestId, lineId, text, digest, until, legalBasis, at });
      await addEvidence(tx, { requestId, lineId, systemId, verb: 'export', result: 'blocked', countAfter: 1, digest, at });
    });
  },
});
