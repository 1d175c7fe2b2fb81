import { consentFields } from './consent.ts';
import { glanceShape } from './glance.ts';
import { originFields } from './origin.ts';
import { cursorSql } from './pages.ts';
import { salesFields } from './sales.ts';
import { column, type Field, type Shape, time, value } from './shape.ts';
import { timelineFields } from './timeline.ts';

const golden = (name: string) => (row: string) => `${row}.golden ->> '${name}'`;
const goldenList = (name: string) => (row: string) => `coalesce(${row}.golden -> '${name}', '[]'::jsonb)`;
const part = (name: string): Field => value('contact', (row) => `${row}.v ->> '${name}'`);

const addressShape: Shape = {
  name: 'Address',
  fields: {
    street: part('street'),
    city: part('city'),
    postcode: part('postcode'),
    region: part('region'),
    country: part('country'),
  },
};

const specialShape: Shape = {
  name: 'SpecialValue',
  fields: {
    category: column('special', 'category'),
    field: column('special', 'field'),
    linkedSystemId: column('special', 'linked_system_id'),
    value: value('special', (row) => `${row}.value #>> '{}'`),
    basis: column('special', 'basis'),
    since: time('special', 'since'),
  },
};

/** How `Client` lies in the tables. Whatever leads to a client says `state = 'active'`: blocked, restricted and erased data is in no answer. */
export const clientShape: Shape = {
  name: 'Client',
  isFicha: true,
  fields: {
    id: value(null, (row) => `${row}.id::text`),
    kind: column('identity', 'kind'),
    name: column('identity', 'display_name'),
    givenName: value('identity', golden('givenName')),
    familyName: value('identity', golden('familyName')),
    emails: value('contact', goldenList('emails')),
    phones: value('contact', goldenList('phones')),
    addresses: {
      kind: 'many',
      category: 'contact',
      shape: () => addressShape,
      rows: (parent, row) => `from jsonb_array_elements(${parent}.golden -> 'addresses') ${row}(v)`,
    },
    taxId: {
      kind: 'value',
      category: 'tax-id',
      sql: golden('taxId'),
      // enough to tell two apart on the telephone, too little to use
      masked: (row) => `case when ${row}.golden ? 'taxId' then '•••' || right(${row}.golden ->> 'taxId', 3) end`,
    },
    birthDate: value('birth', golden('birthDate')),
    country: column('identity', 'country'),
    language: value('identity', golden('language')),
    position: value('identity', golden('role')),
    sector: value('identity', golden('sector')),
    website: value('contact', golden('website')),
    notes: value('special', golden('notes')),
    specialData: {
      kind: 'many',
      category: 'special',
      shape: () => specialShape,
      rows: (parent, row) =>
        `from (select v.id, v.category, v.field, v.value, v.basis, v.since, r.linked_system_id from source_record r join special_value v on v.source_record_id = r.id
                where r.client_id = ${parent}.id and v.state = 'released') ${row} order by ${row}.category, ${row}.field, ${row}.id`,
    },
    acquisitionSource: column('commercial', 'acquisition_source'),
    firstSeenAt: time('identity', 'first_seen_at'),
    updatedAt: time('identity', 'updated_at'),
    company: {
      kind: 'one',
      category: 'identity',
      shape: () => clientShape,
      rows: (parent, row) => `from client ${row} where ${row}.id = ${parent}.company_id and ${row}.state = 'active'`,
    },
    contacts: {
      kind: 'many',
      category: 'identity',
      shape: () => clientShape,
      rows: (parent, row, w, args) =>
        `from client ${row} where ${row}.company_id = ${parent}.id and ${row}.state = 'active'
         order by ${row}.search_name, ${row}.id limit ${w.bind(args('first'))}`,
    },
    glance: { kind: 'one', category: null, shape: () => glanceShape, rows: () => '' },
    ...salesFields,
    ...timelineFields,
    ...consentFields,
    ...originFields,
  },
};

const pageInfoShape: Shape = {
  name: 'ClientPageInfo',
  fields: {
    hasNextPage: value(null, (_row, w, args) => `(select count(*) from page) > ${w.bind(args('first'))}::int`),
    hasPreviousPage: value(null, (_row, w, args) => `${w.bind(args('hasPrevious'))}::boolean`),
    startCursor: value(null, () => `(select ${cursorSql('p')} from page p where p.ord = 1)`),
    endCursor: value(
      null,
      (_row, w, args) =>
        `(select ${cursorSql('p')} from page p where p.ord <= ${w.bind(args('first'))}::int order by p.ord desc limit 1)`,
    ),
  },
};

const edgeShape: Shape = {
  name: 'ClientEdge',
  fields: {
    cursor: value(null, cursorSql),
    node: { kind: 'one', category: null, shape: () => clientShape, rows: () => '' },
  },
};

/** A page of clients: `page` holds one row more than asked, so that it is known whether more follow. */
export const connectionShape: Shape = {
  name: 'ClientConnection',
  fields: {
    edges: {
      kind: 'many',
      category: null,
      shape: () => edgeShape,
      rows: (_parent, row, w, args) => `from page ${row} where ${row}.ord <= ${w.bind(args('first'))}::int order by ${row}.ord`,
    },
    pageInfo: { kind: 'one', category: null, shape: () => pageInfoShape, rows: () => '' },
  },
};
