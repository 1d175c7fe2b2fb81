import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { afterAll } from 'vitest';

const made: string[] = [];

// registers with the test file that imports this
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

/** Every source still finds the files beside it, wherever the program lies. */
const whereItWas: Plugin = {
  name: 'where-it-was',
  setup: ({ onLoad }) => {
    onLoad({ filter: /\.ts$/ }, ({ path }) => {
      const contents = readFileSync(path, 'utf8').replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href));
      return { contents, loader: 'ts' };
    });
  },
};

/**
 * Builds a program of the tests into one file, so that a process which is started hundreds of times does not read and strip every
 * source anew. It goes when the test file ends.
 * @returns the file, in a folder from which the packages are found
 */
export async function builtProgram(entry: string): Promise<string> {
  const parent = resolve('.ficha/built');
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, 'program-'));
  made.push(folder);
  const outfile = join(folder, 'program.mjs');
  await build({
    entryPoints: [entry],
    bundle: true,
    outfile,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    tsconfigRaw: {},
    plugins: [whereItWas],
  });
  return outfile;
}
