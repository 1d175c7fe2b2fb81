import type { ConnectorManifest, EraseRule } from '../../../schemas/types.ts';
import { capabilitiesOf } from '../connector.ts';

const line = (...cells: readonly string[]): string =>
  `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string[] =>
  rows.length === 0 ? [] : [line(...head), line(...head.map(() => '---')), ...rows.map((row) => line(...row)), ''];

const section = (title: string, lines: readonly string[]): string[] => (lines.length === 0 ? [] : [`## ${title}`, '', ...lines]);

const yes = (can: boolean | undefined): string => (can === true ? 'yes' : 'no');

const meaning: Readonly<Record<EraseRule['mode'], string>> = {
  hard: 'gone at once',
  'soft-then-hard': 'moved to the bin, then removed from it',
  'soft-aged': 'moved to the bin; the vendor empties it by age',
  job: 'a job of the vendor, which takes its time',
  overwrite: 'its fields are overwritten; the record stays',
};

const settingRows = ({ config }: ConnectorManifest): string[][] => {
  const properties = (config?.['properties'] ?? {}) as Readonly<
    Record<string, { readonly description?: string; readonly default?: unknown }>
  >; // a JSON Schema of an object
  const required = (config?.['required'] ?? []) as readonly string[];
  return Object.entries(properties).map(([name, { description = '', default: value }]) => [
    `\`${name}\``,
    required.includes(name) ? 'yes' : 'no',
    value === undefined ? '' : `\`${JSON.stringify(value)}\``,
    description,
  ]);
};

const limitRows = ({ limits = [] }: ConnectorManifest): string[][] =>
  limits.map(({ scope = 'account', window, concurrency, signal, credits, only }) => [
    scope,
    [window, concurrency === undefined ? undefined : `${concurrency} at once`, credits === true ? 'by credits' : undefined, only]
      .filter((part) => part !== undefined)
      .join(', '),
    signal === undefined
      ? '429, Retry-After'
      : `${signal.status}${signal.header === undefined ? '' : `, ${signal.header} in ${signal.unit ?? 's'}`}`,
  ]);

/** How records come: asked for, or sent by the system itself. */
const pullWords = (manifest: ConnectorManifest): string => {
  const asked = manifest.hooks?.includes('listPages') || Object.values(manifest.entities).some(({ list }) => list !== undefined);
  if (!asked) return 'records come by webhook';
  return capabilitiesOf(manifest).incremental ? 'full and incremental' : 'full';
};

const eraseRows = ({ erase = {} }: ConnectorManifest): string[][] =>
  Object.entries(erase).map(([kind, { mode, residue, reimport, note, steps }]) => [
    kind,
    note ?? meaning[mode],
    `${steps.length}`,
    residue.length === 0
      ? 'nothing'
      : residue.map(({ where, due }) => `${where} (${due === undefined ? 'by hand' : `after ${due}`})`).join('; '),
    reimport === 'blocked' ? 'the vendor keeps the person out' : "Ficha's tombstones keep the person out",
  ]);

/** The page of one connector, made from its manifest alone. */
export function manifestPage(manifest: ConnectorManifest): string {
  const {
    name,
    title,
    vendor,
    entities,
    consent = [],
    keep = [],
    copies = [],
    scopes = [],
    gaps = [],
    hooks = [],
    secrets = [],
    webhook,
  } = manifest;
  const can = capabilitiesOf(manifest);
  const verbs = [
    ['pull', Object.keys(entities).length > 0, pullWords(manifest)],
    ['lookup', can.lookup, (manifest.lookup ?? []).map(({ by }) => by).join(', ')],
    ['suppress', can.suppress, can.contacts.join(', ')],
    ['erase', can.erase, ''],
    ['verify', can.verify, ''],
    ['redact', can.redact, ''],
    ['export', can.export, ''],
    ['discover', can.discover, Object.keys(manifest.discover ?? {}).join(', ')],
    ['webhook', can.webhook, webhook === undefined ? '' : `signed: ${webhook.signature.kind}`],
  ] as const;
  const lines = [
    '<!-- Made by `ficha connector docs` from the manifest. Not edited by hand. -->',
    `# ${title}`,
    '',
    `Connector \`${name}\`, version ${manifest.version}. [Vendor's pages](${vendor.docs})${vendor.dpa === undefined ? '' : `, [data-processing agreement](${vendor.dpa})`}. ` +
      `Data is kept in: ${(vendor.region ?? ['not declared']).join(', ')}.${vendor.transferBasis === undefined ? '' : ` Transfer: ${vendor.transferBasis}.`}`,
    '',
    ...section(
      'What it can do',
      table(
        ['verb', 'can', 'how'],
        verbs.map(([verb, able, how]) => [verb, yes(able), how]),
      ),
    ),
    ...section(
      'What only a person can do',
      table(
        ['verb', 'do'],
        gaps.map(({ verb, say }) => [verb, say]),
      ),
    ),
    ...section('Settings', table(['setting', 'needed', 'default', 'what'], settingRows(manifest))),
    ...section(
      'Secrets',
      secrets.length === 0
        ? []
        : [
            `${secrets.map((secret) => `\`${secret}\``).join(', ')}: each as \`env:NAME\` or \`file:PATH\` under \`config.secrets\`.`,
            '',
          ],
    ),
    ...section(
      'Rights to grant',
      table(
        ['right', 'for', 'where'],
        scopes.map(({ scope, verbs: needed, grant }) => [scope, needed.join(', '), grant]),
      ),
    ),
    ...section('Limits', table(['of', 'calls', 'says "too many" by'], limitRows(manifest))),
    ...section(
      'What erasing really does',
      table(['kind', 'what happens', 'steps', 'what stays', 'afterwards'], eraseRows(manifest)),
    ),
    ...section(
      'What is kept, and why',
      table(
        ['kind', 'basis', 'until'],
        [
          ...keep.map(({ kind, basis, until }) => [kind, basis, until ?? 'a person decides']),
          ...copies.map((kind) => [kind, 'none: copies of what another system keeps, which are deleted', '']),
        ],
      ),
    ),
    ...section(
      'Consent',
      table(
        ['channel', 'purpose', "vendor's name", 'stop', 'allow again'],
        consent.map(({ channel, purpose, topic, suppress, unsuppress }) => [
          channel,
          purpose,
          topic ?? '',
          yes(suppress !== undefined),
          yes(unsuppress !== undefined),
        ]),
      ),
    ),
    ...section(
      'Personal fields',
      table(
        ['stream', 'field', 'category'],
        Object.entries(entities).flatMap(([stream, { personal = [] }]) =>
          personal.map(({ field, category }) => [stream, `\`${field}\``, category]),
        ),
      ),
    ),
    ...section('Webhook', webhook?.setup === undefined ? [] : [webhook.setup, '']),
    ...section('Try it without real people', manifest.sandbox === undefined ? [] : [manifest.sandbox, '']),
    ...section(
      'Code',
      hooks.length === 0 ? ['None: the manifest says it all.', ''] : [`\`hooks.ts\` says: ${hooks.join(', ')}.`, ''],
    ),
  ];
  return `${lines.join('\n').trimEnd()}\n`;
}
