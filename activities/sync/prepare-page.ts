import type { Cursor, PullPage, RecordRef } from '../../connectors/kit/contract.ts';
import { consentPolicy as shipped } from '../../domain/consent/consent-policy.ts';
import type { KeyRing } from '../../platform/keys.ts';
import type { ConsentPolicy } from '../../schemas/types.ts';
import { hashPart } from './erased.ts';
import { sortedParts, storableId } from './sort-page.ts';
import { type PartedPage, withoutSpecial } from './special-fields.ts';

type Policy = Pick<ConsentPolicy, 'specialFields'>;

interface Drafts extends Pick<PullPage, 'records' | 'rejected' | 'deleted' | 'last' | 'complete'> {
  /** Records may name only some of their fields. */
  readonly partial?: boolean;
}

/** A page that waits to be stored: all is done of it that needs no database. */
export interface PreparedPage extends Pick<PullPage, 'deleted' | 'last' | 'complete'> {
  /** How many records came, in whatever form. */
  readonly pulled: number;
  /** The records that may be stored. */
  readonly refs: readonly RecordRef[];
  readonly parts: readonly PartedPage[];
}

/** A prepared page of a pull, and the position after it. */
export interface PreparedPull extends PreparedPage {
  readonly cursor: Cursor;
}

/** What the pages of a pull are prepared by. */
interface Preparation {
  /** The controller's own; the one that ships with Ficha when left out. */
  readonly policy?: Policy | undefined;
  /** With them the hashes are made that a record of an erased person is known by. Without them, or when left out, they are made while storing. */
  readonly keys?: KeyRing | undefined;
}

/**
 * Validates, sorts and hashes what came, part by part, and takes special values out of it.
 * @param policy as of `Preparation`
 */
export async function preparePage(page: Drafts, systemId: string, policy: Policy = shipped): Promise<PreparedPage> {
  const { records, rejected, deleted, last, complete } = page;
  const parts: PartedPage[] = [];
  for await (const part of sortedParts(page)) parts.push(withoutSpecial(part, systemId, policy, page.partial !== true));
  return {
    pulled: records.length + rejected.length,
    refs: records.map(({ kind, externalId }) => ({ kind, externalId: storableId(externalId) })),
    parts,
    deleted,
    last,
    ...(complete === undefined ? {} : { complete }),
  };
}

/** The pages of a pull, each prepared, with its position. */
export async function* preparedPages(
  pages: AsyncIterable<PullPage>,
  systemId: string,
  { policy, keys }: Preparation = {},
): AsyncGenerator<PreparedPull> {
  for await (const page of pages) {
    const prepared = await preparePage(page, systemId, policy);
    if (keys !== undefined) for (const part of prepared.parts) await hashPart(keys, systemId, part);
    yield { ...prepared, cursor: page.cursor };
  }
}
