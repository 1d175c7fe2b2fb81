import { concerns } from '../../domain/privacy/plan.ts';
import type { Db } from '../../store/database.ts';
import { openWith } from '../../platform/subject-key.ts';
import { workLines } from '../../store/read/plan-lines.ts';
import { answersOf } from '../../store/read/privacy-questions.ts';
import type { PrivacyRequestRow } from '../../store/read/privacy-requests.ts';
import { subjectKeyOf } from '../../store/read/subject-keys.ts';
import { ownersOfRecords, recordsOfSubject } from '../../store/read/subject-records.ts';
import { recordHash } from '../../store/write/tombstones.ts';
import type { Deps } from '../deps.ts';

/** How many records Ficha holds of the person that the plan does not cover: they came in, or were merged in, after the search. */
export async function forgottenByPlan(tx: Db, { keys }: Deps, request: PrivacyRequestRow): Promise<number> {
  const planned = new Set((await workLines(tx, request.id)).map((line) => line.recordHash));
  const records = await recordsOfSubject(tx, request.clientId);
  return records.filter(
    ({ systemId, kind, externalId }) =>
      concerns(request.type, kind) && !planned.has(recordHash(keys, systemId, kind, externalId).toString('hex')),
  ).length;
}

/**
 * Lines of records that belong to another client by now, since a split parted them from the person, unless a person answered that
 * they are the same: whoever executed them would erase somebody else (rule 1).
 */
export async function foreignInPlan(tx: Db, { keys }: Deps, request: PrivacyRequestRow): Promise<readonly string[]> {
  const subjectKey = await subjectKeyOf(tx, keys, request.id);
  const answers = await answersOf(tx, request.id);
  const asked = (await workLines(tx, request.id)).flatMap(({ id, systemId, kind, sealedId, recordHash: hash }) =>
    sealedId === null || answers.get(hash) === 'same-person'
      ? []
      : [{ id, systemId, kind, externalId: openWith(subjectKey, sealedId).toString('utf8') }],
  );
  const owners = await ownersOfRecords(
    tx,
    asked.map(({ systemId, kind, externalId }) => ({ systemId, kind, externalId })),
  );
  return asked.flatMap(({ id }, place) => {
    const owner = owners[place] ?? null;
    return owner !== null && owner !== request.clientId ? [id] : [];
  });
}
