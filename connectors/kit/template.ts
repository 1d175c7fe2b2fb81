import { FichaError } from '../../domain/record/error.ts';
import { valueAt } from './value-path.ts';

/** What placeholders may name: `{config.region}`, `{id}`, `{saved.jobId}`, `{page.token}`, `{order.purpose}`... */
export type Scope = Readonly<Record<string, unknown>>;

const placeholder = /\{([A-Za-z][A-Za-z0-9_.-]*)\}/g;
const whole = /^\{([A-Za-z][A-Za-z0-9_.-]*)\}$/;

/** The placeholders of a template, in order. */
export const placeholdersOf = (template: string): readonly string[] =>
  [...template.matchAll(placeholder)].map(([, name]) => name ?? '');

const resolved = (name: string, scope: Scope): string => {
  const value = valueAt(scope, name);
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new FichaError(
    'placeholder-unresolved',
    `{${name}} has no value here; is the setting, or the value saved by an earlier step, there?`,
  );
};

/** A text with its placeholders filled in; `encode` treats each value (percent-encoding, in a path). */
export const filledText = (template: string, scope: Scope, encode: (value: string) => string = (value) => value): string =>
  template.replaceAll(placeholder, (_, name: string) => encode(resolved(name, scope)));

/**
 * Any JSON with its placeholders filled in. A text that is one placeholder becomes its value, type kept; without a value its key is left
 * out (the first page has no token).
 */
export function filledValue(template: unknown, scope: Scope): unknown {
  if (typeof template === 'string') {
    const name = whole.exec(template)?.[1];
    return name === undefined ? filledText(template, scope) : valueAt(scope, name);
  }
  if (Array.isArray(template)) return template.map((item) => filledValue(item, scope));
  if (typeof template !== 'object' || template === null) return template;
  const pairs = Object.entries(template).map(([key, inner]) => [key, filledValue(inner, scope)] as const);
  return Object.fromEntries(pairs.filter(([, value]) => value !== undefined));
}

const isPlaceholder = (template: unknown): boolean => typeof template === 'string' && whole.test(template);

/** The same, as texts for a query or a form; a placeholder whose value is an empty text is left out too, as a setting that is emptied. */
export function filledTexts(template: unknown, scope: Scope): Record<string, string> {
  const asked = (template ?? {}) as Readonly<Record<string, unknown>>; // the schema says: an object
  const filled = Object.entries(filledValue(asked, scope) as Readonly<Record<string, unknown>>); // of the same keys
  const said = filled.filter(([key, value]) => value !== '' || !isPlaceholder(asked[key]));
  return Object.fromEntries(said.map(([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)]));
}
