import { workLines } from '../../store/read/plan-lines.ts';
import { requiredRequest } from '../../store/read/privacy-requests.ts';
import { subjectKeyOf } from '../../store/read/subject-keys.ts';
import { identifiersOfSubject } from '../../store/read/subject-records.ts';
import { appendAudit } from '../../store/write/audit.ts';
import { deleteClient, deleteRecords, keepOptOuts } from '../../store/write/erased-client.ts';
import { holdArrivals } from '../../store/write/tombstones.ts';
import type { Deps } from '../deps.ts';
import { forgottenByPlan } from './plan-coverage.ts';
import { refUnder } from './line-work.ts';

export const eraseHereActivities = (deps: Deps) => ({
  /**
   * Erases the person from Ficha itself, after every system: the golden record is the seed, so it goes last (rule 4). Exactly the
   * planned records go; when there is one that the plan forgot, nothing does. The opt-outs stay as keyed hashes, the consent
   * events under ids that no longer lead anywhere.
   */
  eraseHere: async ({
    requestId,
  }: {
    readonly requestId: string;
  }): Promise<{ readonly erased: number; readonly forgotten: number }> => {
    const lines = await workLines(deps.db, requestId);
    const key = lines.length === 0 ? undefined : await subjectKeyOf(deps.db, deps.keys, requestId);
    const records = lines.flatMap((line) => (key === undefined ? [] : [{ systemId: line.systemId, ...refUnder(key, line) }]));
    return await deps.db.transaction(async (tx) => {
      await holdArrivals(tx);
      const request = await requiredRequest(tx, requestId);
      const forgotten = await forgottenByPlan(tx, deps, request);
      if (forgotten > 0) return { erased: 0, forgotten };
      const identifiers = await identifiersOfSubject(tx, request.clientId);
      const optOuts = await keepOptOuts(tx, deps.keys, request.clientId, identifiers);
      const own = identifiers.filter(({ shared }) => !shared).map(({ value }) => value);
      const erased = await deleteRecords(tx, records, own);
      const facts = { records: erased, optOutsKept: optOuts };
      const clientGone = await deleteClient(tx, request.clientId);
      if (clientGone || erased > 0)
        await appendAudit(tx, { actor: 'ficha', action: 'client.erase', subject: requestId, facts, at: deps.now() });
      return { erased, forgotten: 0 };
    });
  },
});
