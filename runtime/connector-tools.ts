import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { acceptanceTable, type Outcomes } from '../connectors/kit/docs/acceptance-table.ts';
import { manifestPage } from '../connectors/kit/docs/manifest-page.ts';
import { ownScaffold, scaffold } from '../connectors/kit/docs/scaffold.ts';
import type { Connector, LinkedSystem } from '../connectors/kit/contract.ts';
import { type Probed, probeSystem } from '../connectors/kit/probe.ts';
import { sayingsOf } from '../connectors/kit/about.ts';
import { textIn } from '../connectors/kit/texts.ts';
import { readManifest } from '../connectors/kit/manifest.ts';
import { connectorFolders, loadConnectors, manifestIn, ours, ownManifest, textsIn } from '../connectors/kit/registry.ts';
import { FichaError } from '../domain/record/error.ts';
import type { Shared } from '../activities/open-system.ts';
import { environmentAndFiles, secretsOf } from '../platform/secrets.ts';
import type { ConnectorManifest } from '../schemas/types.ts';

const home = fileURLToPath(new URL('..', import.meta.url));

/** Whether this is a checkout of the project, with the twins' tests and the acceptance suite, and not an installed package. */
export const isCheckout = (): boolean => existsSync(join(home, 'test', 'acceptance'));

/** Names of Ficha's connectors and, with `own`, of those that a user keeps in that folder. */
export const connectorNames = (own?: string): readonly string[] => [
  ...connectorFolders(ours),
  ...(own === undefined ? [] : connectorFolders(own)),
];

/** One manifest by its name, of Ficha's own first, or by the path of a file. @throws FichaError `manifest-…` with file, place and way out */
export function manifestOf(nameOrFile: string, own?: string): ConnectorManifest {
  if (/\.ya?ml$/.test(nameOrFile)) return readManifest(nameOrFile, nameOrFile);
  if (own !== undefined && connectorFolders(own).includes(nameOrFile)) return ownManifest(own, nameOrFile);
  return manifestIn(ours, nameOrFile, 'connectors');
}

/**
 * What is wrong with one connector, as a line for people; null when nothing is. Ficha's own say everything in every language; a user's may
 * speak English.
 */
export function lintConnector(nameOrFile: string, own?: string): string | null {
  try {
    const manifest = manifestOf(nameOrFile, own);
    const folder = /\.ya?ml$/.test(nameOrFile)
      ? undefined
      : own !== undefined && connectorFolders(own).includes(nameOrFile)
        ? own
        : ours;
    if (folder === undefined) return null;
    const shown = folder === ours ? 'connectors' : folder;
    const texts = textsIn(folder, nameOrFile, shown);
    if (texts === undefined && folder !== ours) return null;
    const missing = sayingsOf(manifest).filter((english) => textIn(texts, 'es', english) === undefined);
    return missing.length === 0
      ? null
      : `texts-missing: ${shown}/${nameOrFile}/texts.yaml lacks es, it and fr of: ${missing.map((one) => JSON.stringify(one)).join(', ')}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function resultsIn(folder: string): Record<string, Outcomes> {
  if (!existsSync(folder)) return {};
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  return Object.fromEntries(
    files.map((file) => [file.replace(/\.json$/, ''), JSON.parse(readFileSync(join(folder, file), 'utf8')) as Outcomes]), // written by the suite
  );
}

/** The page of each connector that a user keeps in a folder, beside its manifest. */
export function writeOwnPages(own: string): readonly string[] {
  return connectorFolders(own).map((name) => {
    const file = join(own, name, 'page.md');
    writeFileSync(file, manifestPage(ownManifest(own, name)));
    return file;
  });
}

/** What the acceptance suite found of each connector, as its last run wrote it. */
export const suiteResults = (): Record<string, Outcomes> => resultsIn(join(home, 'docs', 'connectors', 'results'));

/** The generated pages under `into`: one a connector, and the table of the suite's results. */
function pagesFor(into: string): ReadonlyMap<string, string> {
  const pages = new Map<string, string>();
  for (const name of connectorNames()) pages.set(join(into, `${name}.md`), manifestPage(manifestOf(name)));
  const results = suiteResults();
  if (Object.keys(results).length > 0) pages.set(join(into, 'acceptance.md'), acceptanceTable(results));
  return pages;
}

/** Writes the pages; answers how many. */
export function writePages(into = join(home, 'docs', 'connectors')): number {
  const pages = pagesFor(into);
  mkdirSync(into, { recursive: true });
  for (const [file, text] of pages) writeFileSync(file, text);
  return pages.size;
}

/** Pages that are not what the manifests and results say. */
export const stalePages = (into = join(home, 'docs', 'connectors')): readonly string[] =>
  [...pagesFor(into)].filter(([file, text]) => !existsSync(file) || readFileSync(file, 'utf8') !== text).map(([file]) => file);

function writeNew(root: string, files: Readonly<Record<string, string>>, dryRun: boolean): readonly string[] {
  const there = Object.keys(files).find((path) => existsSync(join(root, path)));
  if (there !== undefined) throw new FichaError('already-there', `${there} exists; choose another name, or delete it first`);
  for (const [path, text] of dryRun ? [] : Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return Object.keys(files);
}

/** Writes a new connector, its twin and its stage into the project; refuses to write over what is there. A dry run only names the files. */
export const writeScaffold = (name: string, { root = home, dryRun = false } = {}): readonly string[] =>
  writeNew(root, scaffold(name), dryRun);

/** Writes a new connector of a user's own: its manifest and what it is, in `<own>/<name>`. */
export function writeOwnScaffold(name: string, own: string, dryRun = false): readonly string[] {
  if (connectorFolders(ours).includes(name))
    throw new FichaError('already-there', `Ficha has a connector ${name}; choose another name`);
  const schema = relative(join(own, name), join(home, 'schemas', 'connector', 'manifest.schema.json'));
  return writeNew(own, ownScaffold(name, schema), dryRun).map((path) => join(own, path));
}

export interface Link {
  readonly id?: string;
  readonly connector?: string;
  readonly config?: Readonly<Record<string, unknown>>;
}

/** Opens the system that a link file describes, without linking it: to look before one links. */
export const openUnlinked = async (file: Link, own?: string, how: { readonly readOnly?: boolean } = {}): Promise<LinkedSystem> =>
  await openLinked(await loadConnectors(own), file, () => new Date(), how);

/**
 * Opens a system from its settings alone, with secrets from the environment or files.
 * @param how with what all processes share, for a system that is linked: its rate budget is one, whoever calls it
 */
export async function openLinked(
  connectors: ReadonlyMap<string, Connector>,
  file: Link,
  now: () => Date,
  how: { readonly readOnly?: boolean } & Partial<Shared> = {},
): Promise<LinkedSystem> {
  const connector = connectors.get(file.connector ?? '');
  if (connector === undefined)
    throw new FichaError(
      'connector-missing',
      `there is no connector "${file.connector ?? ''}"; \`ficha connector list\` shows those there are`,
    );
  const { secrets: references = {}, ...config } = file.config ?? {};
  const systemId = file.id ?? connector.name;
  return connector.open({
    systemId,
    config,
    // names and references, as in the command's schema
    secret: await secretsOf(systemId, references as Readonly<Record<string, unknown>>, environmentAndFiles()),
    signal: new AbortController().signal,
    now,
    ...how,
  });
}

/** Looks at the account of a link file through its connector; nothing is written there. */
export async function probeLink(file: Link, own?: string): Promise<readonly Probed[]> {
  const system = await openUnlinked(file, own, { readOnly: true });
  try {
    return await probeSystem(manifestOf(file.connector ?? '', own), system);
  } finally {
    await system.close();
  }
}
