import type { NormalisedName } from '../record/normalise/person-name.ts';

/** Whether the part of an address before the @ is made of the name: ana.garcia, agarcia, garcia_ana81. */
export function isMadeOfName(local: string, name: NormalisedName): boolean {
  const letters = local.replaceAll(/[^a-z]/g, '');
  return name.family.some((word) => {
    if (word.length < 3 || !letters.includes(word)) return false;
    const rest = letters.replace(word, '');
    return name.given.some((first) => first.length >= 2 && (rest.startsWith(first[0] ?? ' ') || letters.includes(first)));
  });
}
