import { readFileSync } from 'node:fs';
import { parseDocument } from 'yaml';
import { FichaError } from '../../domain/record/error.ts';
import { type Problem, validatorFor } from '../../platform/validate.ts';
import type { ConnectorManifest } from '../../schemas/types.ts';
import { lintManifest } from './lint-manifest.ts';

/** One mistake under several alternatives of the schema says itself several times: the most telling comes first. */
const told = (problems: readonly Problem[]): Problem | undefined =>
  problems.find(({ rule }) => rule === 'additionalProperties') ??
  problems.find(({ rule }) => rule !== 'anyOf' && rule !== 'type') ??
  problems[0];

/**
 * Reads and checks one manifest.
 * @param file shown in messages
 * @throws FichaError `manifest-unreadable`, `manifest-unknown-field`, `manifest-invalid`: file, place, and the way out
 */
export function parseManifest(text: string, file: string): ConnectorManifest {
  const parsed = parseDocument(text, { uniqueKeys: true });
  const [broken] = parsed.errors;
  if (broken !== undefined) {
    throw new FichaError(
      'manifest-unreadable',
      `${file}, line ${broken.linePos?.[0].line ?? '?'}: this is not YAML (${broken.code})`,
    );
  }
  const value: unknown = parsed.toJS({ maxAliasCount: 100 });
  const problem = told(validatorFor('connector/manifest')(value)) ?? lintManifest(value as ConnectorManifest)[0]; // valid by then
  if (problem !== undefined) {
    const code = problem.rule === 'additionalProperties' ? 'manifest-unknown-field' : 'manifest-invalid';
    throw new FichaError(code, `${file}${problem.path === '' ? '' : `, ${problem.path}`}: ${problem.message}`);
  }
  return value as ConnectorManifest; // just checked
}

export function readManifest(path: string, file: string): ConnectorManifest {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new FichaError('manifest-unreadable', `${file} cannot be read; every folder of connectors/ has one`, { cause });
  }
  return parseManifest(text, file);
}
