import type { View } from './view.ts';

/** What the read API takes at its root in one question. */
const atOnce = 10;

const questionOf = (count: number): string => {
  const places = Array.from({ length: count }, (_, place) => place);
  return `query Names(${places.map((place) => `$id${place}: ID!`).join(', ')}) { ${places.map((place) => `c${place}: client(id: $id${place}) { name }`).join(' ')} }`;
};

/**
 * Names of clients by the ids given, for a list that a person decides from; who may not be shown is not in it. Each look is logged.
 * @param ids n <= 50
 */
export async function namesOf(view: View, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>();
  const wanted = [...new Set(ids)];
  for (let from = 0; from < wanted.length; from += atOnce) {
    const some = wanted.slice(from, from + atOnce);
    const variables = Object.fromEntries(some.map((id, place) => [`id${place}`, id]));
    const found = await view.ask<Readonly<Record<string, { readonly name: string } | null>>>(questionOf(some.length), variables);
    for (const [place, id] of some.entries()) {
      const name = found[`c${place}`]?.name;
      if (name !== undefined) names.set(id, name);
    }
  }
  return names;
}
