import type { ConnectorAbout, ConnectorManifest, ConnectorSetting, ConnectorTexts } from '../../schemas/types.ts';
import { capabilitiesOf } from './connector.ts';
import { type TextLanguage, textIn } from './texts.ts';

interface Property {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly items?: Property;
  readonly properties?: Readonly<Record<string, Property>>;
  readonly propertyNames?: { readonly enum?: readonly string[] };
}

const types = ['string', 'integer', 'number', 'boolean', 'array', 'object'] as const;

const isType = (type: Property['type'], one: (typeof types)[number]): boolean =>
  one === type || (Array.isArray(type) && type.includes(one));

const isTexts = ({ items }: Property): boolean => items?.type === 'string';

const typeOf = (property: Property): ConnectorSetting['type'] =>
  isType(property.type, 'array') && isTexts(property) ? 'list' : (types.find((one) => isType(property.type, one)) ?? 'string');

/** How a value that is written as JSON looks: its fields, each with what it takes. */
function exampleOf({ type, properties, propertyNames, items }: Property): unknown {
  if (type === 'array') return items === undefined ? [] : [exampleOf(items)];
  if (type === 'boolean') return true;
  if (type === 'integer' || type === 'number') return 1;
  if (type !== 'object') return '…';
  const names = properties === undefined ? (propertyNames?.enum ?? []).slice(0, 2) : Object.keys(properties);
  return Object.fromEntries(names.map((name) => [name, exampleOf(properties?.[name] ?? {})]));
}

const typed = (value: unknown): string =>
  typeof value === 'string'
    ? value
    : Array.isArray(value) && value.every((one) => typeof one === 'string')
      ? value.join('\n')
      : JSON.stringify(value);

type Say = (english: string) => string;

function settingsOf({ config }: ConnectorManifest, say: Say): ConnectorSetting[] {
  const properties = (config?.['properties'] ?? {}) as Readonly<Record<string, Property>>; // a JSON Schema of an object
  const required = (config?.['required'] ?? []) as readonly string[];
  return Object.entries(properties).map(([name, property]) => {
    const type = typeOf(property);
    return {
      name,
      type,
      description: property.description === undefined ? '' : say(property.description),
      required: required.includes(name),
      default: property.default === undefined ? null : typed(property.default),
      choices: (property.enum ?? []).map(typed),
      example: type === 'array' || type === 'object' ? JSON.stringify(exampleOf(property)) : null,
    };
  });
}

function aboutWith(manifest: ConnectorManifest, language: TextLanguage, say: Say): ConnectorAbout {
  const { vendor, erase = {}, scopes = [] } = manifest;
  const { erase: erases, gaps = [], keeps = [] } = capabilitiesOf(manifest);
  const rules = Object.values(erase);
  return {
    name: manifest.name,
    title: manifest.title,
    language,
    docs: vendor.docs,
    region: [...(vendor.region ?? [])],
    transferBasis: vendor.transferBasis === undefined ? null : say(vendor.transferBasis),
    secrets: [...(manifest.secrets ?? [])],
    settings: settingsOf(manifest, say),
    scopes: scopes.map(({ scope, verbs, grant }) => ({ scope: say(scope), verbs: [...verbs], grant: say(grant) })),
    erases,
    eraseNotes: Object.entries(erase).flatMap(([kind, { note }]) => (note === undefined ? [] : [{ kind, say: say(note) }])),
    eraseModes: [...new Set(rules.map(({ mode }) => mode))],
    residue: [...new Set(rules.flatMap(({ residue }) => residue.map(({ where }) => say(where))))],
    personal: Object.entries(manifest.entities).flatMap(([stream, { personal = [] }]) =>
      personal.map(({ field, category }) => ({ stream, field, category })),
    ),
    gaps: gaps.map(({ verb, say: what }) => ({ verb, say: say(what) })),
    keeps: keeps.map(({ kind, basis }) => ({ kind, basis: say(basis) })),
  };
}

/** Everything that a manifest says to people, in its English. */
export function sayingsOf(manifest: ConnectorManifest): readonly string[] {
  const said = new Set<string>();
  aboutWith(manifest, 'en', (english) => {
    said.add(english);
    return english;
  });
  return [...said];
}

/**
 * What a form and a page about a connector need to know, from its manifest and its texts. In English when a text is missing in the language:
 * half a page in two languages helps nobody.
 */
export function aboutOf(manifest: ConnectorManifest, texts?: ConnectorTexts, language: TextLanguage = 'en'): ConnectorAbout {
  const spoken = sayingsOf(manifest).every((english) => textIn(texts, language, english) !== undefined) ? language : 'en';
  return aboutWith(manifest, spoken, (english) => textIn(texts, spoken, english) ?? english);
}
