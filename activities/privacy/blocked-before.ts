import type { Db } from '../../store/database.ts';
import { blockedBy } from '../../store/read/privacy-questions.ts';
import type { PrivacyRequestRow } from '../../store/read/privacy-requests.ts';
import { askedIdentifiers, identifiersOfSubject } from '../../store/read/subject-records.ts';
import { askOnce } from '../../store/write/privacy-questions.ts';
import { tombstonesOf } from '../../store/write/tombstones.ts';
import type { Deps } from '../deps.ts';

/**
 * What an earlier erasure of the same person left blocked is in no system and no search: it is found by the tombstones of what names
 * them, and an officer answers for it. That it is blocked is no ground to say that nothing is held.
 * @see AEPD, R/00532/2020
 */
export async function askAboutBlocked(tx: Db, { keys, now }: Deps, { id, clientId }: PrivacyRequestRow): Promise<void> {
  const asked = (await askedIdentifiers(tx, keys, id)).flatMap(({ kind, value }) =>
    kind === 'external-id' ? [] : [{ kind, value }],
  );
  const identifiers = [...(await identifiersOfSubject(tx, clientId)), ...asked];
  const hashes = tombstonesOf(keys, { systemId: '', kind: 'person', externalId: '', identifiers })
    .filter(({ kind }) => kind !== 'record')
    .map(({ hash }) => hash);
  for (const blockedRequestId of await blockedBy(tx, hashes)) {
    if (blockedRequestId === id) continue; // what this request itself set apart
    const subject = { blockedRequestId };
    await askOnce(tx, { requestId: id, reason: 'blocked-held', about: blockedRequestId, subject, at: now() });
  }
}
