import type { Db } from '../../store/database.ts';
import { workLines } from '../../store/read/plan-lines.ts';
import type { PrivacyRequestRow } from '../../store/read/privacy-requests.ts';
import { recordsOfSubject } from '../../store/read/subject-records.ts';
import { recordHash } from '../../store/write/tombstones.ts';
import type { Deps } from '../deps.ts';

/** How many records Ficha holds of the person that the plan does not cover: they came in, or were merged in, after the search. */
export async function forgottenByPlan(tx: Db, { keys }: Deps, request: PrivacyRequestRow): Promise<number> {
  const planned = new Set((await workLines(tx, request.id)).map((line) => line.recordHash));
  const records = await recordsOfSubject(tx, request.clientId);
  return records.filter(
    ({ systemId, kind, externalId }) => !planned.has(recordHash(keys, systemId, kind, externalId).toString('hex')),
  ).length;
}
