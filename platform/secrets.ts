import { readFileSync, statSync } from 'node:fs';
import { FichaError } from '../domain/record/error.ts';

const MAX_BYTES = 64 * 1024;

/** Whether a text is a reference to a secret (`env:NAME`, `file:PATH`), as opposed to a secret itself. */
export const isSecretReference = (text: string): boolean => /^(env:[A-Za-z_][A-Za-z0-9_]*|file:.+)$/.test(text);

const fromEnvironment = (name: string, env: Readonly<Record<string, string | undefined>>): string => {
  const value = env[name];
  if (value === undefined || value === '') {
    throw new FichaError('secret-absent', `the environment variable ${name} is not set, and a linked system needs it`);
  }
  return value;
};

const fromFile = (path: string): string => {
  let text: string;
  try {
    if (statSync(path).size > MAX_BYTES) throw new Error('too large');
    text = readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  } catch {
    throw new FichaError('secret-absent', `the secret file ${path} cannot be read by this user, or is larger than 64 KiB`);
  }
  if (text === '') throw new FichaError('secret-absent', `the secret file ${path} is empty`);
  return text;
};

/**
 * The secret that a reference names. Secrets live in the environment or in files, never in the database.
 * @throws FichaError `secret-reference-invalid`, which does not repeat the text since it may be a secret; `secret-absent`
 */
export function resolveSecret(reference: string, env: Readonly<Record<string, string | undefined>> = process.env): string {
  if (!isSecretReference(reference)) {
    throw new FichaError('secret-reference-invalid', 'a secret is given as env:NAME or file:PATH, never as itself');
  }
  const colon = reference.indexOf(':');
  const place = reference.slice(colon + 1);
  return reference.startsWith('env:') ? fromEnvironment(place, env) : fromFile(place);
}
