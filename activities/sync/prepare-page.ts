import type { Cursor, PullPage } from '../../connectors/kit/contract.ts';
import { consentPolicy as shipped } from '../../domain/consent/consent-policy.ts';
import type { ConsentPolicy } from '../../schemas/types.ts';
import { sortPage } from './sort-page.ts';
import { type PartedPage, withoutSpecial } from './special-fields.ts';

type Policy = Pick<ConsentPolicy, 'specialFields'>;

interface Drafts extends Pick<PullPage, 'records' | 'rejected' | 'deleted' | 'last' | 'complete'> {
  /** Records may name only some of their fields. */
  readonly partial?: boolean;
}

/** A page that waits to be stored: all that needs no database is done. */
export interface PreparedPage extends PartedPage, Pick<PullPage, 'deleted' | 'last' | 'complete'> {
  /** How many records came, in whatever form. */
  readonly pulled: number;
}

/** A prepared page of a pull, and the position after it. */
export interface PreparedPull extends PreparedPage {
  readonly cursor: Cursor;
}

/**
 * Validates, sorts and hashes what came, and takes special values out of it.
 * @param policy the controller's own; the one that ships with Ficha when left out
 */
export async function preparePage(page: Drafts, systemId: string, policy: Policy = shipped): Promise<PreparedPage> {
  const { records, rejected, deleted, last, complete, partial } = page;
  return {
    ...withoutSpecial(await sortPage(page), systemId, policy, partial !== true),
    pulled: records.length + rejected.length,
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
  for await (const page of pages) yield { ...(await preparePage(page, systemId, policy)), cursor: page.cursor };
}
