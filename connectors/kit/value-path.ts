const isIndexed = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;

const atOne = (value: unknown, path: string): unknown => {
  if (path === '.') return value;
  let here = value;
  for (const part of path.split('.')) {
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
  if (!path.includes('|')) return atOne(value, path.trim());
  for (const alternative of path.split('|')) {
    const found = atOne(value, alternative.trim());
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
