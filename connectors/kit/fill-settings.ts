import type { ConnectorManifest } from '../../schemas/types.ts';
import { placeholdersOf, type Scope } from './template.ts';
import { valueAt } from './value-path.ts';

/** Keys of a manifest under which every text is a place in a record. */
const places: readonly string[] = [
  'map',
  'maps',
  'shape',
  'personal',
  'changedAt',
  'read',
  'at',
  'confirm',
  'text',
  'field',
  'id',
  'path',
];

/** A text with the settings of one linked system in it; other placeholders stand. */
function withSettings(text: string, scope: Scope): string {
  return placeholdersOf(text)
    .filter((name) => name.startsWith('config.'))
    .reduce((filled, name) => {
      const value = valueAt(scope, name);
      return filled.replaceAll(`{${name}}`, typeof value === 'string' ? value : '');
    }, text);
}

/** Values of keys that say a place are filled everywhere, except in what is sent. */
function filled(value: unknown, scope: Scope, isPlace: boolean): unknown {
  if (typeof value === 'string') return isPlace ? withSettings(value, scope) : value;
  if (Array.isArray(value)) return value.map((one) => filled(one, scope, isPlace));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => {
      const name = withSettings(key, scope);
      const sent = ['json', 'query', 'form', 'headers', 'request'].includes(key);
      return name === '' ? [] : [[name, filled(inner, scope, !sent && (isPlace || places.includes(key)))] as const];
    }),
  );
}

/**
 * The manifest for one linked system whose columns its owner has named: `{config.…}` in the places of a record and in the keys of what is
 * sent becomes the setting. A column that is not set says nothing and is not written.
 */
export function filledManifest(manifest: ConnectorManifest, config: Readonly<Record<string, unknown>>): ConnectorManifest {
  const { entities, lookup, consent, erase, redact, verify, config: settings, ...rest } = manifest;
  const own = { entities, lookup, consent, erase, redact, verify };
  if (!JSON.stringify(own).includes('{config.')) return manifest;
  const known = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined));
  const done = filled(known, { config }, false) as Partial<ConnectorManifest>; // keys and texts changed, no shape
  return { ...rest, ...(settings === undefined ? {} : { config: settings }), entities, ...done };
}
