import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isNode, LineCounter, parseDocument } from 'yaml';
import { FichaError } from '../domain/record/error.ts';
import type { SurvivorshipPolicy } from '../schemas/types.ts';
import { validatorFor } from './validate.ts';

const fileName = 'survivorship.yaml';
const wayOut = 'The shape is schemas/policy/survivorship-policy.schema.json; docs/how-to/review-matches.md explains the rules';

/**
 * The controller's own survivorship policy, `survivorship.yaml` (or JSON in it) in Ficha's folder; undefined when there is none, and the
 * one that ships with Ficha holds.
 * @throws FichaError `policy-unreadable`, `policy-invalid`, naming file, line and field
 */
export function ownSurvivorshipPolicy(home: string): SurvivorshipPolicy | undefined {
  const file = join(home, fileName);
  if (!existsSync(file)) return undefined;
  return parseSurvivorshipPolicy(readFileSync(file, 'utf8'), file);
}

/** Reads a policy from its text. @param file how errors name it */
export function parseSurvivorshipPolicy(text: string, file: string): SurvivorshipPolicy {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [broken] = document.errors;
  if (broken !== undefined) {
    throw new FichaError(
      'policy-unreadable',
      `${file}, line ${lines.linePos(broken.pos[0]).line}: this is not YAML (${broken.code}). ${wayOut}`,
    );
  }
  const policy: unknown = document.toJS();
  const problems = validatorFor('policy/survivorship-policy')(policy);
  if (problems.length > 0) {
    const said = problems.map(({ path, message }) => {
      const node = path === '' ? document.contents : document.getIn(path.split('.').map(asKey), true);
      const line = isNode(node) && node.range ? `line ${lines.linePos(node.range[0]).line}, ` : '';
      return `${line}${path === '' ? 'the whole file' : path}: ${message}`;
    });
    throw new FichaError('policy-invalid', `${file}: ${said.join('; ')}. ${wayOut}`);
  }
  return policy as SurvivorshipPolicy; // the validator has just checked it
}

const asKey = (part: string): string | number => (/^\d+$/.test(part) ? Number(part) : part);
