import type { ConnectorAbout, ConnectorManifest, ConnectorSetting } from '../../schemas/types.ts';
import { capabilitiesOf } from './connector.ts';

interface Property {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
}

const types = ['string', 'integer', 'number', 'boolean', 'array', 'object'] as const;

const typeOf = ({ type }: Property): ConnectorSetting['type'] =>
  types.find((one) => one === type || (Array.isArray(type) && type.includes(one))) ?? 'string';

const typed = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

function settingsOf({ config }: ConnectorManifest): ConnectorSetting[] {
  const properties = (config?.['properties'] ?? {}) as Readonly<Record<string, Property>>; // a JSON Schema of an object
  const required = (config?.['required'] ?? []) as readonly string[];
  return Object.entries(properties).map(([name, property]) => ({
    name,
    type: typeOf(property),
    description: property.description ?? '',
    required: required.includes(name),
    default: property.default === undefined ? null : typed(property.default),
    choices: (property.enum ?? []).map(typed),
  }));
}

/** What a form and a page about a connector need to know, from its manifest. */
export function aboutOf(manifest: ConnectorManifest): ConnectorAbout {
  const { vendor, erase = {}, scopes = [] } = manifest;
  const { erase: erases, gaps = [], keeps = [] } = capabilitiesOf(manifest);
  const rules = Object.values(erase);
  return {
    name: manifest.name,
    title: manifest.title,
    docs: vendor.docs,
    region: [...(vendor.region ?? [])],
    transferBasis: vendor.transferBasis ?? null,
    secrets: [...(manifest.secrets ?? [])],
    settings: settingsOf(manifest),
    scopes: scopes.map(({ scope, verbs, grant }) => ({ scope, verbs: [...verbs], grant })),
    erases,
    eraseNotes: Object.entries(erase).flatMap(([kind, { note }]) => (note === undefined ? [] : [{ kind, say: note }])),
    eraseModes: [...new Set(rules.map(({ mode }) => mode))],
    residue: [...new Set(rules.flatMap(({ residue }) => residue.map(({ where }) => where)))],
    personal: Object.entries(manifest.entities).flatMap(([stream, { personal = [] }]) =>
      personal.map(({ field, category }) => ({ stream, field, category })),
    ),
    gaps: gaps.map(({ verb, say }) => ({ verb, say })),
    keeps: keeps.map(({ kind, basis }) => ({ kind, basis })),
  };
}
