import type { Db } from '../../store/database.ts';
import type { PrivacyRequestRow } from '../../store/read/privacy-requests.ts';
import { recipientsOfClient } from '../../store/read/recipients.ts';
import { askOnce } from '../../store/write/privacy-questions.ts';

/** What other controllers are told of. */
const toldOf: ReadonlySet<string> = new Set(['erasure', 'rectification', 'restriction']);

/**
 * Other controllers that were handed a package of this person have a copy which no call of Ficha's reaches: an officer tells each, once,
 * and the request is not complete before. Call it before the client is erased here.
 * @see Regulation (EU) 2016/679, art. 19
 */
export async function askToTellRecipients(tx: Db, { id: requestId, type, clientId }: PrivacyRequestRow, at: Date): Promise<void> {
  if (!toldOf.has(type)) return;
  for (const { place } of await recipientsOfClient(tx, clientId))
    await askOnce(tx, { requestId, reason: 'recipient-untold', about: place, subject: { systemId: place }, at });
}
