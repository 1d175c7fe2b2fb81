import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { FichaError } from '../../domain/record/error.ts';
import type { ConnectorManifest } from '../../schemas/types.ts';
import { aboutOf } from './about.ts';
import { connectorOf } from './connector.ts';
import type { Connector } from './contract.ts';
import type { Hooks } from './hooks.ts';
import { readManifest } from './manifest.ts';

const ours = dirname(dirname(fileURLToPath(import.meta.url)));
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

/**
 * Every connector: each folder of `connectors/` with a manifest, by name. No list to edit.
 * @throws FichaError of the first manifest that is wrong; naming its file, place and the way out
 */
export async function loadConnectors(folder: string = ours): Promise<Map<string, Connector>> {
  const connectors = new Map<string, Connector>();
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort((one, other) => (one.name < other.name ? -1 : 1))) {
    const path = join(folder, entry.name, 'manifest.yaml');
    if (!entry.isDirectory() || !existsSync(path)) continue;
    const file = `connectors/${entry.name}/manifest.yaml`;
    const manifest = readManifest(path, file);
    if (manifest.name !== entry.name)
      throw new FichaError('manifest-invalid', `${file}, name: it must be the folder's name, ${entry.name}`);
    const connector = connectorOf(manifest, await hooksOf(folder, entry.name, manifest));
    connectors.set(manifest.name, { ...connector, about: aboutOf(manifest) });
  }
  return connectors;
}
