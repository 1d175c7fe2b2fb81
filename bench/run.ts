import { benchConnectors } from './connectors.ts';
import { benchBulkOptOuts, benchWebhooks } from './consent.ts';
import { benchConsole } from './console.ts';
import { benchContactable } from './contactable.ts';
import { benchGraphql } from './graphql.ts';
import { benchGraphqlBeside } from './graphql-beside.ts';
import { benchGraphqlNeighbour } from './graphql-neighbour.ts';
import { benchIdentity } from './identity.ts';
import { benchIdentityIncremental } from './identity-incremental.ts';
import { benchIdentitySpeed } from './identity-speed.ts';
import type { Figure } from './figure.ts';
import { benchIngest } from './ingest.ts';
import { benchLimits } from './limits.ts';
import { benchMetrics, benchMetricsApi, fillMetrics } from './metrics.ts';
import { benchManyRequests, benchRequests } from './requests.ts';
import { benchSearch } from './search.ts';

/** One benchmark an area; each prints what it ran and on what. Areas that are not here have none yet. */
type Say = (line: string) => void;
const areas: Readonly<
  Record<string, (say: Say, size: number | undefined, data: string | undefined) => Promise<readonly Figure[]>>
> = {
  connectors: benchConnectors,
  consent: async (say, size) => [...(await benchWebhooks(say)), ...(await benchBulkOptOuts(say, size))],
  console: benchConsole,
  contactable: benchContactable,
  graphql: benchGraphql,
  'graphql-beside': benchGraphqlBeside,
  'graphql-neighbour': benchGraphqlNeighbour,
  identity: async (say, size) => [...(await benchIdentity(say)), ...(await benchIdentitySpeed(say, size))],
  'identity-incremental': benchIdentityIncremental,
  'opt-outs': benchBulkOptOuts,
  'identity-speed': benchIdentitySpeed,
  ingest: benchIngest,
  limits: benchLimits,
  metrics: benchMetrics,
  'metrics-api': benchMetricsApi,
  'metrics-fill': fillMetrics,
  requests: async (say, size) => [
    ...(await benchRequests(say, size)),
    ...(await benchManyRequests(say)),
    ...(await benchContactable(say)),
  ],
  'requests-many': benchManyRequests,
  'requests-speed': benchRequests,
  search: benchSearch,
};

// so that a server that a bench started ends with it, and its folder can be used again
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(1));

const [area = '', ...options] = process.argv.slice(2);
const run = areas[area];
if (run === undefined) {
  process.stderr.write(
    `usage: npm run bench -- <area> [--json] [--size <records>] [--data <folder>]\nareas: ${Object.keys(areas).join(', ')}\n`,
  );
  process.exitCode = 2;
} else {
  const json = options.includes('--json');
  const given = (name: string): string | undefined => (options.includes(name) ? options[options.indexOf(name) + 1] : undefined);
  const size = given('--size');
  const figures = await run(
    (line) => process.stderr.write(`${line}\n`),
    size === undefined ? undefined : Number(size),
    given('--data'),
  );
  for (const figure of figures) {
    const ratio = figure.ratio === null ? '' : `  (${figure.ratio.toFixed(2)} of ${figure.peer})`;
    process.stdout.write(
      json ? `${JSON.stringify(figure)}\n` : `${figure.name.padEnd(44)} ${figure.value} ${figure.unit}${ratio}\n`,
    );
  }
}
