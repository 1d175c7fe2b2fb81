import { fc, test as property } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import type { Listing } from '../../schemas/types.ts';
import type { Answer, Call } from './hooks.ts';
import { type ListedPage, listPages } from './list-pages.ts';

const all = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ id: index + 1, at: new Date(1.7e12 + index * 1_000).toISOString() }));
const answer = (body: unknown, headers: Readonly<Record<string, string>> = {}): Answer => ({ status: 200, headers, body });
const numberOf = (call: Call, name: string, otherwise = 0): number => Number(call.query?.[name] ?? otherwise);

const size = 7;

/** Each kind of paging: how the manifest says it, and how a vendor with so many records answers. */
const kinds: Readonly<Record<string, { readonly list: Listing; readonly vendor: (count: number) => (call: Call) => Answer }>> = {
  page: {
    list: { request: 'GET /x', query: { n: '{page.number}' }, page: { kind: 'page', size, first: 0 }, select: 'items' },
    vendor: (count) => (call) =>
      answer({ items: all(count).slice(numberOf(call, 'n') * size, (numberOf(call, 'n') + 1) * size) }),
  },
  offset: {
    list: { request: 'GET /x', query: { o: '{page.offset}' }, page: { kind: 'offset', size }, select: 'items' },
    vendor: (count) => (call) => answer({ items: all(count).slice(numberOf(call, 'o'), numberOf(call, 'o') + size) }),
  },
  'offset with overlap': {
    list: { request: 'GET /x', query: { o: '{page.offset}' }, page: { kind: 'offset', size, overlap: 2 }, select: 'items' },
    vendor: (count) => (call) => answer({ items: all(count).slice(numberOf(call, 'o'), numberOf(call, 'o') + size) }),
  },
  cursor: {
    list: { request: 'GET /x', query: { c: '{page.token}' }, page: { kind: 'cursor', size, next: 'next' }, select: 'items' },
    vendor: (count) => (call) => {
      const from = numberOf(call, 'c');
      return answer({
        items: all(count).slice(from, from + size),
        ...(from + size < count ? { next: String(from + size) } : {}),
      });
    },
  },
  'cursor with a flag': {
    list: {
      request: 'GET /x',
      query: { c: '{page.token}' },
      page: { kind: 'cursor', size, next: 'next', end: 'end' },
      select: 'items',
    },
    vendor: (count) => (call) => {
      const from = numberOf(call, 'c');
      return answer({ items: all(count).slice(from, from + size), next: String(from + size), end: from + size >= count });
    },
  },
  link: {
    list: { request: 'GET /x', page: { kind: 'link', size }, select: 'items' },
    vendor: (count) => (call) => {
      const from = Number(new URL(call.path, 'http://x').searchParams.get('from') ?? 0);
      const headers = from + size < count ? { link: `</x?from=${from + size}>; rel="next"` } : undefined;
      return answer({ items: all(count).slice(from, from + size) }, headers);
    },
  },
  keyset: {
    list: { request: 'GET /x', query: { after: '{page.after}' }, page: { kind: 'keyset', size, key: 'id' }, select: 'items' },
    vendor: (count) => (call) =>
      answer({
        items: all(count)
          .filter(({ id }) => id > numberOf(call, 'after'))
          .slice(0, size),
      }),
  },
  scroll: {
    list: { request: 'GET /x', query: { s: '{page.token}' }, page: { kind: 'scroll', size, next: 'scroll' }, select: 'items' },
    vendor: (count) => {
      let from = 0;
      return (call) => {
        if (call.query?.['s'] === undefined) from = 0;
        const items = all(count).slice(from, from + size);
        from += size;
        return answer({ items, scroll: 'one-token' });
      };
    },
  },
  range: {
    list: { request: 'GET /x', headers: { range: 'rows={page.from}-{page.to}' }, page: { kind: 'range', size }, select: 'items' },
    vendor: (count) => (call) => {
      const [from = 0, to = 0] = (call.headers?.['range'] ?? '').replace('rows=', '').split('-').map(Number);
      return answer({ items: all(count).slice(from, to + 1) }, { 'content-range': `rows ${from}-${to}/${count}` });
    },
  },
};

async function listed(
  list: Listing,
  vendor: (call: Call) => Answer,
  cursor: ListedPage['cursor'] | null = null,
): Promise<ListedPage[]> {
  const pages: ListedPage[] = [];
  const options = { version: 1, scope: {}, now: () => new Date('2026-11-23T10:00:00Z') };
  for await (const page of listPages(list, (call) => Promise.resolve(vendor(call)), cursor, options)) pages.push(page);
  return pages;
}

const idsOf = (pages: readonly ListedPage[]): number[] =>
  pages.flatMap(({ items }) => items.map((item) => (item as { readonly id: number }).id));

for (const [name, { list, vendor }] of Object.entries(kinds)) {
  property.prop([fc.integer({ min: 0, max: 40 })])(
    `paging by ${name} lists every record, whatever their number`,
    async (count) => {
      const pages = await listed(list, vendor(count));
      expect([...new Set(idsOf(pages))]).toEqual(all(count).map(({ id }) => id));
      expect(pages.filter(({ last }) => last)).toHaveLength(1);
    },
  );
}

test('a search that stops after so many goes on by time, and refuses to turn on the spot', async () => {
  const list: Listing = {
    request: 'POST /x',
    json: { since: '{cursor}', after: '{page.token}' },
    page: { kind: 'cursor', size, next: 'next', most: 14 },
    select: 'items',
    cursor: { field: 'at' },
  };
  const vendor =
    (records: readonly { readonly id: number; readonly at: string }[]) =>
    (call: Call): Answer => {
      const { since = '', after = '0' } = call.json as { readonly since?: string; readonly after?: string };
      const found = records.filter(({ at }) => at >= since);
      const from = Number(after);
      return answer({
        items: found.slice(from, from + size),
        ...(from + size < found.length ? { next: String(from + size) } : {}),
      });
    };
  expect(new Set(idsOf(await listed(list, vendor(all(50))))).size).toBe(50);
  const same = all(50).map(({ id }) => ({ id, at: '2026-01-01T00:00:00.000Z' }));
  await expect(listed(list, vendor(same))).rejects.toMatchObject({ code: 'listing-stuck' });
});

test('what changed behind the back of a long listing is listed again: the next run begins where this one began', async () => {
  const list: Listing = { request: 'GET /x', page: { kind: 'none' }, select: 'items', cursor: { field: 'at' } };
  const pages = await listed(list, () => answer({ items: [{ id: 1, at: '2026-11-23T11:30:00.000Z' }] }));
  expect(pages.at(-1)?.cursor.since).toBe('2026-11-23T10:00:00.000Z');
});

test('keys that are texts start before the first one, and a cursor is sent as the filter wants it', async () => {
  const asked: unknown[] = [];
  const list: Listing = {
    request: 'POST /x',
    json: { after: '{page.after}', since: '{cursor}' },
    page: { kind: 'keyset', key: 'name', firstKey: '', size: 2 },
    select: 'items',
    cursor: { field: 'at', format: 'unix-s', send: 'naive-utc', lookback: '1h', start: '1970-01-02 00:00:00' },
  };
  const named = ['Ana', 'Eva', 'Zoë'].map((name) => ({ name, at: 1_700_000_000 }));
  const vendor = (call: Call): Answer => {
    asked.push(call.json);
    const { after } = call.json as { readonly after: string };
    return answer({ items: named.filter(({ name }) => name > after).slice(0, 2) });
  };
  const pages = await listed(list, vendor);
  expect(pages.flatMap(({ items }) => items)).toEqual(named);
  await listed(list, vendor, pages.at(-1)?.cursor);
  expect(asked[0]).toEqual({ after: '', since: '1970-01-02 00:00:00' });
  expect(asked[2]).toEqual({ after: '', since: '2023-11-14 21:13:20' });
});

test('a vendor that answers an empty list with 404 lists nothing', async () => {
  const list: Listing = { request: 'GET /x', page: { kind: 'none' } };
  expect(idsOf(await listed(list, () => ({ status: 404, headers: {}, body: { error: 'none found' } })))).toEqual([]);
});
