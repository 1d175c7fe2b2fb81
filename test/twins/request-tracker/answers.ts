import type { TwinAnswer } from '../kit/twin.ts';
import type { VendorRequest } from '../kit/twin-http.ts';

export const failed = (status: number, message: string): TwinAnswer => ({ status, body: { message } });
export const okay = (body: unknown): TwinAnswer => ({ status: 200, body });
export const notFound = failed(404, 'Not Found');

/** RT writes times to the second. */
export const time = (date: Date): string => `${date.toISOString().slice(0, 19)}Z`;

/** What a reference to another record looks like; a user's id is the user's NAME here. */
export const reference = (baseUrl: string, type: string, id: string | number): Record<string, unknown> => ({
  type,
  id: String(id),
  _url: `${baseUrl}/${type}/${id}`,
});

/** The fields asked for, beside the reference; an unknown field is left out. */
export const shown = (
  request: VendorRequest,
  base: Record<string, unknown>,
  field: (name: string) => unknown,
): Record<string, unknown> => {
  const names = (request.query.get('fields') ?? '').split(',').filter((name) => name !== '');
  const asked = names.map((name) => [name, field(name)] as const).filter(([, value]) => value !== undefined);
  return { ...base, ...Object.fromEntries(asked) };
};

/**
 * One page of a search. `per_page` is capped at 100 without a word; `next_page` is the address asked for, so that after a POST it holds
 * no query.
 */
export function page<Row>(request: VendorRequest, url: string, rows: readonly Row[], show: (row: Row) => object): TwinAnswer {
  const asked = Number(request.query.get('per_page') ?? 20);
  const perPage = Number.isInteger(asked) && asked > 0 ? Math.min(asked, 100) : 20;
  const number = Math.max(1, Number(request.query.get('page') ?? 1) || 1);
  const items = rows.slice((number - 1) * perPage, number * perPage).map(show);
  const pages = Math.ceil(rows.length / perPage);
  const next = new URLSearchParams(request.query);
  next.set('page', String(number + 1));
  return okay({
    count: items.length,
    total: rows.length,
    per_page: perPage,
    page: number,
    pages,
    items,
    ...(number < pages ? { next_page: `${url}?${next}` } : {}),
  });
}

/** Rows in the order asked for by `orderby` and `order`. */
export function ordered<Row>(
  request: VendorRequest,
  rows: readonly Row[],
  fallback: string,
  read: (row: Row, field: string) => string | number,
): Row[] {
  const field = request.query.get('orderby') ?? fallback;
  const sign = (request.query.get('order') ?? 'ASC').toUpperCase() === 'DESC' ? -1 : 1;
  return [...rows].sort((a, b) => {
    const [left, right] = [read(a, field), read(b, field)];
    return left === right ? 0 : left < right ? -sign : sign;
  });
}
