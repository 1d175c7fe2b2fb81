import type { TwinAnswer } from '../kit/twin.ts';

export interface Search {
  readonly query: { readonly field: string; readonly operator: string; readonly value: unknown };
  readonly pagination?: { readonly per_page?: number; readonly starting_after?: string };
}

export const notFound: TwinAnswer = {
  status: 404,
  body: { type: 'error.list', errors: [{ code: 'not_found', message: 'User Not Found' }] },
};

/** One page behind an id, in the order of the ids. */
export function paged<Item extends { readonly id: string }>(
  key: string,
  items: readonly Item[],
  { size, after }: { readonly size: number; readonly after: string | null },
): TwinAnswer {
  const rest = [...items].sort((one, other) => (one.id < other.id ? -1 : 1)).filter(({ id }) => after === null || id > after);
  const page = rest.slice(0, size);
  const last = page.at(-1);
  const next = rest.length > size && last !== undefined ? { next: { per_page: size, starting_after: last.id } } : {};
  return { status: 200, body: { type: 'list', [key]: page, total_count: items.length, pages: { type: 'pages', ...next } } };
}

export const pageOf = ({ pagination }: Search) => ({
  size: pagination?.per_page ?? 50,
  after: pagination?.starting_after ?? null,
});

export function meets(contact: object, { field, operator, value }: Search['query']): boolean {
  const has = (contact as Readonly<Record<string, unknown>>)[field]; // by a name that was sent
  if (operator === '>') return Number(has) > Number(value);
  return typeof has === 'string' && has.toLowerCase() === String(value).toLowerCase();
}
