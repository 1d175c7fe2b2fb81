import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { FichaError } from '../../domain/record/error.ts';
import { problemsInWords, validatorFor } from '../../platform/validate.ts';
import type { ConnectorTexts } from '../../schemas/types.ts';

/** Languages in which a connector speaks to people. The manifest holds the English. */
export const textLanguages = ['es', 'it', 'fr', 'en'] as const;
export type TextLanguage = (typeof textLanguages)[number];

/**
 * Reads `texts.yaml` of a connector; undefined when it has none.
 * @param file shown in messages
 * @throws FichaError `texts-invalid`: file, place, and the way out
 */
export function readTexts(path: string, file: string): ConnectorTexts | undefined {
  if (!existsSync(path)) return undefined;
  let value: unknown;
  try {
    value = parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new FichaError('texts-invalid', `${file}: this is not YAML`, { cause });
  }
  const problems = validatorFor('connector/connector-texts')(value);
  if (problems.length > 0) throw new FichaError('texts-invalid', `${file}: ${problemsInWords(problems)}`);
  return value as ConnectorTexts; // just checked
}

/** A text in a language; undefined when there is none. */
export const textIn = (texts: ConnectorTexts | undefined, language: TextLanguage, english: string): string | undefined =>
  language === 'en' || texts?.asIs?.includes(english) === true ? english : texts?.texts?.[english]?.[language];
