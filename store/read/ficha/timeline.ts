import { column, type Field, type Shape, time, value } from './shape.ts';

/** How one contact with a client lies in `contacts`; the text of one that a system told stays in its source record. */
const interactionShape: Shape = {
  name: 'Interaction',
  fields: {
    id: column('conversation', 'id'),
    linkedSystemId: column('conversation', 'linked_system_id'),
    kind: column('conversation', 'interaction_kind'),
    direction: column('conversation', 'direction'),
    status: column('conversation', 'status'),
    channel: column('conversation', 'channel'),
    at: time('conversation', 'at'),
    subject: column('conversation', 'subject'),
    text: value(
      'special',
      (row) =>
        `coalesce(${row}.body, (select r.canonical ->> 'text' from source_record r where r.id = ${row}.source_record_id and ${row}.body is null))`,
    ),
  },
};

/** Contacts of a client: what systems told, and what was written to them from Ficha. */
const contacts = (client: string): string => `(
  select i.source_record_id::text as id, i.source_record_id, i.linked_system_id, i.interaction_kind, i.direction, i.status, i.channel, i.at, i.subject,
         null::text as body
    from interaction i where i.client_id = ${client}
  union all
  select m.id::text, m.source_record_id, 'ficha', 'email', 'out', case m.state when 'sending' then 'unknown' else m.state end, m.channel, m.at, m.subject,
         m.body
    from source_record o join sent_message m on m.source_record_id = o.id where o.client_id = ${client})`;

/** Contacts with a client, newest first, paged by time. Indexes: interaction_client, source_record_client, sent_message_record. */
export const timelineFields: Readonly<Record<string, Field>> = {
  timeline: {
    kind: 'many',
    category: 'conversation',
    shape: () => interactionShape,
    rows: (parent, row, w, args) =>
      `from ${contacts(`${parent}.id`)} ${row} where ${row}.at < ${w.bind(args('before'))}::timestamptz
         and ${row}.interaction_kind = coalesce(${w.bind(args('kind'))}::text, ${row}.interaction_kind)
       order by ${row}.at desc, ${row}.id desc limit ${w.bind(args('first'))}`,
  },
};
