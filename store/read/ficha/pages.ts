import type { Bound, Writer } from './shape.ts';

/** Where a row of a list stands, as an opaque text: of its `place`, the sort key in an order and how many come before it in a search. */
export const cursorSql = (row: string): string =>
  `translate(encode(convert_to((case when ${row}.in_order then json_build_object('key', ${row}.place, 'id', ${row}.id)
     else json_build_object('skip', ${row}.place::int) end)::text, 'UTF8'), 'base64'), E'+/=\\n', '-_')`;

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
    `select c.*, o.ord, (${w.bind(skipped)}::int + o.ord)::text as place, false as in_order
      from unnest(${w.bind(ids)}::uuid[]) with ordinality o(id, ord) join client c on c.id = o.id and c.state = 'active'`;

/** What a list of clients is narrowed to, each by what is compared; what is left out narrows nothing. */
export type PageFilter = Readonly<
  Partial<Record<'kind' | 'country' | 'acquisitionSource' | 'companyId' | 'changedSince', Bound>>
>;

const comparisons: Readonly<Record<keyof PageFilter, (place: string) => string>> = {
  kind: (place) => `c.kind = ${place}::text`,
  country: (place) => `c.country = ${place}::text`,
  acquisitionSource: (place) => `c.acquisition_source = ${place}::text`,
  companyId: (place) => `c.company_id = ${place}::uuid`,
  changedSince: (place) => `c.updated_at >= ${place}::timestamptz`,
};

/**
 * Only what is asked is compared: of "null or equal" the plan that PostgreSQL keeps knows nothing, expects nobody and reads everything, and
 * so it plans anew each time, which takes longer than the answer.
 */
const narrowed = (filter: PageFilter, w: Writer): string =>
  Object.entries(comparisons)
    .map(([name, compared]) => {
      const value = filter[name as keyof PageFilter]; // a key of `comparisons`
      return value === undefined ? '' : `and ${compared(w.bind(value))}`;
    })
    .join(' ');

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
 * @param most no `size` is larger; said as a number, so that the plan that PostgreSQL keeps expects no more
 */
export const pageInOrder =
  (order: PageOrder, filter: PageFilter, after: { readonly key: Bound; readonly id: Bound }, size: Bound, most: number) =>
  (w: Writer): string => {
    const { by, key, type, beyond } = orders[order];
    const collation = type === 'text' ? ' collate "C"' : '';
    const start = `and (${key}, c.id) ${beyond} (${w.bind(after.key)}::${type}${collation}, ${w.bind(after.id)}::uuid)`;
    const shown = order === 'name' ? `coalesce(c.search_name, '')` : `to_char(c.updated_at, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
    return `select c.*, row_number() over (order by ${by}) as ord, ${shown} as place, true as in_order
      from (select c.* from (
              select c.* from client c where c.state = 'active' ${start} ${narrowed(filter, w)} order by ${by} limit ${w.bind(size)}::int + 1) c
             limit ${most + 1}) c`;
  };
