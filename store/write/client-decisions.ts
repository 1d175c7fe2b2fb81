import { FichaError } from '../../domain/record/error.ts';
import type { Db } from '../database.ts';
import {
  hasOpenRequest,
  type Holdings,
  holdingsOf,
  type IdentityRecord,
  recordsByRef,
  recordsOfClients,
} from '../read/identity-records.ts';
import { type PairLink, writeIdentityDecision } from './identity-decisions.ts';

/** Who decides, and whether only the effect is asked for. */
export interface Order {
  readonly by: string;
  readonly at: Date;
  readonly dryRun: boolean;
}

/** What a decision does or would do. `decisionId` is null after a dry run. */
export interface Effect {
  readonly decisionId: string | null;
  /** What each part holds afterwards; one part after a merge. */
  readonly parts: readonly (Holdings & { readonly clientId: string | null })[];
}

const mostPairs = 20_000;

const idsOf = (records: readonly IdentityRecord[]): string[] => records.map(({ id }) => id);
const clientsOf = (records: readonly IdentityRecord[]): string[] => [
  ...new Set(records.flatMap(({ clientId }) => clientId ?? [])),
];

const across = (some: readonly string[], others: readonly string[], kind: PairLink['kind']): PairLink[] =>
  some.flatMap((one) => others.map((other): PairLink => ({ one, other, kind })));
const among = (ids: readonly string[], kind: PairLink['kind']): PairLink[] =>
  ids.flatMap((one, place) => ids.slice(place + 1).map((other): PairLink => ({ one, other, kind })));

async function refuseWhenBusy(tx: Db, clientIds: readonly string[]): Promise<void> {
  if (await hasOpenRequest(tx, clientIds)) {
    throw new FichaError(
      'request-open',
      'a privacy request of this client is open, and what it located must not move. Close or refuse it first: ficha request list',
    );
  }
}

function refuseWhenHuge(pairs: readonly PairLink[]): void {
  if (pairs.length > mostPairs) {
    throw new FichaError(
      'too-many-records',
      `this decides ${pairs.length} pairs of records, more than ${mostPairs}; decide it in smaller parts`,
    );
  }
}

/**
 * Parts records from a client: they become a client of their own. Fields, sales, timeline, consent and aliases follow at the resolution
 * that is queued here; the larger part keeps the id.
 * @param order.records references of `recordsByRef`, all of that client, not all that it has
 * @throws FichaError `unknown-client`, `unknown-record`, `not-of-this-client`, `nothing-to-split`, `request-open`, `too-many-records`
 */
export async function splitClient(
  tx: Db,
  order: Order & { readonly clientId: string; readonly records: readonly string[] },
): Promise<Effect> {
  const whole = await recordsOfClients(tx, [order.clientId]);
  const going = await recordsByRef(tx, order.records);
  const inside = new Set(idsOf(whole));
  const stray = going.findIndex(({ id }) => !inside.has(id));
  if (stray !== -1) {
    throw new FichaError(
      'not-of-this-client',
      `record ${stray + 1} does not belong to this client; \`ficha client how <id>\` lists its records`,
    );
  }
  const gone = [...new Set(idsOf(going))];
  const staying = idsOf(whole).filter((id) => !gone.includes(id));
  if (staying.length === 0)
    throw new FichaError('nothing-to-split', 'these are all records of the client; leave at least one with it');
  const clientIds = clientsOf(whole);
  await refuseWhenBusy(tx, clientIds);
  const pairs = [...across(staying, gone, 'cannot-link'), ...among(gone, 'must-link')];
  refuseWhenHuge(pairs);
  const parts = [
    { clientId: clientIds[0] ?? null, ...(await holdingsOf(tx, staying)) },
    { clientId: null, ...(await holdingsOf(tx, gone)) },
  ];
  if (order.dryRun) return { decisionId: null, parts };
  const { by, at } = order;
  return { decisionId: await writeIdentityDecision(tx, { kind: 'split', answer: 'different', by, at, clientIds, pairs }), parts };
}

/**
 * Makes several clients one.
 * @throws FichaError `unknown-client`, `different-kinds`, `same-client`, `request-open`, `too-many-records`
 */
export async function mergeClients(
  tx: Db,
  order: Order & { readonly clientIds: readonly string[]; readonly kind?: 'merge' | 'review'; readonly reviewTaskId?: string },
): Promise<Effect> {
  const records = await recordsOfClients(tx, order.clientIds);
  if (new Set(records.map(({ kind }) => kind)).size > 1) {
    throw new FichaError(
      'different-kinds',
      'a person and a company never become one client; a contact belongs to a company instead',
    );
  }
  const clientIds = clientsOf(records);
  if (clientIds.length < 2) throw new FichaError('same-client', 'these ids lead to one client already');
  await refuseWhenBusy(tx, clientIds);
  const groups = clientIds.map((clientId) => idsOf(records.filter((record) => record.clientId === clientId)));
  const pairs = groups.flatMap((one, place) => groups.slice(place + 1).flatMap((other) => across(one, other, 'must-link')));
  refuseWhenHuge(pairs);
  const parts = [{ clientId: null, ...(await holdingsOf(tx, [...new Set(idsOf(records))])) }];
  if (order.dryRun) return { decisionId: null, parts };
  const { by, at, kind = 'merge', reviewTaskId } = order;
  const task = reviewTaskId === undefined ? {} : { reviewTaskId };
  return { decisionId: await writeIdentityDecision(tx, { kind, answer: 'same', by, at, clientIds, pairs, ...task }), parts };
}

/**
 * Keeps two clients apart, whatever evidence comes.
 * @throws FichaError `unknown-client`, `same-client`, `too-many-records`
 */
export async function keepClientsApart(
  tx: Db,
  order: Order & { readonly clientIds: readonly [string, string]; readonly reviewTaskId: string },
): Promise<Effect> {
  const records = await recordsOfClients(tx, order.clientIds);
  const [first, second] = clientsOf(records);
  if (first === undefined || second === undefined) throw new FichaError('same-client', 'these ids lead to one client already');
  const [one, other] = [first, second].map((clientId) => idsOf(records.filter((record) => record.clientId === clientId)));
  const pairs = across(one ?? [], other ?? [], 'cannot-link');
  refuseWhenHuge(pairs);
  const parts = [
    { clientId: first, ...(await holdingsOf(tx, one ?? [])) },
    { clientId: second, ...(await holdingsOf(tx, other ?? [])) },
  ];
  if (order.dryRun) return { decisionId: null, parts };
  const { by, at, reviewTaskId } = order;
  const clientIds = [first, second];
  return {
    decisionId: await writeIdentityDecision(tx, { kind: 'review', answer: 'different', by, at, clientIds, pairs, reviewTaskId }),
    parts,
  };
}

/**
 * Says of two records that they are one client, or that they are not.
 * @throws FichaError `unknown-record`, `ambiguous-record`, `same-record`, `different-kinds`, `request-open`
 */
export async function linkRecords(
  tx: Db,
  order: Omit<Order, 'dryRun'> & { readonly one: string; readonly other: string; readonly answer: 'same' | 'different' },
): Promise<string> {
  const [one, other] = await recordsByRef(tx, [order.one, order.other]);
  if (one === undefined || other === undefined || one.id === other.id) {
    throw new FichaError('same-record', 'one and other name the same record; name two');
  }
  if (order.answer === 'same' && one.kind !== other.kind) {
    throw new FichaError('different-kinds', 'a person and a company never become one client');
  }
  const clientIds = clientsOf([one, other]);
  await refuseWhenBusy(tx, clientIds);
  const kind = order.answer === 'same' ? 'must-link' : 'cannot-link';
  const pairs: readonly PairLink[] = [{ one: one.id, other: other.id, kind }];
  return await writeIdentityDecision(tx, { kind: 'link', answer: order.answer, by: order.by, at: order.at, clientIds, pairs });
}
