import type { View } from '../view.ts';

/** Fields in the reader's words, by the category of personal data that they hold: `contact: e-mail, telephone; identity: given name`. */
export function byCategory(t: View['t'], fields: readonly { readonly field: string; readonly category: string }[]): string {
  const categories = [...new Set(fields.map(({ category }) => category))].sort();
  const named = categories.map((category) => {
    const own = fields.filter((one) => one.category === category).map(({ field }) => t.code('field', field));
    return `${t.code('dataCategory', category)}: ${own.join(', ')}`;
  });
  return named.join('; ');
}
