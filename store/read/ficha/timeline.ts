import { column, type Field, type Shape, time, value } from './shape.ts';

/** How one contact with a client lies in the tables; its text stays in the source record. */
const interactionShape: Shape = {
  name: 'Interaction',
  fields: {
    id: value('conversation', (row) => `${row}.source_record_id::text`),
    linkedSystemId: column('conversation', 'linked_system_id'),
    kind: column('conversation', 'interaction_kind'),
    direction: column('conversation', 'direction'),
    status: column('conversation', 'status'),
    channel: column('conversation', 'channel'),
    at: time('conversation', 'at'),
    subject: column('conversation', 'subject'),
    text: value('special', (row) => `(select r.canonical ->> 'text' from source_record r where r.id = ${row}.source_record_id)`),
  },
};

/** Contacts with a client, newest first, paged by time. Index: interaction_client. */
export const timelineFields: Readonly<Record<string, Field>> = {
  timeline: {
    kind: 'many',
    category: 'conversation',
    shape: () => interactionShape,
    rows: (parent, row, w, args) =>
      `from interaction ${row} where ${row}.client_id = ${parent}.id and ${row}.at < ${w.bind(args('before'))}::timestamptz
         and ${row}.interaction_kind = coalesce(${w.bind(args('kind'))}::text, ${row}.interaction_kind)
       order by ${row}.at desc, ${row}.source_record_id desc limit ${w.bind(args('first'))}`,
  },
};
