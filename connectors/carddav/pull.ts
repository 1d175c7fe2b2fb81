import type { SourceRecordDraft } from '../../domain/record/source-record.ts';
import type { Cursor, PullPage, RecordRef, RejectedDraft } from '../kit/contract.ts';
import { inPlaces } from '../kit/in-places.ts';
import type { AddressBook } from './api.ts';
import { consentId, draftsOf } from './person.ts';
import type { CardDavSettings } from './settings.ts';

const pageSize = 200;

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** All that a card may have been. */
const refsOf = (name: string, purpose: string): readonly RecordRef[] => [
  { kind: 'person', externalId: name },
  { kind: 'company', externalId: name },
  { kind: 'consent', externalId: consentId(name, purpose) },
];

/**
 * Cards that changed since the token of the cursor, or all. A run that broke off asks again from where it began, goes on after the part that
 * was stored, and ends with the token that it began with: what changed meanwhile comes with the next run.
 */
export async function* pull(
  book: AddressBook,
  settings: CardDavSettings,
  cursor: Cursor | null,
  now: Date,
): AsyncGenerator<PullPage> {
  const running = textOf(cursor?.['through']);
  const since = textOf(cursor?.['token']);
  const known = await book.changes(since);
  const changes = known ?? (await book.changes(undefined));
  if (changes === undefined) return; // only a token is ever forgotten
  const through = known === undefined ? undefined : running;
  const next = through === undefined ? changes.token : (textOf(cursor?.['next']) ?? changes.token);
  const whole = since === undefined || known === undefined;
  const gone = new Set(changes.gone);
  for (const part of inPlaces([...new Set([...changes.changed, ...changes.gone])], (name) => name, pageSize, through)) {
    const cards = await book.cards(part.items.filter((name) => !gone.has(name)));
    const there = new Set(cards.map(({ name }) => name));
    const drafts = cards.flatMap((card) => draftsOf(card, settings, now));
    const last = part.through === undefined;
    const midway = { version: 1, ...(whole ? {} : { token: since }), next, through: part.through };
    yield {
      records: drafts.filter((draft): draft is SourceRecordDraft => 'kind' in draft),
      rejected: drafts.filter((draft): draft is RejectedDraft => !('kind' in draft)),
      deleted: part.items.filter((name) => !there.has(name)).flatMap((name) => refsOf(name, settings.purpose)),
      cursor: last ? { version: 1, token: next } : midway,
      last,
      ...(last && whole ? { complete: true } : {}),
    };
  }
}
