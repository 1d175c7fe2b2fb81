import type { Bound, Writer } from './shape.ts';

const cursor = (json: string): string => `translate(encode(convert_to((${json})::text, 'UTF8'), 'base64'), E'+/=\\n', '-_')`;

/** The client that this id leads to now. Indexes: primary keys. */
export const pageById =
  (id: Bound) =>
  (w: Writer): string => {
    const asked = w.bind(id);
    return `select c.*, 1 as ord from client c
     where c.state = 'active' and c.id = coalesce((select a.client_id from client_alias a where a.alias_id = ${asked}::uuid), ${asked}::uuid)`;
  };

/** Clients that carry exactly this normalised identifier, 50 at most. Index: client_identifier primary key. */
export const pageByIdentifier =
  (kind: Bound, text: Bound) =>
  (w: Writer): string =>
    `select c.*, row_number() over (order by c.id) as ord from client c
     where c.state = 'active' and c.id in (
       select i.client_id from client_identifier i where i.kind = ${w.bind(kind)} and i.value = ${w.bind(text)} limit 50)`;

/** Clients by their ids, in the order of the list. `skipped` counts the places before it. */
export const pageOfIds =
  (ids: Bound, skipped: Bound) =>
  (w: Writer): string =>
    `select c.*, o.ord, ${cursor(`json_build_object('skip', ${w.bind(skipped)}::int + o.ord)`)} as cursor
      from unnest(${w.bind(ids)}::uuid[]) with ordinality o(id, ord) join client c on c.id = o.id and c.state = 'active'`;

/** What a list of clients is narrowed to; a filter that is null leaves everyone. */
export interface PageFilter {
  readonly kind: Bound;
  readonly country: Bound;
  readonly acquisitionSource: Bound;
  readonly companyId: Bound;
  readonly changedSince: Bound;
}

const narrowed = (filter: PageFilter, w: Writer): string => {
  const same = (column: string, value: Bound, type: string): string => {
    const place = w.bind(value);
    return `and (${place}::${type} is null or c.${column} = ${place}::${type})`;
  };
  const since = w.bind(filter.changedSince);
  return [
    same('kind', filter.kind, 'text'),
    same('country', filter.country, 'text'),
    same('acquisition_source', filter.acquisitionSource, 'text'),
    same('company_id', filter.companyId, 'uuid'),
    `and (${since}::timestamptz is null or c.updated_at >= ${since}::timestamptz)`,
  ].join(' ');
};

export type PageOrder = 'name' | 'newest-change';

const name = `coalesce(c.search_name, '') collate "C"`;
const orders: Readonly<
  Record<PageOrder, { readonly by: string; readonly key: string; readonly type: string; readonly beyond: string }>
> = {
  name: { by: `${name}, c.id`, key: name, type: 'text', beyond: '>' },
  'newest-change': { by: 'c.updated_at desc, c.id desc', key: 'c.updated_at', type: 'timestamptz', beyond: '<' },
};

/**
 * Clients in an order, from after a position, one more than `size` so that it is known whether more follow.
 * @param after the sort key and id of the last one seen, or null twice. Indexes: client_in_order, client_by_change
 */
export const pageInOrder =
  (order: PageOrder, filter: PageFilter, after: { readonly key: Bound; readonly id: Bound } | undefined, size: Bound) =>
  (w: Writer): string => {
    const { by, key, type, beyond } = orders[order];
    const collation = type === 'text' ? ' collate "C"' : '';
    const start =
      after === undefined
        ? ''
        : `and (${key}, c.id) ${beyond} (${w.bind(after.key)}::${type}${collation}, ${w.bind(after.id)}::uuid)`;
    const shown = order === 'name' ? `coalesce(c.search_name, '')` : `to_char(c.updated_at, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
    return `select c.*, row_number() over (order by ${by}) as ord, ${cursor(`json_build_object('key', ${shown}, 'id', c.id)`)} as cursor
      from (select c.* from client c where c.state = 'active' ${start} ${narrowed(filter, w)}
             order by ${by} limit ${w.bind(size)}::int + 1) c`;
  };
