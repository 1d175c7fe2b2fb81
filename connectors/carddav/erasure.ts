import type { EraseResult, ExportedRecord, RecordRef, VerifyResult, WriteOptions } from '../kit/contract.ts';
import type { AddressBook } from './api.ts';
import { fieldsOf } from './person.ts';
import { type CardLine, cardLines } from './vcard.ts';

/** Deletes the card, whoever changed it meanwhile. */
export async function erase(book: AddressBook, { externalId }: RecordRef, { dryRun }: WriteOptions): Promise<EraseResult> {
  if (dryRun === true) return { result: 'would-erase', residue: [] };
  return { result: 'done', residue: [], status: await book.remove(externalId) };
}

/** Asks for the card in a report, and not at the address that was deleted. */
export async function verify(book: AddressBook, { externalId }: RecordRef): Promise<VerifyResult> {
  const { length: count } = await book.cards([externalId]);
  return count === 0
    ? { result: 'gone', residue: [], count }
    : { result: 'present', residue: [{ where: 'address book', due: null }], count };
}

/** Pictures and sounds that are in the card itself: `ENCODING=b` of vCard 3.0, `data:` of 4.0. */
function attachmentsOf(lines: readonly CardLine[]): ExportedRecord['attachments'] {
  return lines
    .filter(({ name }) => ['PHOTO', 'LOGO', 'SOUND'].includes(name))
    .flatMap(({ name, value, parameters }, index) => {
      const [, type, inline] = /^data:([\w/+.-]+);base64,(.*)$/s.exec(value) ?? [];
      const base64 = inline ?? (/^b(ase64)?$/i.test(parameters['ENCODING'] ?? '') ? value : undefined);
      if (base64 === undefined) return [];
      const mediaType = type ?? `image/${(parameters['TYPE'] ?? 'jpeg').toLowerCase()}`;
      return [{ name: `${name.toLowerCase()}-${index + 1}`, mediaType, bytes: Buffer.from(base64, 'base64') }];
    });
}

/** Every line of the card, and its pictures as files. */
export async function exportRecord(book: AddressBook, ref: RecordRef): Promise<ExportedRecord | null> {
  const card = await book.card(ref.externalId);
  if (card === undefined) return null;
  const lines = cardLines(card.text);
  return lines === undefined
    ? { ref, fields: { card: card.text }, attachments: [] }
    : { ref, fields: fieldsOf(lines), attachments: attachmentsOf(lines) };
}
