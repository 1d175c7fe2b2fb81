/** What is known of a record that a system found by an identifier of the person. */
export interface LookupHit {
  /** Whose it is in Ficha: the person's, another client's, nobody's yet. */
  readonly owner: 'subject' | 'other' | 'nobody';
  /** The identifiers that found it; `shared` when another client carries the same one. */
  readonly foundBy: readonly { readonly kind: 'email' | 'phone' | 'tax-id'; readonly shared: boolean }[];
  readonly names: NameVerdict;
}

export type NameVerdict = 'agree' | 'disagree' | 'silent';

const wordsOf = (name: string): string[] =>
  name
    .normalize('NFD')
    .replaceAll(/\p{Mn}/gu, '')
    .toLowerCase()
    .split(/[^\p{L}]+/u)
    .filter((word) => word.length > 1);

const compare = (one: ReadonlySet<string>, other: ReadonlySet<string>): NameVerdict => {
  const small = one.size <= other.size ? one : other;
  const large = small === one ? other : one;
  if (small.size < 2) return [...small].every((word) => large.has(word)) ? 'silent' : 'disagree';
  return [...small].every((word) => large.has(word)) ? 'agree' : 'disagree';
};

/**
 * Whether two records may name the same person. One name must hold every word of the other, and two words at least: brothers
 * who share both family names disagree. A record without a name is silent.
 * @param subject every name the person is known by, n >= 0
 * @param found every name on the record, n >= 0
 */
export function compareNames(subject: readonly string[], found: readonly string[]): NameVerdict {
  const known = subject.map((name) => new Set(wordsOf(name))).filter(({ size }) => size > 0);
  const seen = found.map((name) => new Set(wordsOf(name))).filter(({ size }) => size > 0);
  if (known.length === 0 || seen.length === 0) return 'silent';
  const verdicts = seen.flatMap((one) => known.map((other) => compare(one, other)));
  if (verdicts.includes('agree')) return 'agree';
  return verdicts.includes('silent') ? 'silent' : 'disagree';
}

/**
 * Whether a found record is planned with the person's own, or a person must say whose it is. Only an e-mail address or tax id
 * that nobody else carries speaks for itself, and not against a name that disagrees: people share telephones (rule 1).
 */
export function judgeHit({ owner, foundBy, names }: LookupHit): 'own' | 'question' {
  if (owner === 'subject') return 'own';
  if (owner === 'other' || names === 'disagree') return 'question';
  return foundBy.some(({ kind, shared }) => kind !== 'phone' && !shared) ? 'own' : 'question';
}

const NAME_KEY = /name|nombre|apellid|prenom|nome$/i;

/** The names on an exported record, by the look of its fields' names: each alone, and all together for split names. */
export function namesOn(fields: Readonly<Record<string, unknown>>): string[] {
  const names = Object.entries(fields).flatMap(([key, value]) =>
    NAME_KEY.test(key) && !/user|login|company|list|file/i.test(key) && typeof value === 'string' && !value.includes('@')
      ? [value]
      : [],
  );
  return names.length > 1 ? [...names.filter((name) => wordsOf(name).length > 1), names.join(' ')] : names;
}
