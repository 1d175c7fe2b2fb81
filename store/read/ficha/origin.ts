import type { Category } from '../../../domain/access/category.ts';
import { column, type Field, iso, type Shape, time, value, type Writer } from './shape.ts';

const losingShape: Shape = {
  name: 'LosingValue',
  fields: {
    value: value('origin', (row) => `${row}.v ->> 'value'`),
    linkedSystemId: value('origin', (row) => `${row}.v ->> 'linkedSystemId'`),
    at: value('origin', (row) => `${row}.v ->> 'at'`),
  },
};

/** Fields of a client whose values only some may see: their origin tells the values too, to the same readers. */
const guarded: Readonly<Record<string, Category>> = { taxId: 'tax-id', birthDate: 'birth', notes: 'special' };

const isTold = (row: string, w: Writer): string => {
  const kept = Object.keys(guarded).filter((field) => !w.allows(guarded[field] ?? 'special'));
  return `not ${row}.field = any('{${kept.join(',')}}'::text[])`;
};

const provenanceShape: Shape = {
  name: 'Provenance',
  fields: {
    field: column('origin', 'field'),
    value: value(
      'origin',
      (row, w) =>
        `(select case jsonb_typeof(k.golden -> ${row}.field) when 'string' then k.golden ->> ${row}.field else (k.golden -> ${row}.field)::text end
            from client k where k.id = ${row}.client_id and ${isTold(row, w)})`,
    ),
    linkedSystemId: column('origin', 'linked_system_id'),
    externalId: value('origin', (row) => `(select r.external_id from source_record r where r.id = ${row}.source_record_id)`),
    rule: column('origin', 'rule'),
    at: time('origin', 'at'),
    losing: {
      kind: 'many',
      category: 'origin',
      shape: () => losingShape,
      rows: (parent, row, w) => `from jsonb_array_elements(${parent}.losing) ${row}(v) where ${isTold(parent, w)}`,
    },
  },
};

const recordShape: Shape = {
  name: 'SourceRecord',
  fields: {
    linkedSystemId: column('origin', 'linked_system_id'),
    linkedSystem: value('origin', (row) => `(select s.title from linked_system s where s.id = ${row}.linked_system_id)`),
    kind: column('origin', 'kind'),
    externalId: column('origin', 'external_id'),
    changedAt: time('origin', 'changed_at'),
    seenAt: time('origin', 'seen_at'),
    syncedAt: value(
      'origin',
      (row) =>
        `(select ${iso('max(u.ended_at)')} from sync_run u where u.linked_system_id = ${row}.linked_system_id and u.state = 'done' and u.mode not in ('consent', 'replay'))`,
    ),
  },
};

const requestShape: Shape = {
  name: 'ClientRequest',
  fields: {
    id: value('privacy', (row) => `${row}.id::text`),
    type: column('privacy', 'type'),
    state: column('privacy', 'state'),
    receivedAt: time('privacy', 'received_at'),
    dueAt: time('privacy', 'due_at'),
  },
};

/** Where a ficha comes from, and the privacy requests that run on it. Indexes: client_alias_client, source_record_client, privacy_request_client. */
export const originFields: Readonly<Record<string, Field>> = {
  formerIds: value(
    'origin',
    (row) =>
      `(select coalesce(json_agg(a.alias_id order by a.since, a.alias_id), '[]'::json) from client_alias a where a.client_id = ${row}.id)`,
  ),
  provenance: {
    kind: 'many',
    category: 'origin',
    shape: () => provenanceShape,
    rows: (parent, row) => `from golden_field ${row} where ${row}.client_id = ${parent}.id order by ${row}.field collate "C"`,
  },
  records: {
    kind: 'many',
    category: 'origin',
    shape: () => recordShape,
    rows: (parent, row) =>
      `from source_record ${row} where ${row}.client_id = ${parent}.id and ${row}.kind in ('person', 'company') and ${row}.deleted_at is null
       order by ${row}.linked_system_id, ${row}.external_id limit 200`,
  },
  runningRequests: {
    kind: 'many',
    category: 'privacy',
    shape: () => requestShape,
    rows: (parent, row) =>
      `from privacy_request ${row} where ${row}.closed_at is null
         and ${row}.client_id in (select ${parent}.id union all select a.alias_id from client_alias a where a.client_id = ${parent}.id)
       order by ${row}.due_at, ${row}.id limit 50`,
  },
};
