const isIndexed = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;

type Path = readonly string[];

const known = new Map<string, readonly Path[]>();
const mostKnown = 10_000;

/** A path taken apart: its alternatives, each the names on its way. Manifests name the same few paths for every record. */
function alternativesOf(path: string): readonly Path[] {
  const before = known.get(path);
  if (before !== undefined) return before;
  const parted = path.split('|').map((one): Path => (one.trim() === '.' ? [] : one.trim().split('.')));
  if (known.size < mostKnown) known.set(path, parted);
  return parted;
}

const atOne = (value: unknown, path: Path): unknown => {
  let here = value;
  for (const part of path) {
    if (!isIndexed(here) || !Object.hasOwn(here, part)) return undefined;
    here = here[part];
  }
  return here;
};

/** Whether a value says nothing: absent, null, or a text of blanks. */
export const isEmpty = (value: unknown): boolean =>
  value === undefined || value === null || (typeof value === 'string' && value.trim() === '');

/** The value at a dotted path; of alternatives (`a | b.c`) the first that is not empty. */
export function valueAt(value: unknown, path: string): unknown {
  const alternatives = alternativesOf(path);
  const [only] = alternatives;
  if (alternatives.length === 1 && only !== undefined) return atOne(value, only);
  for (const alternative of alternatives) {
    const found = atOne(value, alternative);
    if (!isEmpty(found)) return found;
  }
  return undefined;
}

/** The value at a path as text, when it is one or can be said as one. */
export function textAt(value: unknown, path: string): string | undefined {
  const found = valueAt(value, path);
  if (typeof found === 'string') return found;
  return typeof found === 'number' || typeof found === 'boolean' ? String(found) : undefined;
}
