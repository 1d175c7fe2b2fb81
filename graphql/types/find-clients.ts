import { normaliseEmail } from '../../domain/record/normalise/email.ts';
import { normalisePhone } from '../../domain/record/normalise/phone.ts';
import { searchWords } from '../../domain/record/normalise/search-words.ts';
import { normaliseTaxId } from '../../domain/record/normalise/tax-id.ts';
import type { Db } from '../../store/database.ts';
import { type ClientRow, clientsByIdentifier, clientsByName, clientsInOrder } from '../../store/read/clients.ts';
import { builder } from '../builder.ts';
import type { GraphqlContext } from '../context.ts';
import { badArgument, connectionOf, cursorOf, pageSize, positionOf } from '../paging.ts';
import { connectionType } from '../relay-list.ts';
import { ClientType, lookAt, lookAtOne } from './client.ts';

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const longestSearch = 200;

/** How an identifier is written when it is compared. */
const normaliseBy = {
  email: (value: string) => normaliseEmail(value)?.value,
  phone: (value: string, country: string | undefined) => normalisePhone(value, country)?.value,
  'tax-id': (value: string, country: string | undefined) => normaliseTaxId(value, country)?.value,
  'external-id': (value: string) => value,
} as const;

const IdentifierKind = builder.enumType('IdentifierKind', {
  values: {
    EMAIL: { value: 'email' },
    PHONE: { value: 'phone', description: 'In any format; say `country` when it has no +prefix' },
    TAX_ID: { value: 'tax-id' },
    EXTERNAL_ID: { value: 'external-id', description: 'As <linked system>:<id>' },
  } as const,
});

const IdentifierInput = builder.inputType('IdentifierInput', {
  fields: (t) => ({
    kind: t.field({ type: IdentifierKind, required: true }),
    value: t.string({ required: true }),
    country: t.string({ description: 'ISO 3166-1 alpha-2' }),
  }),
});

const ClientConnection = connectionType<ClientRow>('Client', ClientType);

builder.queryFields((t) => ({
  client: t.field({
    type: ClientType,
    nullable: true,
    description: 'One client by id (an id that was merged away still resolves) or by any identifier of any linked system',
    authScopes: { may: 'clients' },
    args: { id: t.arg.id(), by: t.arg({ type: IdentifierInput }) },
    resolve: async (_root, { id, by }, context) => {
      if (id) return uuid.test(id) ? await lookAtOne(context, id) : null;
      if (!by) throw badArgument('id', 'give an id, or an identifier in `by`');
      const value = normaliseBy[by.kind](by.value, by.country ?? undefined);
      const found = value ? await clientsByIdentifier(context.reader, by.kind, value) : [];
      if (found.length > 1)
        throw badArgument('by', `${found.length} clients share this identifier; use clients(search:) to choose`);
      return (await lookAt(context, found))[0] ?? null;
    },
  }),
  clients: t.field({
    type: ClientConnection,
    description:
      'Search by name (typos, accents and order forgiven), e-mail, phone or tax id; without `search`, all in name order',
    authScopes: { may: 'clients' },
    args: { search: t.arg.string(), first: t.arg.int(), after: t.arg.string() },
    resolve: async (_root, { search, first, after }, context) => {
      const size = pageSize(first);
      const sought = search?.trim() ?? '';
      if (sought.length > longestSearch) throw badArgument('search', `must not be longer than ${longestSearch} characters`);
      return sought === '' ? await inOrder(context, size, after) : await bySearch(context, sought, size, after);
    },
  }),
}));

async function inOrder(context: GraphqlContext, size: number, after: string | null | undefined) {
  const position = positionOf(after, ['name', 'id']);
  if (position && !uuid.test(position['id'] ?? '')) throw badArgument('after', 'is not a cursor of this list');
  const start = position && { name: position['name'] ?? '', id: position['id'] ?? '' };
  const rows = await clientsInOrder(context.reader, start, size + 1);
  const page = connectionOf(rows, size, ({ id, searchName }) => cursorOf({ name: searchName ?? '', id }), start !== undefined);
  await lookAt(
    context,
    page.edges.map(({ node }) => node),
  );
  return page;
}

async function bySearch(context: GraphqlContext, sought: string, size: number, after: string | null | undefined) {
  const skipped = Number(positionOf(after, ['skip'])?.['skip'] ?? 0);
  if (!Number.isSafeInteger(skipped) || skipped < 0 || skipped > 1000)
    throw badArgument('after', 'search shows the first 1000; say more in `search`');
  const exact = skipped === 0 ? await byAnyIdentifier(context.reader, sought) : [];
  const words = searchWords(sought);
  const rows = exact.length > 0 || words === '' ? exact : await clientsByName(context.reader, words, size + 1, skipped);
  const places = new Map(rows.map(({ id }, place) => [id, skipped + place + 1]));
  const page = connectionOf(rows, size, ({ id }) => cursorOf({ skip: places.get(id) ?? 0 }), skipped > 0);
  await lookAt(
    context,
    page.edges.map(({ node }) => node),
  );
  return page;
}

/** Tries the text as e-mail, phone and tax id; a text that is none of them costs no query. */
async function byAnyIdentifier(reader: Db, sought: string): Promise<ClientRow[]> {
  const candidates = [
    ['email', sought.includes('@') ? normaliseBy.email(sought) : undefined],
    ['phone', /^[+(\d][\d\s().-]{5,}$/.test(sought) ? normaliseBy.phone(sought, 'ES') : undefined],
    ['tax-id', /\d{6,}/.test(sought) ? normaliseBy['tax-id'](sought, undefined) : undefined],
  ] as const;
  for (const [kind, value] of candidates) {
    const found = value ? await clientsByIdentifier(reader, kind, value) : [];
    if (found.length > 0) return found;
  }
  return [];
}
