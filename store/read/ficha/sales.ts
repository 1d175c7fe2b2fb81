import { column, type Field, iso, money, type Shape, time, value } from './shape.ts';

const lineShape: Shape = {
  name: 'SaleLine',
  fields: {
    sku: value('commercial', (row) => `${row}.v ->> 'sku'`),
    description: value('commercial', (row) => `${row}.v ->> 'description'`),
    quantity: value('commercial', (row) => `(${row}.v ->> 'quantity')::float8`),
    amount: value('commercial', (row) => money(`(${row}.v ->> 'amountCents')`)),
  },
};

/** How a sale lies in the tables; its lines stay in the source record. */
const saleShape: Shape = {
  name: 'Sale',
  fields: {
    id: value('commercial', (row) => `${row}.source_record_id::text`),
    linkedSystemId: column('commercial', 'linked_system_id'),
    kind: column('commercial', 'sale_kind'),
    status: column('commercial', 'status'),
    number: column('commercial', 'number'),
    at: time('commercial', 'at'),
    amount: value('commercial', (row) => money(`${row}.amount_cents`)),
    currency: column('commercial', 'currency'),
    channel: column('commercial', 'channel'),
    lines: {
      kind: 'many',
      category: 'commercial',
      shape: () => lineShape,
      rows: (parent, row) =>
        `from source_record r_${row}, jsonb_array_elements(r_${row}.canonical -> 'lines') ${row}(v)
         where r_${row}.id = ${parent}.source_record_id`,
    },
  },
};

/** What is known of a copy that was uploaded. Its content is in a column that the reader's role cannot select. */
const copyShape: Shape = {
  name: 'DocumentCopy',
  fields: {
    mediaType: column('document', 'media_type'),
    size: column('document', 'size'),
    sha256: value('document', (row) => `encode(${row}.sha256, 'hex')`),
    uploadedAt: time('document', 'uploaded_at'),
  },
};

const documentShape: Shape = {
  name: 'Document',
  fields: {
    id: value('document', (row) => `${row}.id::text`),
    linkedSystemId: column('document', 'linked_system_id'),
    title: value('document', (row) => `${row}.canonical ->> 'title'`),
    mediaType: value('document', (row) => `${row}.canonical ->> 'mediaType'`),
    originUrl: value('document', (row) => `${row}.canonical ->> 'originUrl'`),
    at: value('document', (row) => iso(`(${row}.canonical ->> 'at')::timestamptz`)),
    copy: {
      kind: 'one',
      category: 'document',
      shape: () => copyShape,
      rows: (parent, row) => `from document_copy ${row} where ${row}.source_record_id = ${parent}.id`,
    },
  },
};

/** What a client asked for, ordered, was invoiced and paid, and the papers. Indexes: sale_client, source_record_client. */
export const salesFields: Readonly<Record<string, Field>> = {
  sales: {
    kind: 'many',
    category: 'commercial',
    shape: () => saleShape,
    rows: (parent, row, w, args) =>
      `from sale ${row} where ${row}.client_id = ${parent}.id and ${row}.at < ${w.bind(args('before'))}::timestamptz
         and ${row}.sale_kind = coalesce(${w.bind(args('kind'))}::text, ${row}.sale_kind)
       order by ${row}.at desc, ${row}.source_record_id desc limit ${w.bind(args('first'))}`,
  },
  documents: {
    kind: 'many',
    category: 'document',
    shape: () => documentShape,
    rows: (parent, row, w, args) =>
      `from source_record ${row} where ${row}.client_id = ${parent}.id and ${row}.kind = 'document' and ${row}.deleted_at is null
       order by ${row}.canonical ->> 'at' desc nulls last, ${row}.id desc limit ${w.bind(args('first'))}`,
  },
};
