import { FichaError } from '../../../domain/record/error.ts';
import type { DiscoverRule } from '../../../schemas/types.ts';
import type { Discovered } from '../discovered.ts';
import { nextPage, pageScope } from '../paging.ts';
import { callOf } from '../request-step.ts';
import { textAt, valueAt } from '../value-path.ts';
import { asList, type Opened } from './read-record.ts';

type Item = Discovered['parts'][string][number];

const mostPages = 100;

const itemOf = (item: unknown, rule: DiscoverRule): Item[] => {
  const name = textAt(item, rule.name);
  if (name === undefined) return [];
  const label = rule.label === undefined ? undefined : textAt(item, rule.label);
  const type = rule.type === undefined ? undefined : textAt(item, rule.type);
  return [{ name, ...(label === undefined ? {} : { label }), ...(type === undefined ? {} : { type }) }];
};

async function itemsOf({ context }: Opened, rule: DiscoverRule): Promise<Item[]> {
  const items: Item[] = [];
  const page = rule.page ?? { kind: 'none' as const };
  let at: string | number | undefined;
  for (let count = 0; count < mostPages; count += 1) {
    const linked = page.kind === 'link' && at !== undefined;
    const scope = { config: context.config, page: pageScope(page, at) };
    const answer = await context.send(
      linked ? { method: 'GET', path: String(at), link: true } : callOf({ ...rule, reads: true }, scope),
    );
    const listed = asList(valueAt(answer.body, rule.select ?? '.'));
    items.push(...listed.flatMap((item) => itemOf(item, rule)));
    at = nextPage(page, at, listed, answer);
    if (at === undefined) break;
  }
  return items.sort((one, other) => (one.name < other.name ? -1 : one.name > other.name ? 1 : 0));
}

/** What the account offers, by name; what its plan or rights do not offer is told as missing. */
export async function discoverSystem(opened: Opened): Promise<Discovered> {
  const parts: Record<string, readonly Item[]> = {};
  const missing: { part: string; code: string }[] = [];
  for (const [part, rule] of Object.entries(opened.manifest.discover ?? {})) {
    try {
      parts[part] = await itemsOf(opened, rule);
    } catch (error) {
      if (!(error instanceof FichaError) || !['right-missing', 'not-found'].includes(error.code)) throw error;
      missing.push({ part, code: error.code });
    }
  }
  return { parts, missing };
}
