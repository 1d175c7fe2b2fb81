import { benchConnectors } from './connectors.ts';
import { benchIdentity } from './identity.ts';
import type { Figure } from './figure.ts';

/** One benchmark an area; each prints what it ran and on what. Areas that are not here have none yet. */
const areas: Readonly<Record<string, (say: (line: string) => void) => Promise<readonly Figure[]>>> = {
  connectors: benchConnectors,
  identity: benchIdentity,
};

const [area = '', ...options] = process.argv.slice(2);
const run = areas[area];
if (run === undefined) {
  process.stderr.write(`usage: npm run bench -- <area> [--json]\nareas: ${Object.keys(areas).join(', ')}\n`);
  process.exitCode = 2;
} else {
  const json = options.includes('--json');
  const figures = await run((line) => process.stderr.write(`${line}\n`));
  for (const figure of figures) {
    const ratio = figure.ratio === null ? '' : `  (${figure.ratio.toFixed(2)} of ${figure.peer})`;
    process.stdout.write(
      json ? `${JSON.stringify(figure)}\n` : `${figure.name.padEnd(44)} ${figure.value} ${figure.unit}${ratio}\n`,
    );
  }
}
