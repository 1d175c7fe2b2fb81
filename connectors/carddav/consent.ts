import type {
  ConsentReading,
  EraseResult,
  RecordRef,
  SuppressionOrder,
  SuppressResult,
  UnsuppressionOrder,
  WriteOptions,
} from '../kit/contract.ts';
import type { AddressBook } from './api.ts';
import type { CardDavSettings } from './settings.ts';
import { cardLines, hasCategory, withCategory } from './vcard.ts';

/** Whether the card now says no, read with another call than the one that writes. */
async function saysNo(book: AddressBook, name: string, category: string): Promise<boolean | undefined> {
  const [card] = await book.cards([name]);
  return card === undefined ? undefined : hasCategory(cardLines(card.text) ?? [], category);
}

export async function readConsent(
  book: AddressBook,
  settings: CardDavSettings,
  { externalId }: RecordRef,
): Promise<readonly ConsentReading[]> {
  const { purpose, optOutCategory } = settings;
  const no = await saysNo(book, externalId, optOutCategory);
  return no === undefined ? [] : [{ channel: 'email', purpose, answer: no ? 'denied' : 'unknown' }];
}

async function mark(
  book: AddressBook,
  settings: CardDavSettings,
  { externalId }: RecordRef,
  { channel, purpose, dryRun }: SuppressionOrder,
  wanted: boolean,
): Promise<SuppressResult> {
  const { optOutCategory: category } = settings;
  if (channel !== 'email' || purpose !== settings.purpose) return { result: 'unsupported', code: 'purpose-not-noted' };
  const card = await book.card(externalId);
  if (card === undefined) return { result: 'absent' };
  const lines = cardLines(card.text);
  if (lines === undefined) return { result: 'refused', code: 'card-unreadable' };
  if (hasCategory(lines, category) === wanted) return { result: 'already' };
  if (dryRun === true) return { result: 'would-apply' };
  const status = await book.replace(card, withCategory(card.text, category, wanted));
  const held = await saysNo(book, externalId, category);
  return held === wanted ? { result: 'applied', status } : { result: 'refused', code: 'read-back-differs', status };
}

/** Puts the card into the category of those who said no, and reads it back. */
export const suppress = (
  book: AddressBook,
  settings: CardDavSettings,
  ref: RecordRef,
  order: SuppressionOrder,
): Promise<SuppressResult> => mark(book, settings, ref, order, true);

/** Takes it out again, with the consent that allows it. */
export const unsuppress = async (
  book: AddressBook,
  settings: CardDavSettings,
  ref: RecordRef,
  order: UnsuppressionOrder,
): Promise<SuppressResult> =>
  order.consentEventId === '' ? { result: 'refused', code: 'no-consent-proof' } : await mark(book, settings, ref, order, false);

/** Takes the category off a card that is still there; what it said goes with a card that is not. */
export async function eraseAnswer(
  book: AddressBook,
  settings: CardDavSettings,
  card: RecordRef,
  options: WriteOptions,
): Promise<EraseResult> {
  const { result, code } = await mark(book, settings, card, { ...options, channel: 'email', purpose: settings.purpose }, false);
  if (result === 'would-apply') return { result: 'would-erase', residue: [] };
  const done = result === 'applied' || result === 'already' || result === 'absent';
  return done ? { result: 'done', residue: [] } : { result: 'refused', code: code ?? result, residue: [] };
}
