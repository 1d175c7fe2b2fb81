import { FichaError } from '../../domain/record/error.ts';
import type { Discovered } from '../kit/discovered.ts';
import type { TrytonSession } from './session.ts';

/** What the settings name, by the model that holds it. */
const offered: readonly (readonly [part: string, model: string])[] = [
  ['mailing lists (lists)', 'marketing.email.list'],
  ['party categories (companyCategories, personCategories)', 'party.category'],
  ['relation types (employmentRelations)', 'party.relation.type'],
];

/** Names that the settings can take: lists, categories, relation types. A module that is not there, or not for this user, is told as missing. */
export async function discover(session: TrytonSession): Promise<Discovered> {
  const parts: Record<string, readonly { readonly name: string }[]> = {};
  const missing: { part: string; code: string }[] = [];
  for (const [part, model] of offered) {
    try {
      const names = (await session.all(model, [], ['name'])).map(({ name }) => String(name));
      parts[part] = [...new Set(names)].sort().map((name) => ({ name }));
    } catch (error) {
      if (!(error instanceof FichaError) || !['unknown-name', 'access-denied'].includes(error.code)) throw error;
      missing.push({ part, code: error.code });
    }
  }
  return { parts, missing };
}
