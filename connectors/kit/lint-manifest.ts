import { closest } from '../../domain/record/closest.ts';
import type { RecordKind } from '../../domain/record/source-record.ts';
import type { Problem } from '../../platform/validate.ts';
import type { ConnectorManifest, FieldMap, RequestStep } from '../../schemas/types.ts';
import { canonicalFields } from './canonical-fields.ts';
import { placeholdersOf } from './template.ts';

const recordKinds: readonly string[] = ['person', 'company', 'sale', 'interaction', 'consent', 'document'];

const unknownName = (name: string, known: readonly string[], what: string, path: string): Problem => {
  const near = closest(name, known);
  const hint = near === undefined ? `There are: ${known.join(', ')}` : `Did you mean "${near}"?`;
  return { path, rule: 'additionalProperties', message: `"${name}" is not ${what}. ${hint}` };
};

const invalid = (path: string, message: string): Problem => ({ path, rule: 'lint', message });

const mapProblems = (kind: RecordKind, map: FieldMap, path: string): Problem[] =>
  Object.keys(map)
    .filter((field) => !canonicalFields(kind).includes(field))
    .map((field) => unknownName(field, canonicalFields(kind), 'a canonical field', `${path}.${field}`));

function entityProblems({ entities, hooks = [] }: ConnectorManifest): Problem[] {
  return Object.entries(entities).flatMap(([name, { kind, list, id, map, maps }]) => {
    const path = `entities.${name}`;
    if (kind === undefined && !recordKinds.includes(name))
      return [invalid(path, `"${name}" is no kind of record, so it needs \`kind\``)];
    const kinds = kind === undefined || typeof kind === 'string' ? [(kind ?? name) as RecordKind] : Object.values(kind.values);
    const problems = [
      ...(map === undefined ? [] : kinds.flatMap((one) => mapProblems(one, map, `${path}.map`))),
      ...Object.entries(maps ?? {}).flatMap(([one, fields]) =>
        recordKinds.includes(one)
          ? mapProblems(one as RecordKind, fields, `${path}.maps.${one}`)
          : [invalid(`${path}.maps`, `"${one}" is no kind of record`)],
      ),
    ];
    if (list === undefined && !hooks.includes('listPages'))
      problems.push(invalid(path, 'it needs `list`, or the hook listPages'));
    if (list !== undefined && id === undefined && !hooks.includes('mapRecord'))
      problems.push(invalid(path, 'a listed record needs `id`'));
    return problems;
  });
}

/** Every text under a value, with its path. */
const texts = (value: unknown, path: string): (readonly [string, string])[] => {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => texts(inner, path === '' ? key : `${path}.${key}`));
};

const roots = ['config', 'id', 'cursor', 'page', 'saved', 'identifier', 'order', 'key'];
const pageNames = ['number', 'offset', 'size', 'token', 'after'];

function placeholderProblems(manifest: ConnectorManifest, settings: readonly string[]): Problem[] {
  const { config: _config, ...rest } = manifest;
  return texts(rest, '').flatMap(([path, text]) =>
    placeholdersOf(text).flatMap((name) => {
      const [root = '', field = ''] = name.split('.');
      if (!roots.includes(root)) return [unknownName(root, roots, 'a known placeholder', path)];
      if (root === 'config' && !settings.includes(field)) return [unknownName(field, settings, 'a setting of `config`', path)];
      return root === 'page' && !pageNames.includes(field) ? [unknownName(field, pageNames, 'known of a page', path)] : [];
    }),
  );
}

/** A step may use only what a step before it saved. */
function savedProblems(steps: readonly RequestStep[], path: string): Problem[] {
  const saved = new Set<string>();
  return steps.flatMap((step, index) => {
    const missing = texts(step, `${path}.${index}`).flatMap(([place, text]) =>
      placeholdersOf(text)
        .filter((name) => name.startsWith('saved.') && !saved.has(name.slice(6)))
        .map((name) => invalid(place, `{${name}} is saved by no step before it`)),
    );
    for (const name of Object.keys(step.save ?? {})) saved.add(name);
    return missing;
  });
}

function stepProblems({ erase = {}, consent = [], entities }: ConnectorManifest): Problem[] {
  return [
    ...Object.entries(erase).flatMap(([kind, { steps }]) => savedProblems(steps, `erase.${kind}.steps`)),
    ...consent.flatMap(({ suppress = [], unsuppress = [], entity }, index) => [
      ...(entities[entity] === undefined
        ? [unknownName(entity, Object.keys(entities), 'an entity', `consent.${index}.entity`)]
        : []),
      ...(entities[entity] !== undefined && suppress.length > 0 && entities[entity].get === undefined
        ? [invalid(`entities.${entity}`, 'it needs `get`: what is suppressed is read back')]
        : []),
      ...savedProblems(suppress, `consent.${index}.suppress`),
      ...savedProblems(unsuppress, `consent.${index}.unsuppress`),
    ]),
  ];
}

/** What the schema cannot say: names that must exist elsewhere. No value of a manifest is personal, so messages may name them. */
export function lintManifest(manifest: ConnectorManifest): readonly Problem[] {
  const { auth, secrets = [], server, hooks = [], config } = manifest;
  const settings = Object.keys((config?.['properties'] ?? {}) as object); // a JSON Schema of an object
  const problems: Problem[] = [
    ...entityProblems(manifest),
    ...placeholderProblems(manifest, settings),
    ...stepProblems(manifest),
  ];
  if (auth?.secret !== undefined && !secrets.includes(auth.secret))
    problems.push(unknownName(auth.secret, secrets, 'one of `secrets`', 'auth.secret'));
  if (auth?.kind === 'session' && !hooks.includes('session'))
    problems.push(invalid('auth', 'kind session needs the hook `session`'));
  if (auth !== undefined && ['basic', 'bearer', 'apiKey'].includes(auth.kind) && auth.secret === undefined)
    problems.push(invalid('auth', 'it needs `secret`'));
  if (server === undefined && !hooks.includes('listPages'))
    problems.push(invalid('', 'it needs `server`, or hooks that need none'));
  return problems;
}
