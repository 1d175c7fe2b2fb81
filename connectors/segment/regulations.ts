import { FichaError } from '../../domain/record/error.ts';
import type { Send } from '../kit/hooks.ts';

/** What a regulation is for; the lists of the Public API do not say it, only their filter does. */
export type RegulationType = 'SUPPRESS_ONLY' | 'UNSUPPRESS' | 'SUPPRESS_WITH_DELETE';

/** One regulation as GET /regulations lists it. */
export interface Regulation {
  readonly id: string;
  readonly subjects: readonly string[];
  readonly status: 'INITIALIZED' | 'RUNNING' | 'FINISHED' | 'FAILED' | 'PARTIAL_SUCCESS' | 'NOT_SUPPORTED' | 'INVALID';
  readonly createdAt: string;
}

interface Listed {
  readonly data?: { readonly [list: string]: unknown; readonly pagination?: { readonly next?: string | null } };
}

const pageSize = 200;
const mostPages = 500;
const json = { 'content-type': 'application/vnd.segment.v1+json' };

/** Items of one list, page by page. @throws FichaError `listing-too-long` */
async function* listed<Item>(
  send: Send,
  list: 'regulations' | 'suppressed',
  query: Readonly<Record<string, string>> = {},
): AsyncGenerator<Item> {
  const path = list === 'regulations' ? '/regulations' : '/suppressions';
  let cursor: string | undefined;
  for (let page = 0; page < mostPages; page += 1) {
    const at = cursor === undefined ? {} : { 'pagination.cursor': cursor };
    const { body } = await send({ method: 'GET', path, query: { 'pagination.count': pageSize, ...at, ...query } });
    const { data } = body as Listed; // the vendor's shape; a missing list ends the loop
    yield* (data?.[list] ?? []) as readonly Item[];
    cursor = data?.pagination?.next ?? undefined;
    if (cursor === undefined) return;
  }
  throw new FichaError(
    'listing-too-long',
    `Segment lists more than ${pageSize * mostPages} ${list}; ask its support to clear old ones`,
  );
}

/** Whether the user is on the suppression list of the workspace. */
export async function isSuppressed(send: Send, userId: string): Promise<boolean> {
  for await (const { subjectIds } of listed<{ readonly subjectIds: readonly string[] }>(send, 'suppressed'))
    if (subjectIds.includes(userId)) return true;
  return false;
}

const ofType = (send: Send, type: RegulationType): AsyncGenerator<Regulation> =>
  listed<Regulation>(send, 'regulations', { 'regulationTypes.0': type });

/** The latest regulation of one type for this user. */
export async function latestRegulation(send: Send, type: RegulationType, userId: string): Promise<Regulation | undefined> {
  let latest: Regulation | undefined;
  for await (const one of ofType(send, type))
    if (one.subjects.includes(userId) && (latest === undefined || one.createdAt > latest.createdAt)) latest = one;
  if (latest !== undefined) await assertFiltered(send, type, latest.id);
  return latest;
}

/** The deletion of this user that stands: one from before the user was allowed again says nothing of what came since. */
export async function standingDeletion(send: Send, userId: string): Promise<Regulation | undefined> {
  const deletion = await latestRegulation(send, 'SUPPRESS_WITH_DELETE', userId);
  const allowed = deletion === undefined ? undefined : await latestRegulation(send, 'UNSUPPRESS', userId);
  return deletion !== undefined && allowed !== undefined && allowed.createdAt > deletion.createdAt ? undefined : deletion;
}

/** A filter that Segment drops would take any finished regulation for a deletion: the same one is never of two types. */
async function assertFiltered(send: Send, type: RegulationType, id: string): Promise<void> {
  const other = type === 'UNSUPPRESS' ? 'SUPPRESS_ONLY' : 'UNSUPPRESS';
  for await (const one of ofType(send, other))
    if (one.id === id)
      throw new FichaError(
        'filter-ignored',
        'Segment lists regulations of every type where one was asked for; it cannot be told what they did',
      );
}

/** Orders a regulation for one user; it runs in Segment's own time. */
export async function regulate(send: Send, regulationType: RegulationType, userId: string): Promise<void> {
  await send({
    method: 'POST',
    path: '/regulations',
    headers: json,
    json: { regulationType, subjectType: 'USER_ID', subjectIds: [userId] },
  });
}

interface Status {
  readonly data?: {
    readonly regulation?: {
      readonly streamStatus?: readonly {
        readonly destinationStatus?: readonly { readonly name?: string; readonly status?: string }[];
      }[];
    };
  };
}

/** Destinations that a regulation did not reach, by their names. */
export async function destinationsLeft(send: Send, id: string): Promise<readonly string[]> {
  const { body } = await send({ method: 'GET', path: `/regulations/${encodeURIComponent(id)}` });
  const streams = (body as Status).data?.regulation?.streamStatus ?? []; // the vendor's shape
  const left = streams
    .flatMap(({ destinationStatus = [] }) => destinationStatus)
    .filter(({ status }) => status !== 'FINISHED')
    .map(({ name = 'unnamed' }) => name);
  return [...new Set(left)].sort();
}

export const isRunning = ({ status }: Regulation): boolean => status === 'INITIALIZED' || status === 'RUNNING';
