import type { Cursor, PullPage, RecordRef } from '../../connectors/kit/contract.ts';
import { consentPolicy as shipped } from '../../domain/consent/consent-policy.ts';
import type { ConsentPolicy } from '../../schemas/types.ts';
import { sortedParts, storableId } from './sort-page.ts';
import { type PartedPage, withoutSpecial } from './special-fields.ts';

type Policy = Pick<ConsentPolicy, 'specialFields'>;

interface Drafts extends Pick<PullPage, 'records' | 'rejected' | 'deleted' | 'last' | 'complete'> {
  /** Records may name only some of their fields. */
  readonly partial?: boolean;
}

/** A page that waits to be stored. */
export interface PreparedPage extends Pick<PullPage, 'deleted' | 'last' | 'complete'> {
  /** How many records came, in whatever form. */
  readonly pulled: number;
  /** The records that may be stored. */
  readonly refs: readonly RecordRef[];
  /** All that needs no database is done of each part when it is asked for. They are walked once. */
  readonly parts: AsyncIterable<PartedPage>;
}

/** A prepared page of a pull, and the position after it. */
export interface PreparedPull extends PreparedPage {
  readonly cursor: Cursor;
}

async function* preparedParts(page: Drafts, systemId: string, policy: Policy): AsyncGenerator<PartedPage> {
  for await (const part of sortedParts(page)) yield withoutSpecial(part, systemId, policy, page.partial !== true);
}

/**
 * Validates, sorts and hashes what came, part by part, and takes special values out of it.
 * @param policy the controller's own; the one that ships with Ficha when left out
 */
export function preparePage(page: Drafts, systemId: string, policy: Policy = shipped): PreparedPage {
  const { records, rejected, deleted, last, complete } = page;
  return {
    pulled: records.length + rejected.length,
    refs: records.map(({ kind, externalId }) => ({ kind, externalId: storableId(externalId) })),
    parts: preparedParts(page, systemId, policy),
    deleted,
    last,
    ...(complete === undefined ? {} : { complete }),
  };
}

/** The pages of a pull, each prepared, with its position. */
export async function* preparedPages(
  pages: AsyncIterable<PullPage>,
  systemId: string,
  policy?: Policy,
): AsyncGenerator<PreparedPull> {
  for await (const page of pages) yield { ...preparePage(page, systemId, policy), cursor: page.cursor };
}
