import type { HeldFile, HeldFiles } from '../kit/contract.ts';
import { bytesOf } from './export.ts';
import { readReference } from './reference.ts';
import type { Row, TrytonSession } from './session.ts';

const model = 'ir.attachment';
const pageSize = 200;

/** Files hang from any record of the ERP; only those of parties, sales and invoices hang from one that Ficha may hold. */
function heldFile({ id, name, type, resource, data_size: size }: Row): HeldFile {
  const reference = readReference({ externalId: String(resource) });
  const kind = reference?.model === 'party.party' ? 'person' : 'sale';
  return {
    id: String(id),
    of: reference === undefined ? null : { kind, externalId: String(resource) },
    name: String(name),
    mediaType: 'application/octet-stream', // Tryton keeps none
    size: typeof size === 'number' ? size : null,
    ...(type === 'link' ? { elsewhere: true } : {}),
  };
}

/** The attachments of Tryton, whatever they hang from. @see https://docs.tryton.org/7.0/server/modules/ir */
export const filesOf = (session: TrytonSession): HeldFiles => ({
  async *list() {
    if (!(await session.has(model))) return;
    for (let after = 0; ; ) {
      const rows = await session.search(model, {
        domain: [['id', '>', after]],
        fields: ['name', 'type', 'resource', 'data_size'],
        order: [['id', 'ASC']],
        limit: pageSize,
      });
      for (const row of rows) yield heldFile(row);
      if (rows.length < pageSize) return;
      after = rows.at(-1)?.id ?? after;
    }
  },
  async read(id) {
    const [row] = await session.search(model, { domain: [['id', '=', Number(id)]], fields: ['name', 'data'] });
    if (row === undefined) return undefined;
    return { name: String(row['name']), mediaType: 'application/octet-stream', bytes: bytesOf(row['data']) };
  },
});
