import { normalisePhone } from '../../domain/record/normalise/phone.ts';
import type { Identifier, RecordRef } from '../kit/contract.ts';
import type { AddressBook, Card } from './api.ts';
import { draftsOf, emailsIn, phonesIn } from './person.ts';
import type { CardDavSettings } from './settings.ts';
import { cardLines } from './vcard.ts';

const batch = 200;

/** Every card that carries one of these telephone numbers in international form; servers compare them as typed, so all are read. */
async function byPhone(book: AddressBook, phones: readonly string[], country: string | undefined): Promise<readonly Card[]> {
  const wanted = new Set(phones.flatMap((phone) => normalisePhone(phone, country)?.value ?? []));
  if (wanted.size === 0) return [];
  const names = (await book.changes(undefined))?.changed ?? [];
  const found: Card[] = [];
  for (let at = 0; at < names.length; at += batch) {
    const cards = await book.cards(names.slice(at, at + batch));
    const carries = ({ text }: Card): boolean =>
      phonesIn(cardLines(text) ?? []).some((phone) => wanted.has(normalisePhone(phone, country)?.value ?? ''));
    found.push(...cards.filter(carries));
  }
  return found;
}

async function byEmail(book: AddressBook, email: string): Promise<readonly Card[]> {
  const wanted = email.trim().toLowerCase();
  const cards = await book.withEmail(wanted);
  return cards.filter(({ text }) => emailsIn(cardLines(text) ?? []).some((one) => one.toLowerCase() === wanted));
}

/** Every card that carries one of these identifiers. Cards hold no tax identifiers. */
export async function lookup(
  book: AddressBook,
  settings: CardDavSettings,
  identifiers: readonly Identifier[],
): Promise<readonly RecordRef[]> {
  const valuesOf = (kind: Identifier['kind']): string[] =>
    identifiers.filter((one) => one.kind === kind).map(({ value }) => value);
  const cards = [
    ...(await book.cards(valuesOf('external-id'))),
    ...(await byPhone(book, valuesOf('phone'), settings.defaultCountry)),
  ];
  for (const email of valuesOf('email')) cards.push(...(await byEmail(book, email)));
  const refs = new Map<string, RecordRef>();
  for (const card of cards) {
    const [record] = draftsOf(card, settings, new Date(0));
    if (record !== undefined && 'kind' in record) refs.set(card.name, { kind: record.kind, externalId: card.name });
  }
  return [...refs.values()];
}
