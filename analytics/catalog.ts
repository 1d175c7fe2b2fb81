import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import type { Catalog, MetricDeclaration } from '../domain/metrics/catalog.ts';
import { lintCatalog } from '../domain/metrics/lint-catalog.ts';
import { FichaError } from '../domain/record/error.ts';
import { problemsInWords, validatorFor } from '../platform/validate.ts';
import type { MetricDimension, MetricParameters } from '../schemas/types.ts';

const ownFolder = fileURLToPath(new URL('.', import.meta.url));

const schemaOf: Readonly<Record<string, string>> = {
  released: 'metric/released-metric',
  ratio: 'metric/ratio-metric',
  cumulative: 'metric/cumulative-metric',
};

const refused = (file: string, say: string): FichaError =>
  new FichaError('metric-declaration-invalid', `analytics/${file}: ${say}`);

function read<Shape>(folder: string, file: string, schemaFor: (value: unknown) => string): Shape {
  const value: unknown = parse(readFileSync(join(folder, file), 'utf8'));
  const problems = validatorFor(schemaFor(value))(value);
  if (problems.length > 0) throw refused(file, problemsInWords(problems));
  return value as Shape; // the validator has just checked it against the schema that Shape is generated from
}

const kindOf = (file: string) => (value: unknown) => {
  const kind = typeof value === 'object' && value !== null && 'kind' in value ? String(value.kind) : '';
  const schema = schemaOf[kind];
  if (schema === undefined) throw refused(file, `kind: must be one of ${Object.keys(schemaOf).join(', ')}`);
  return schema;
};

function readAll<Shape>(
  folder: string,
  part: string,
  schemaFor: (file: string) => (value: unknown) => string,
): ReadonlyMap<string, Shape> {
  const files = readdirSync(join(folder, part)).filter((name) => name.endsWith('.yaml'));
  return new Map(
    files.sort().map((file) => [basename(file, '.yaml'), read<Shape>(folder, `${part}/${file}`, schemaFor(`${part}/${file}`))]),
  );
}

/**
 * Reads and checks every declaration of a folder that holds `parameters.yaml`, `dimensions/` and `metrics/`.
 * @throws FichaError `metric-declaration-invalid`, `metric-declarations-refused` with every finding of the lint
 */
export function loadCatalog(folder: string = ownFolder): Catalog {
  const catalog: Catalog = {
    parameters: read<MetricParameters>(folder, 'parameters.yaml', () => 'metric/parameters'),
    dimensions: readAll<MetricDimension>(folder, 'dimensions', () => () => 'metric/dimension'),
    metrics: readAll<MetricDeclaration>(folder, 'metrics', kindOf),
  };
  const findings = lintCatalog(catalog);
  if (findings.length > 0) throw new FichaError('metric-declarations-refused', findings.join('\n'));
  return catalog;
}

let own: Catalog | undefined;

/** The declarations of this installation, read once. */
export function ownCatalog(): Catalog {
  own ??= loadCatalog();
  return own;
}
