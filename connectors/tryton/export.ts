import type { ExportedRecord, RecordRef } from '../kit/contract.ts';
import { emailsOf, marketingRows, mechanismsOf } from './addresses.ts';
import { marketingFields } from './marketing.ts';
import { partyFields } from './party.ts';
import { readReference, type Reference } from './reference.ts';
import { invoiceFields, saleFields } from './sale.ts';
import type { Row, TrytonSession } from './session.ts';
import { plainly } from './wire.ts';

const fieldsOf: Readonly<Record<Reference['model'], readonly string[]>> = {
  'party.party': [...partyFields, 'relations.to.name'],
  'marketing.email': marketingFields,
  'sale.sale': [...saleFields, 'comment'],
  'account.invoice': [...invoiceFields, 'comment'],
};

/** Notes or files about a record; none when the model is not there. */
const about = async (
  session: TrytonSession,
  model: string,
  { model: of, id }: Reference,
  fields: readonly string[],
): Promise<readonly Row[]> => ((await session.has(model)) ? session.all(model, [['resource', '=', `${of},${id}`]], fields) : []);

/** The bytes of a file as Tryton writes them on the wire. */
export const bytesOf = (data: unknown): Uint8Array =>
  Buffer.from((data as { readonly base64?: string } | null)?.base64 ?? '', 'base64'); // Tryton's tagged bytes, or null

/** Everything Tryton holds of one record, in the vendor's words; a party with its notes, files and mailing lists. */
export async function exportRecord(session: TrytonSession, ref: RecordRef): Promise<ExportedRecord | null> {
  const reference = readReference(ref);
  if (reference === undefined) return null;
  const { model, id } = reference;
  const [row] = await session.search(model, { domain: [['id', '=', id]], fields: fieldsOf[model] });
  if (row === undefined) return null;
  const fields = plainly(row) as Readonly<Record<string, unknown>>; // a row stays a row
  if (model !== 'party.party') return { ref, fields, attachments: [] };
  const notes = await about(session, 'ir.note', reference, ['message', 'create_date']);
  const files = await about(session, 'ir.attachment', reference, ['name', 'data']);
  const listed = await marketingRows(session, emailsOf(await mechanismsOf(session, id)));
  return {
    ref,
    fields: { ...fields, notes: plainly(notes), mailingLists: plainly(listed) },
    attachments: files.map(({ name, data }) => ({
      name: String(name),
      mediaType: 'application/octet-stream',
      bytes: bytesOf(data),
    })),
  };
}
