import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { acceptanceTable, type Outcomes } from '../connectors/kit/docs/acceptance-table.ts';
import { manifestPage } from '../connectors/kit/docs/manifest-page.ts';
import { scaffold } from '../connectors/kit/docs/scaffold.ts';
import type { Connector, LinkedSystem } from '../connectors/kit/contract.ts';
import { readManifest } from '../connectors/kit/manifest.ts';
import { loadConnectors } from '../connectors/kit/registry.ts';
import { FichaError } from '../domain/record/error.ts';
import { resolveSecret } from '../platform/secrets.ts';
import type { ConnectorManifest } from '../schemas/types.ts';

const home = fileURLToPath(new URL('..', import.meta.url));

/** Names of the folders of connectors/ that have a manifest. */
export const connectorNames = (): readonly string[] =>
  readdirSync(join(home, 'connectors'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(home, 'connectors', entry.name, 'manifest.yaml')))
    .map(({ name }) => name)
    .sort();

/** One manifest by the name of its folder, or by the path of a file. @throws FichaError `manifest-…` with file, place and way out */
export function manifestOf(nameOrFile: string): ConnectorManifest {
  const isFile = /\.ya?ml$/.test(nameOrFile);
  const file = isFile ? nameOrFile : join(home, 'connectors', nameOrFile, 'manifest.yaml');
  return readManifest(file, isFile ? nameOrFile : `connectors/${nameOrFile}/manifest.yaml`);
}

function resultsIn(folder: string): Record<string, Outcomes> {
  if (!existsSync(folder)) return {};
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  return Object.fromEntries(
    files.map((file) => [file.replace(/\.json$/, ''), JSON.parse(readFileSync(join(folder, file), 'utf8')) as Outcomes]), // written by the suite
  );
}

/** The generated pages under `into`: one a connector, and the table of the suite's results. */
function pagesFor(into: string): ReadonlyMap<string, string> {
  const pages = new Map<string, string>();
  for (const name of connectorNames()) pages.set(join(into, `${name}.md`), manifestPage(manifestOf(name)));
  const results = resultsIn(join(home, 'docs', 'connectors', 'results'));
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

/** Writes a new connector, its twin and its stage; refuses to write over what is there. */
export function writeScaffold(name: string, root = home): readonly string[] {
  const files = Object.entries(scaffold(name));
  const there = files.find(([path]) => existsSync(join(root, path)));
  if (there !== undefined) throw new FichaError('already-there', `${there[0]} exists; choose another name, or delete it first`);
  for (const [path, text] of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return files.map(([path]) => path);
}

interface Link {
  readonly id?: string;
  readonly connector?: string;
  readonly config?: Readonly<Record<string, unknown>>;
}

/** Opens the system that a link file describes, without linking it: to look before one links. */
export const openUnlinked = async (file: Link): Promise<LinkedSystem> =>
  openLinked(await loadConnectors(), file, () => new Date());

/** Opens a system from its settings alone, with secrets from the environment or files. */
export function openLinked(connectors: ReadonlyMap<string, Connector>, file: Link, now: () => Date): LinkedSystem {
  const connector = connectors.get(file.connector ?? '');
  if (connector === undefined)
    throw new FichaError(
      'connector-missing',
      `there is no connector "${file.connector ?? ''}"; \`ficha connector list\` shows those there are`,
    );
  const { secrets = {}, ...config } = file.config ?? {};
  const references = secrets as Readonly<Record<string, string>>; // names and references, as in the command's schema
  const systemId = file.id ?? connector.name;
  return connector.open({
    systemId,
    config,
    secret: (name) => {
      const reference = references[name];
      if (typeof reference === 'string') return resolveSecret(reference);
      throw new FichaError(
        'secret-absent',
        `${systemId} needs the secret "${name}": give config.secrets.${name} as env:NAME or file:PATH`,
      );
    },
    signal: new AbortController().signal,
    now,
  });
}
