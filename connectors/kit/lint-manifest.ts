import type { RecordKind } from '../../domain/record/source-record.ts';
import type { Problem } from '../../platform/validate.ts';
import type { ConnectorManifest, FieldMap, RequestStep } from '../../schemas/types.ts';
import { canonicalFields } from './canonical-fields.ts';
import { kindsOf } from './entity-kinds.ts';
import { authProblems } from './lint-auth.ts';
import { invalid, unknownName } from './lint-problem.ts';
import { databaseProblems } from './sql/lint-statements.ts';
import { placeholdersOf } from './template.ts';

const recordKinds: readonly string[] = ['person', 'company', 'sale', 'interaction', 'consent', 'document'];

const mapProblems = (kind: RecordKind, map: FieldMap, path: string): Problem[] =>
  Object.keys(map)
    .filter((field) => !canonicalFields(kind).includes(field))
    .map((field) => unknownName(field, canonicalFields(kind), 'a canonical field', `${path}.${field}`));

/** Whether records of this stream come by webhook. */
const isReceived = ({ webhook }: ConnectorManifest, stream: string): boolean =>
  webhook?.events.some(({ kind, entity }) => kind === 'record' && entity === stream) ?? false;

function entityProblems(manifest: ConnectorManifest, settings: readonly string[]): Problem[] {
  const { entities, hooks = [] } = manifest;
  return Object.entries(entities).flatMap(([name, { kind, list, id, map, maps, needs = [] }]) => {
    const path = `entities.${name}`;
    const unset = needs.find((setting) => !settings.includes(setting));
    if (unset !== undefined) return [unknownName(unset, settings, 'a setting of `config`', `${path}.needs`)];
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
    const received = isReceived(manifest, name);
    if (list === undefined && !received && !hooks.includes('listPages') && manifest.keepsNothing !== true)
      problems.push(invalid(path, 'it needs `list`, a webhook event of kind record, or the hook listPages'));
    if ((list !== undefined || received) && id === undefined && !hooks.includes('mapRecord'))
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

const roots = [
  'config',
  'id',
  'idNumber',
  'batch',
  'cursor',
  'page',
  'saved',
  'record',
  'item',
  'identifier',
  'order',
  'key',
  'redacted',
  'mark',
];
const pageNames = ['number', 'offset', 'size', 'token', 'after', 'from', 'to'];
const signedNames = ['method', 'url', 'timestamp', 'body'];

/** What may be named at this place: a secret only where one signs in, parts of a request only where one is signed. */
const rootsAt = (path: string): readonly string[] => {
  if (path === 'webhook.signature.over') return signedNames;
  if (path.startsWith('send.')) return ['config', 'mail'];
  if (path.startsWith('take.')) return ['config', 'handed'];
  if (path.startsWith('files.read.')) return ['config', 'file'];
  return path.startsWith('auth.login.') || path.startsWith('auth.carry.') ? ['config', 'saved', 'secret'] : roots;
};

function placeholderProblems(manifest: ConnectorManifest, settings: readonly string[]): Problem[] {
  const { config: _config, secrets = [], ...rest } = manifest;
  return texts(rest, '').flatMap(([path, text]) =>
    placeholdersOf(text).flatMap((name) => {
      const [root = '', field = ''] = name.split('.');
      const known = rootsAt(path);
      if (!known.includes(root)) return [unknownName(root, known, 'a known placeholder', path)];
      if (root === 'secret' && !secrets.includes(field)) return [unknownName(field, secrets, 'one of `secrets`', path)];
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
    if (step.collect !== undefined) saved.add(step.collect);
    return missing;
  });
}

/** Kinds with a rule, of which no stream knows anything. */
const kindProblems = (rules: object, place: string, { entities }: ConnectorManifest): Problem[] => {
  const known = Object.entries(entities).flatMap(([name, entity]) => [name, ...kindsOf(name, entity)]);
  return Object.keys(rules)
    .filter((kind) => !known.includes(kind))
    .map((kind) => unknownName(kind, known, 'a kind that a stream holds', `${place}.${kind}`));
};

function stepProblems(manifest: ConnectorManifest): Problem[] {
  const { erase = {}, redact = {}, verify = {}, consent = [], entities } = manifest;
  return [
    ...kindProblems(erase, 'erase', manifest),
    ...kindProblems(verify, 'verify', manifest),
    ...kindProblems(redact, 'redact', manifest),
    ...Object.entries(redact).flatMap(([kind, { text, steps, parts = [] }]) => [
      ...(text !== undefined && steps === undefined ? [invalid(`redact.${kind}`, 'a `text` needs `steps` that blot it')] : []),
      ...savedProblems(steps ?? [], `redact.${kind}.steps`),
      ...parts.flatMap((part, index) => savedProblems(part.steps, `redact.${kind}.parts.${index}.steps`)),
    ]),
    ...Object.entries(erase).flatMap(([kind, { steps }]) => savedProblems(steps, `erase.${kind}.steps`)),
    ...consent.flatMap(({ suppress = [], unsuppress = [], entity, many }, index) => [
      ...(entities[entity] === undefined
        ? [unknownName(entity, Object.keys(entities), 'an entity', `consent.${index}.entity`)]
        : []),
      ...(entities[entity] !== undefined && suppress.length > 0 && entities[entity].get === undefined
        ? [invalid(`entities.${entity}`, 'it needs `get`: what is suppressed is read back')]
        : []),
      ...(many !== undefined && consent.filter((one) => one.entity === entity).length > 1
        ? [invalid(`consent.${index}.many`, 'it stands where one rule alone speaks for the entity')]
        : []),
      ...savedProblems(suppress, `consent.${index}.suppress`),
      ...savedProblems(unsuppress, `consent.${index}.unsuppress`),
    ]),
  ];
}

function webhookProblems({ webhook, secrets = [], entities }: ConnectorManifest): Problem[] {
  if (webhook === undefined) return [];
  const { signature, events } = webhook;
  const { kind, secret } = signature;
  if (kind !== 'none' && secret === undefined) return [invalid('webhook.signature', 'it needs `secret`')];
  const unknownSecret = secret !== undefined && !secrets.includes(secret);
  return [
    ...(unknownSecret ? [unknownName(secret, secrets, 'one of `secrets`', 'webhook.signature.secret')] : []),
    ...events.flatMap(({ entity, kind, id, email }, index) => [
      ...(entities[entity] === undefined
        ? [unknownName(entity, Object.keys(entities), 'an entity', `webhook.events.${index}.entity`)]
        : []),
      ...(id === undefined && email === undefined && kind !== 'record'
        ? [invalid(`webhook.events.${index}`, 'it needs `id` or `email`: whom it is about')]
        : []),
    ]),
  ];
}

/** Whether every stream comes by webhook, so that no server is called. */
const isFed = (manifest: ConnectorManifest): boolean =>
  Object.keys(manifest.entities).every((stream) => isReceived(manifest, stream));

/** What the schema cannot say: names that must exist elsewhere. No value of a manifest is personal, so messages may name them. */
export function lintManifest(manifest: ConnectorManifest): readonly Problem[] {
  const { server, database, hooks = [], config } = manifest;
  const settings = Object.keys((config?.['properties'] ?? {}) as object); // a JSON Schema of an object
  return [
    ...entityProblems(manifest, settings),
    ...placeholderProblems(manifest, settings),
    ...stepProblems(manifest),
    ...authProblems(manifest),
    ...webhookProblems(manifest),
    ...databaseProblems(manifest),
    ...(server === undefined &&
    database === undefined &&
    !hooks.includes('listPages') &&
    !isFed(manifest) &&
    manifest.keepsNothing !== true
      ? [invalid('', 'it needs `server` or `database`, or hooks that need none')]
      : []),
  ];
}
