import { closest } from '../../domain/record/closest.ts';
import type { Problem } from '../../platform/validate.ts';

/** A name that must be one of those known. */
export const unknownName = (name: string, known: readonly string[], what: string, path: string): Problem => {
  const near = closest(name, known);
  const hint = near === undefined ? `There are: ${known.join(', ')}` : `Did you mean "${near}"?`;
  return { path, rule: 'additionalProperties', message: `"${name}" is not ${what}. ${hint}` };
};

export const invalid = (path: string, message: string): Problem => ({ path, rule: 'lint', message });
