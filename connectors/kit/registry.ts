import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { FichaError } from '../../domain/record/error.ts';
import type { ConnectorManifest, ConnectorTexts } from '../../schemas/types.ts';
import { aboutOf } from './about.ts';
import { connectorOf } from './connector.ts';
import type { Connector } from './contract.ts';
import type { Hooks } from './hooks.ts';
import { readManifest } from './manifest.ts';
import { readTexts } from './texts.ts';

/** The connectors that come with Ficha. */
export const ours = dirname(dirname(fileURLToPath(import.meta.url)));
const topHooks = ['session', 'sign', 'listPages', 'mapRecord'] as const;

/** The hooks of one folder; what the manifest announces and what the code has must agree. */
async function hooksOf(folder: string, name: string, manifest: ConnectorManifest): Promise<Hooks> {
  const path = join(folder, name, 'hooks.ts');
  const announced: readonly string[] = manifest.hooks ?? [];
  if (!existsSync(path)) {
    if (announced.length === 0) return {};
    throw new FichaError('hooks-missing', `connectors/${name}/manifest.yaml, hooks: it names hooks and there is no hooks.ts`);
  }
  const { hooks } = (await import(pathToFileURL(path).href)) as { readonly hooks?: Hooks }; // checked in the next lines
  if (hooks === undefined) throw new FichaError('hooks-missing', `connectors/${name}/hooks.ts exports no \`hooks\``);
  const wrong = topHooks.filter((hook) => (hooks[hook] !== undefined) !== announced.includes(hook));
  const verbs = announced.some((hook) => !topHooks.some((top) => top === hook));
  if (verbs !== (hooks.verbs !== undefined)) wrong.push('verbs' as (typeof topHooks)[number]); // named in the message only
  if (wrong.length > 0) {
    throw new FichaError('hooks-differ', `connectors/${name}: manifest.yaml and hooks.ts do not agree on ${wrong.join(', ')}`);
  }
  return hooks;
}

/** Names of the folders under `folder` that have a manifest, in order; none when the folder is not there. */
export const connectorFolders = (folder: string): readonly string[] =>
  !existsSync(folder)
    ? []
    : readdirSync(folder, { withFileTypes: true })
        .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, 'manifest.yaml')))
        .map(({ name }) => name)
        .sort();

/** One manifest of a folder of connectors. @param shown the folder as messages name it */
export function manifestIn(folder: string, name: string, shown: string): ConnectorManifest {
  const file = `${shown}/${name}/manifest.yaml`;
  const manifest = readManifest(join(folder, name, 'manifest.yaml'), file);
  if (manifest.name !== name) throw new FichaError('manifest-invalid', `${file}, name: it must be the folder's name, ${name}`);
  return manifest;
}

/** A connector of a user's own is its manifest: code comes with Ficha only, so that a manifest from a stranger can run nothing. */
export function ownManifest(folder: string, name: string): ConnectorManifest {
  const manifest = manifestIn(folder, name, folder);
  if (manifest.hooks === undefined && !existsSync(join(folder, name, 'hooks.ts'))) return manifest;
  throw new FichaError(
    'hooks-not-here',
    `${folder}/${name}: hooks are code, and code is loaded from Ficha's own connectors/ only; say it in the manifest, or add the connector to the project`,
  );
}

/** The texts of a connector, beside its manifest. */
export const textsIn = (folder: string, name: string, shown: string): ConnectorTexts | undefined =>
  readTexts(join(folder, name, 'texts.yaml'), `${shown}/${name}/texts.yaml`);

function aboutIn(folder: string, name: string, manifest: ConnectorManifest, shown: string): NonNullable<Connector['about']> {
  const texts = textsIn(folder, name, shown);
  return (language) => aboutOf(manifest, texts, language);
}

/**
 * Every connector by name: each folder with a manifest of Ficha's own `connectors/`, and of the folder where users keep theirs. No list
 * to edit.
 * @param own `<home>/connectors`; none when left out
 * @throws FichaError of the first manifest that is wrong, naming its file, place and the way out; `connector-twice`
 */
export async function loadConnectors(own?: string): Promise<Map<string, Connector>> {
  const connectors = new Map<string, Connector>();
  for (const name of connectorFolders(ours)) {
    const manifest = manifestIn(ours, name, 'connectors');
    const connector = connectorOf(manifest, await hooksOf(ours, name, manifest));
    connectors.set(name, { ...connector, about: aboutIn(ours, name, manifest, 'connectors') });
  }
  for (const name of own === undefined ? [] : connectorFolders(own)) {
    if (connectors.has(name))
      throw new FichaError(
        'connector-twice',
        `${own ?? ''}/${name}: Ficha has a connector of this name; rename the folder and its \`name\``,
      );
    const manifest = ownManifest(own ?? '', name);
    connectors.set(name, { ...connectorOf(manifest), about: aboutIn(own ?? '', name, manifest, own ?? '') });
  }
  return connectors;
}
