import { type Identified, identifiersOf } from '../../domain/record/identifiers.ts';
import type { SourceRecordDraft } from '../../domain/record/source-record.ts';
import type { KeyRing } from '../../platform/keys.ts';
import type { Db } from '../../store/database.ts';
import { readmitIfErased } from '../../store/write/readmission.ts';
import type { OpenEvent } from '../../store/write/webhook-events.ts';

/** The connector whose records a person typed in themselves, on a page of the company's own. */
const ownForm = 'web-form';

const recordsOf = (events: readonly OpenEvent[]): readonly SourceRecordDraft[] =>
  events.flatMap(({ received }) => received ?? []).flatMap(({ records }) => records);

/**
 * Lifts the tombstones of people who were erased and say yes again, by a form that they filled in after the erasure: of what they typed
 * in, and nothing else. A yes that waits for its confirmation is none, and what a vendor's webhook calls a yes may be a list that somebody
 * imported there: of both the person stays out until an officer notes what they said. Call it before the records are stored.
 */
export async function readmitByForm(
  tx: Db,
  keys: KeyRing,
  from: { readonly systemId: string; readonly connector: string },
  events: readonly OpenEvent[],
  at: Date,
): Promise<void> {
  if (from.connector !== ownForm) return;
  const records = recordsOf(events);
  for (const { kind, externalId: submission, canonical } of records) {
    const { answer, clientExternalId, at: said } = canonical as Readonly<Record<string, unknown>>; // of the form's own making
    if (kind !== 'consent' || answer !== 'granted' || typeof said !== 'string') continue;
    const who = records.find((one) => one.kind === 'person' && one.externalId === clientExternalId);
    if (who === undefined) continue;
    const identifiers = identifiersOf(who.canonical as Identified); // made by the form: texts in lists
    const { systemId } = from;
    const by = `system:${systemId}`;
    const record = { systemId, externalId: who.externalId };
    await readmitIfErased(tx, keys, { identifiers, givenAt: new Date(said), how: 'form', by, at, submission, record });
  }
}
