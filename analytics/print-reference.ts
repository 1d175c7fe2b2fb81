import { readFileSync, writeFileSync } from 'node:fs';
import { dimensionSetsOf, domainOf } from '../domain/metrics/catalog.ts';
import { describeMetric } from '../domain/metrics/describe-metric.ts';
import { ownCatalog } from './catalog.ts';

/** Writes docs/reference/metrics.md from the declarations; with --check fails when the committed file differs. */
const file = new URL('../docs/reference/metrics.md', import.meta.url);
const catalog = ownCatalog();

const metricLines = [...catalog.metrics].map(([name, { kind }]) => {
  const { title, unit, explanation } = describeMetric(catalog, name);
  return `| \`${name}\` | ${title} | ${kind} | ${unit} | ${explanation} |`;
});
const dimensionLines = [...catalog.dimensions].map(([name, dimension]) => {
  const metrics = [...catalog.metrics.keys()].filter((metric) => dimensionSetsOf(catalog, metric).flat().includes(name));
  return `| \`${name}\` | ${dimension.description} | ${domainOf(dimension).join(', ')} | ${metrics.join(', ')} |`;
});

const text = `# Metrics

Made from the declarations in \`analytics/\` by \`npm run generate\`. Why the figures look as they do: [why-metrics-are-anonymous.md](../why-metrics-are-anonymous.md).

| metric | title | kind | unit | what it is |
|---|---|---|---|---|
${metricLines.join('\n')}

| dimension | what it is | values | metrics |
|---|---|---|---|
${dimensionLines.join('\n')}
`;

if (!process.argv.includes('--check')) {
  writeFileSync(file, text);
} else if (readFileSync(file, 'utf8') !== text) {
  process.stderr.write(
    'reference-drift: docs/reference/metrics.md is not what the declarations say; run `npm run generate` and commit it\n',
  );
  process.exitCode = 1;
}
